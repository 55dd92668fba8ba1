import { describe, expect, test } from "bun:test";
import { sharesOf } from "../../views/models/mix-panel.tsx";
import { ModelsPage, type ModelsProps } from "../../views/models.tsx";
import { chartOf } from "../../views/overview/chart-data.ts";
import { labelsOf } from "../../views/parts/names.ts";
import { byClass, byId, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { cellsOf, modelRow, modelsProps, withModels } from "../support/models-props.ts";
import { unused, used } from "../support/overview-props.ts";
import { expectSoundMarkup } from "../support/sound-markup.ts";

async function pageOf(props: ModelsProps = modelsProps()) {
	return elementsOf(ModelsPage(props));
}

async function textOf(id: string, props?: ModelsProps) {
	return plain(byId(await pageOf(props), id)?.text);
}

async function rowsOf(table: string, props?: ModelsProps): Promise<string[][]> {
	return cellsOf(await ModelsPage(props ?? modelsProps()), table);
}

const QUERIES = [
	"",
	"metric=tokens&range=7d",
	"if=claude-haiku&range=12m",
	"metric=responses&if=claude-own&model=!claude-x&project=/home/ann/shop",
	"range=custom&from=2026-11-01&to=2026-11-20",
	"sort=hits&order=asc&if=claude-haiku",
];

describe.each(QUERIES)("the page of models of ?%s", (query) => {
	const props = modelsProps(query, undefined, [modelRow("claude-own", 2), modelRow("claude-nova", 0)]);

	test("is sound markup under one first heading", async () => {
		const page = await pageOf(props);
		expectSoundMarkup(page);
		expect(page.filter(({ tag }) => tag === "h1")).toHaveLength(1);
	});

	test("keeps what it shows in every form", async () => {
		const forms = String(await ModelsPage(props)).match(/<form[^>]*method="get"[^>]*>.*?<\/form>/gs) ?? [];
		expect(forms.length).toBeGreaterThan(1);
		for (const form of forms) {
			const own = [...form.matchAll(/name="([^"]+)"/g)].map(([, name]) => name);
			const wanted = [...new URLSearchParams(query).keys()].filter((name) => !/^(?:from|to)$/.test(name));
			expect(own).toEqual(expect.arrayContaining(wanted));
		}
	});
});

describe("shares over time", () => {
	test("are of each slot's whole, whatever is measured", () => {
		const { view, data, known } = modelsProps();
		const half = { ...used(0.5), model: "b" };
		const slots = data.span.slots.map((slot, i) =>
			i === 0
				? { ...slot, usage: used(0), parts: [] }
				: { ...slot, usage: used(1.5), parts: [...slot.parts, { name: "b", usage: half }] },
		);
		const chart = sharesOf(
			chartOf({
				query: { ...view.query, by: "model" },
				span: { ...data.span, slots },
				before: undefined,
				labels: labelsOf(known),
				colours: new Map([["b", 2]]),
				present: Number.NaN,
			}),
		);
		expect(chart.unit).toBe("share");
		expect(chart.totals.slice(0, 2)).toEqual([undefined, 1]);
		expect(chart.series.map(({ label, values }) => [label, values[0], values[1]])).toEqual([
			["b", 0, 0.5 / 1.5],
			["Other (1)", 0, 1 / 1.5],
		]);
	});

	test("a tab chooses what they are shares of, and nothing else of the view changes", async () => {
		const page = await pageOf(modelsProps("range=7d&metric=tokens&if=claude-own"));
		const hrefs = ["cost", "tokens", "responses"].map((metric) =>
			byId(page, `metric-${metric}`)?.attributes.get("href"),
		);
		expect(hrefs).toEqual([
			"/models?range=7d&if=claude-own",
			"/models?range=7d&metric=tokens&if=claude-own",
			"/models?range=7d&metric=responses&if=claude-own",
		]);
	});

	test("are told in a sentence, and that today is partial", async () => {
		const page = await pageOf();
		const [canvas] = page.filter(({ tag }) => tag === "canvas");
		expect(plain(canvas?.attributes.get("aria-label"))).toBe(
			"Share of cost in these 30 days: claude-opus-4-6 100 %.",
		);
		expect(await textOf("mix")).toContain("The last bar is partial: counted until 12:03, shown hatched.");
		expect(await textOf("mix", modelsProps("range=custom&from=2026-11-01&to=2026-11-02"))).not.toContain(
			"is partial",
		);
	});
});

describe("the table", () => {
	test("has every fact of a model, and sums that are of all", async () => {
		const own = modelRow("claude-own", 2, { savedNanoUsd: -1e9, hitShare: undefined });
		const rows = await rowsOf("models-table", modelsProps("", undefined, [own]));
		expect(rows[0]).toEqual([
			"claude-opus-4-6",
			"100 %",
			"300",
			"30.0 k",
			"60.0 k",
			"90.0 k",
			"2.82 M",
			"95.9 %",
			"$2.00",
			"23 Nov",
			"$0.5000",
			"$30.00",
		]);
		expect(rows[1]?.slice(7)).toEqual(["–", "−$1.00", "23 Nov", "$1.0000", "$2.00"]);
		expect(rows[2]?.[0]).toBe("All 2 models");
	});

	test("a model leads to the overview of it alone, with the same days", async () => {
		const page = await pageOf(modelsProps("range=7d&metric=tokens"));
		const links = byClass(page, "model-label").map(({ attributes }) => attributes.get("href"));
		expect(links).toContain("/?range=7d&model=claude-opus-4-6");
	});

	test("a model has the colour that it has in the chart", async () => {
		const props = modelsProps("", undefined, [modelRow("claude-haiku-9", 2), modelRow("x", 1)]);
		const markup = String(await ModelsPage(props));
		const seriesOf = (model: string) =>
			new Set(
				[...markup.matchAll(/swatch series-(\d)"><\/span><(?:a|span) class="model-label"[^>]*>([^<]+)</g)]
					.filter(([, , name]) => name === model)
					.map(([, series]) => series),
			);
		expect([...seriesOf("claude-opus-4-6")]).toEqual(["1"]);
		expect([...seriesOf("claude-haiku-9")]).toEqual(["3"]);
		expect([...seriesOf("x")]).toEqual(["4"]);
	});

	test("what costs nothing, or is not known, is a dash", async () => {
		const none = modelRow("claude-nova", 0, { unpriced: 10, savedNanoUsd: 0, lastDay: undefined });
		const [, row] = await rowsOf("models-table", modelsProps("", undefined, [none]));
		expect(row?.[0]).toBe("claude-novaNo price");
		expect([row?.[1], ...(row?.slice(8) ?? [])]).toEqual(["–", "–", "–", "–", "–"]);
	});
});

describe("days without usage", () => {
	test("say so with a way out, and show no empty table", async () => {
		const props = modelsProps("range=7d");
		const empty = withModels(props, { span: unused(props.data.span), rows: [], prices: [] });
		expect(await textOf("mix", empty)).toBe("No usageNothing was used in these 7 days.Show all time");
		expect(byId(await pageOf(empty), "models")).toBeUndefined();
		const filtered = modelsProps("range=7d&model=x");
		const none = withModels(filtered, { span: unused(filtered.data.span), rows: [], prices: [] });
		expect(await textOf("mix", none)).toContain("Nothing matches");
		expect((await pageOf(none)).map(({ attributes }) => attributes.get("href"))).toContain(
			"/models?range=7d",
		);
	});
});

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"</script><script>alert(1)</script>",
	"</title></select><b>",
	'" hx-get="/x" hx-trigger="load',
	"&lt;b&gt; &amp;amp;",
	"\u202eevil\u2066",
	"!not",
	"x".repeat(400),
];

test.each(HOSTILE)("the name %j is text and nothing else", async (name) => {
	const query = (model: string) => `model=${encodeURIComponent(`!${model}`)}&if=claude-own`;
	const page = await pageOf(modelsProps(query(name), name));
	expect(skeletonOf(page)).toEqual(skeletonOf(await pageOf(modelsProps(query("plain"), "plain"))));
	expect(byClass(page, "model-label").map(({ text }) => text)).toContain(name);
	const [island] = page.filter(({ attributes }) => attributes.get("type") === "application/json");
	expect(JSON.parse(island?.text ?? "").series[0].label).toBe(name);
});
