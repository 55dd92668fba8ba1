import { describe, expect, test } from "bun:test";
import { ModelsPage, type ModelsProps } from "../../views/models.tsx";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { cellsOf, modelRow, modelsProps } from "../support/models-props.ts";
import { SHELL } from "../support/overview-props.ts";

const ACCOUNT = { username: "ada", server: "usage.example.com", csrf: "token" };

async function pageOf(props: ModelsProps = modelsProps()) {
	return elementsOf(ModelsPage(props));
}

async function textOf(id: string, props?: ModelsProps) {
	return plain(byId(await pageOf(props), id)?.text);
}

async function rowsOf(table: string, props?: ModelsProps): Promise<string[][]> {
	return cellsOf(await ModelsPage(props ?? modelsProps()), table);
}

describe("what has no price", () => {
	const none = modelRow("claude-nova", 0, { unpriced: 10 });
	const banner = async (props: ModelsProps) => plain(byClass(await pageOf(props), "banner-warn")[0]?.text);

	test("is told above all, with what to do on a machine of one's own", async () => {
		expect(await banner(modelsProps("", undefined, [none]))).toBe(
			"1 model has no price. 100,000 tokens of claude-nova are not in the cost. " +
				"Give it a price in ~/.promptpulse/prices.json, then start the dashboard again.",
		);
	});

	test("and on a server", async () => {
		const part = modelRow("claude-part", 3, { unpriced: 1 });
		const props = modelsProps("", undefined, [none, part]);
		expect(await banner({ ...props, shell: { ...SHELL, account: ACCOUNT } })).toBe(
			"2 models have no price. 100,000 tokens of claude-nova and 1 response of claude-part are not in the cost. " +
				"Whoever runs this server can give them a price in its prices.json, then start it again.",
		);
	});

	test("is not told where all has one", async () => {
		expect(await banner(modelsProps())).toBe("");
	});
});

describe("list prices", () => {
	test("say what they were when, and what long context costs", async () => {
		const rows = await rowsOf("prices-table", modelsProps("", undefined, [modelRow("claude-haiku", 1)]));
		expect(rows).toEqual([
			[
				"claude-opus-4-6",
				"until 9 Nov 2026",
				"$5.00",
				"$25.00",
				"$6.25",
				"$10.00",
				"$0.50",
				"× 6",
				"+10 %",
				"1",
			],
			[
				"claude-opus-4-6prompts over 200,000 tokens",
				"until 9 Nov 2026",
				"$10.00",
				"$25.00",
				"$6.25",
				"$10.00",
				"$0.50",
				"–",
				"+10 %",
				"1",
			],
			[
				"claude-opus-4-6",
				"since 10 Nov 2026",
				"$5.00",
				"$25.00",
				"$6.25",
				"$10.00",
				"$0.50",
				"× 6",
				"+10 %",
				"1",
			],
			["claude-haiku", "always", "$0.0125", "$25.00", "$6.25", "$10.00", "$0.50", "–", "–", "1"],
		]);
		expect(await textOf("prices")).toContain("1: a package of 2026-09-23");
	});

	test("that are one's own are marked, and nobody is told where their file lies", async () => {
		const props = modelsProps("", "claude-own");
		expect((await rowsOf("prices-table", props))[0]?.at(-1)).toBe("Own price1");
		expect(await textOf("prices", props)).toContain("1: own prices: prices.json of this machine");
		const onServer = { ...props, shell: { ...SHELL, account: ACCOUNT } };
		expect(await textOf("prices", onServer)).toContain("1: own prices: the prices.json of this server");
		expect(String(await ModelsPage(onServer))).not.toContain("/home/ada");
	});

	test("that are not known are not made up", async () => {
		expect(await rowsOf("prices-table", modelsProps("", "claude-nova"))).toEqual([
			["claude-novaNo price", "Its tokens are counted, but are not in the cost."],
		]);
	});
});

describe("what if on another model", () => {
	test("is asked by a form that keeps the rest, with all models that have a price", async () => {
		const page = await pageOf(modelsProps("range=7d"));
		const options = page.filter(({ tag, text }) => tag === "option" && text === text.trim());
		const names = options.map(({ attributes }) => attributes.get("value"));
		for (const name of ["claude-haiku", "claude-opus-4-6", "claude-own"]) expect(names).toContain(name);
		expect(byClass(page, "what-if-lead")).toEqual([]);
	});

	test("tells both costs and the difference, model by model and in all, and what it assumes", async () => {
		const none = modelRow("claude-nova", 0, { unpriced: 10 });
		const props = modelsProps("if=claude-opus-4-6", undefined, [none]);
		// 30 times 1,000 in, 2,000 out, 3,000 written and 94,000 read, at 5, 25, 6.25 and 0.5 dollars a million.
		expect(await rowsOf("what-if-table", props)).toEqual([
			["claude-opus-4-6", "3.00 M", "$30.00", "$3.62", "−$26.38"],
			["claude-nova", "100 k", "–", "$0.12", "–"],
			["All 2 models", "3.10 M", "≥ $30.00", "$3.74", "−$26.38"],
		]);
		const text = await textOf("what-if", props);
		expect(text).toContain(
			"On claude-opus-4-6 all of it would have cost $3.74: $26.38 (87.9 %) less than it did, where the real cost is known.",
		);
		expect(text).toContain("Assumed are the same tokens; another model would write more or less");
		expect(text).toContain(
			"long context, fast mode, batches and regions are in the real cost and not in the other",
		);
		expect(text).toContain("The difference leaves out 1 model whose cost is not known in full.");
	});

	test("can be cleared", async () => {
		const page = await pageOf(modelsProps("range=7d&if=claude-own"));
		expect(byClass(page, "what-if-clear")[0]?.attributes.get("href")).toBe("/models?range=7d");
	});

	test("a name that is known under another one stays chosen", async () => {
		const page = await pageOf(modelsProps("if=us.anthropic.claude-own"));
		const chosen = page.filter(({ tag, attributes }) => tag === "option" && attributes.has("selected"));
		expect(chosen.map(({ text }) => text)).toContain("us.anthropic.claude-own");
	});
});
