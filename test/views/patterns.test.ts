import { describe, expect, test } from "bun:test";
import { NO_USAGE } from "../../src/usage/usage.ts";
import { stepsOf } from "../../views/parts/heat-legend.tsx";
import { type PatternsData, PatternsPage } from "../../views/patterns.tsx";
import { byClass, byId, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { PLAIN, used } from "../support/overview-props.ts";
import { patternsPropsOf } from "../support/patterns-props.ts";
import { expectSoundMarkup } from "../support/sound-markup.ts";

async function pageOf(query = "", change: Partial<PatternsData> = {}, name?: string) {
	const names = name === undefined ? PLAIN : { project: name, model: name, machine: name, session: name };
	return elementsOf(PatternsPage(patternsPropsOf(query, names, change)));
}

async function textOf(query = "", change: Partial<PatternsData> = {}) {
	return plain((await pageOf(query, change)).find(({ tag }) => tag === "main")?.text);
}

describe.each(["", "metric=tokens&range=12m", "metric=responses&model=!claude-haiku"])(
	"the page of patterns of ?%s",
	(query) => {
		test("is sound markup", async () => {
			expectSoundMarkup(await pageOf(query));
		});
	},
);

describe("the hours of the week", () => {
	test("have a cell each, by day and hour, that says its numbers", async () => {
		const page = await pageOf();
		const cells = byClass(page, "heat-cell");
		expect(cells).toHaveLength(7 * 24);
		const titles = page.filter(({ tag, text }) => tag === "title" && /day \d\d:/.test(text));
		expect(titles[0]?.text).toBe("Monday 00:00 – 01:00, $0.00 over 5 Mondays, $0.00 on average");
		expect(titles[2 * 24 + 14]?.text).toBe(
			"Wednesday 14:00 – 15:00, $50.00 over 4 Wednesdays, $12.50 on average",
		);
		expect(cells.map(({ attributes }) => attributes.get("y")).slice(23, 25)).toEqual(["0", "28"]);
	});

	test("tell the busiest one in words", async () => {
		expect(await textOf()).toContain(
			"Busiest: Wednesday 14:00 – 15:00, $50.00 over 4 Wednesdays, $12.50 on average.",
		);
		expect(await textOf("range=today&metric=responses")).toContain(
			"Busiest: Monday 09:00 – 10:00, 10 responses.",
		);
	});

	test("stand in five steps of equally many cells, nothing always in the first", () => {
		const values = [0, 0, 0, ...Array.from({ length: 100 }, (_, i) => i + 1)];
		const steps = Map.groupBy(values, stepsOf(values));
		expect([...steps].map(([step, own]) => [step, own.length])).toEqual([
			[0, 3],
			[1, 25],
			[2, 25],
			[3, 25],
			[4, 25],
		]);
	});

	test("say what has no price", async () => {
		const usage = used(3, { unpriced: 2 });
		expect(await textOf("", { usage })).toContain("2 responses without a price are not in the cost.");
		expect(await textOf("metric=tokens", { usage })).not.toContain("without a price");
		expect(await textOf("", { usage: used(3, { unpriced: 1 }) })).toContain(
			"1 response without a price is not in the cost.",
		);
	});
});

describe("the days of the week", () => {
	test("have averages over all such days that have come", async () => {
		const { weekdays } = patternsPropsOf().data;
		const list = byClass(await pageOf(), "weekdays-list")[0];
		const [monday] = weekdays;
		const average = Number(monday?.costNanoUsd) / 5 / 1e9;
		expect(plain(list?.text)).toStartWith(`Monday $${average.toFixed(2)}Tuesday`.replace(" ", ""));
	});

	test("of which none has come yet have a dash", async () => {
		const change = { counts: [1, 1, 0, 0, 0, 0, 0], weekdays: new Array(7).fill(NO_USAGE) };
		expect(plain(byClass(await pageOf("", change), "weekdays-list")[0]?.text)).toContain("Wednesday–");
	});
});

describe("streaks", () => {
	test("tell how many days, and which", async () => {
		const text = plain(byId(await pageOf(), "streaks")?.text);
		expect(text).toContain("Active days of the period21 of 30");
		expect(text).toContain("Longest streak of the period5 days 15 Nov – 19 Nov 2026");
		expect(text).toContain("Current streak1 day Mon 23 Nov 2026");
		expect(text).toContain("Longest streak of all time20 days 5 Oct – 24 Oct 2026");
	});

	test("are told where there are none", async () => {
		const streaks = { period: undefined, ever: undefined, current: undefined };
		expect(await textOf("", { streaks })).toContain("Current streakNone");
	});
});

test.each(["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</script><b>"])(
	"a hostile name is text and nothing else: %j",
	async (name) => {
		const query = (of: string) => String(new URLSearchParams({ project: `!${of}`, machine: of }));
		const page = await pageOf(query(name), {}, name);
		expect(skeletonOf(page)).toEqual(skeletonOf(await pageOf(query("plain"), {}, "plain")));
	},
);
