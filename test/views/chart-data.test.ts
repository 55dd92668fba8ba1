import { describe, expect, test } from "bun:test";
import type { ChartData } from "../../public/charts/data.ts";
import { change, full, tick } from "../../public/charts/data.ts";
import type { Span } from "../../src/reports/overview.ts";
import { parseOverviewQuery } from "../../src/usage/overview-query.ts";
import {
	type Chart,
	chartOf,
	coloursOf,
	presentBucket,
	shownNames,
} from "../../views/overview/chart-data.ts";
import { OverviewPage } from "../../views/overview.tsx";
import { slotWords } from "../../views/parts/days.ts";
import { stepsOf } from "../../views/parts/heat-legend.tsx";
import { labelsOf } from "../../views/parts/names.ts";
import { elementsOf, plain } from "../support/markup.ts";
import { daily, NOW, propsOf, TODAY, used } from "../support/overview-props.ts";

const MODELS = Array.from({ length: 10 }, (_, i) => `model-${i}`);

/** One day in which `model-0` cost 10 dollars, `model-1` 9, and so on. */
function manyModels(): Span {
	const span = daily({ since: TODAY, until: TODAY }, "");
	const parts = MODELS.map((name, i) => ({ name, usage: used(10 - i) }));
	return { ...span, slots: span.slots.map((slot) => ({ ...slot, parts, usage: used(55) })) };
}

function chart(span: Span, query = "", before?: Span): Chart {
	const parsed = parseOverviewQuery(new URLSearchParams(query), { today: TODAY, firstDay: TODAY });
	const known = { projects: [], models: MODELS, machines: [] };
	return chartOf({
		query: parsed,
		span,
		before,
		labels: labelsOf(known),
		colours: coloursOf(MODELS, shownNames(parsed.metric, span)),
		present: presentBucket(span, NOW, "Europe/Berlin", TODAY),
	});
}

describe("a chart", () => {
	test("tells seven names apart, the greatest first, and puts the rest together", () => {
		const { series, totals } = chart(manyModels());
		expect(series.map(({ label }) => label)).toEqual([...MODELS.slice(0, 7), "Other (3)"]);
		expect(series.at(-1)).toMatchObject({ series: 8, values: [6e9] });
		expect(new Set(series.map(({ series: number }) => number)).size).toBe(8);
		const sum = series.reduce((all, { values }) => all + (values[0] ?? 0), 0);
		expect<unknown>([sum]).toEqual(totals);
	});

	test("leaves out names without any of its measure", () => {
		const span = daily({ since: TODAY, until: TODAY }, "model-0", used(0));
		expect(chart(span).series).toEqual([]);
		expect(chart(span, "metric=responses").series).toHaveLength(1);
	});

	test("marks the slot that runs, and compares slot by slot", () => {
		const span = daily({ since: TODAY - 2, until: TODAY }, "model-0");
		const { partial, slots, before } = chart(span, "", daily({ since: 1, until: 5 }, "model-0", used(2)));
		expect(partial).toBe(2);
		expect(slots.map((slot) => slot.tick)).toEqual(["22 Nov", "23 Nov", "Today"]);
		expect(slots[0]?.before).toBe("2 Jan");
		expect(before).toEqual([2e9, 2e9, 2e9]);
	});

	test("of a past period has nothing partial", () => {
		expect(chart(daily({ since: TODAY - 9, until: TODAY - 1 }, "model-0")).partial).toBeUndefined();
	});

	test.each([
		["hour", TODAY * 24 + 12],
		["day", TODAY],
		["week", TODAY - 1],
		["month", 56 * 12 + 10],
	] as const)("the running %s is found", (bucket, present) => {
		const slots = [present - 7, present, present + (bucket === "week" ? 7 : 1)].map((number) => ({
			bucket: number,
			usage: used(1),
			sessions: 0,
			activeDays: 0,
			parts: [],
		}));
		const span = { ...daily({ since: TODAY, until: TODAY }, ""), bucket, slots };
		expect(presentBucket(span, NOW, "Europe/Berlin", TODAY)).toBe(present);
	});
});

test("a model keeps its colour when others are filtered out", () => {
	const known = ["claude-sonnet-4", "claude-opus-4", "claude-haiku-4", "other"];
	expect(coloursOf(known, known)).toEqual(coloursOf(known, ["other"]));
	expect(coloursOf(known, known).get("claude-opus-4")).toBe(1);
});

test("slots in words", () => {
	expect(slotWords("hour", TODAY * 24 + 9)).toEqual({
		tick: "09:00",
		title: "Tuesday 24 November, 09:00 – 10:00",
		short: "24 Nov, 09:00",
	});
	expect(slotWords("hour", TODAY * 24).tick).toBe("24 Nov");
	expect(slotWords("week", TODAY - 1).title).toBe("Week of Monday 23 November");
	expect(slotWords("month", 56 * 12 + 10)).toMatchObject({ tick: "Nov", title: "November 2026" });
	expect(slotWords("month", 56 * 12).tick).toBe("2026");
});

test("days fall into steps of equally many, nothing into step 0", () => {
	const stepOf = stepsOf([0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
	expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map(stepOf)).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4]);
	expect(stepsOf([0, 0])(0)).toBe(0);
	expect([0, 5].map(stepsOf([0, 5]))).toEqual([0, 4]);
});

describe("what the browser draws", () => {
	test.each(["", "metric=cache", "metric=sessions", "metric=tokens&by=kind&compare=none"])(
		"?%s has the shape that it expects",
		async (query) => {
			const page = await elementsOf(OverviewPage(propsOf(query)));
			const canvas = page.find(({ tag }) => tag === "canvas");
			expect(canvas?.attributes.get("data-chart")).toBe("series");
			const island = page.find(({ attributes }) => attributes.get("id") === "series-data");
			const data: ChartData = JSON.parse(island?.text ?? "");
			expect(data.slots).toHaveLength(30);
			expect(data.totals).toHaveLength(30);
			expect(data.slots.every((slot) => slot.length === 3)).toBe(true);
			for (const { values, series } of data.series) {
				expect(values).toHaveLength(30);
				expect(series).toBeWithin(1, 9);
			}
			expect(data.before).toHaveLength(query.includes("none") ? 0 : 30);
			expect(data.partial).toBe(29);
			expect(["bars", "line"]).toContain(data.shape);
			expect(["usd", "count", "share"]).toContain(data.unit);
		},
	);

	test.each([
		[tick("usd", 40), "$40"],
		[tick("usd", 1_500), "$1.5k"],
		[tick("count", 200_000), "200 k"],
		[tick("share", 0.8), "80 %"],
		[full("usd", 26.9), "$26.90"],
		[full("count", 18_946), "18,946"],
		[full("count", 1_380_000), "1.38 M"],
		[full("share", 0.914), "91.4 %"],
		[full("usd", null), "–"],
		[change(54.14, 40.77), "+33 %"],
		[change(1, 2), "−50 %"],
		[change(1, 0), ""],
		[change(null, 1), ""],
	])("%s is written %s", (written, expected) => {
		expect(plain(written)).toBe(expected);
	});
});
