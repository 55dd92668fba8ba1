import { bodyOf, headsOf } from "./compare-tables.ts";
import { type NaivePart, passing, sessionsIn, sumOf } from "./naive-parts.ts";
import { dateOf, type NaiveDays } from "./naive-query.ts";
import type { Counting } from "./naive-rows.ts";
import { slotNamer } from "./naive-series.ts";
import { type Row, tableOf } from "./page-visit.ts";
import { hourWords } from "./table-specs.ts";
import type { Node } from "./tree.ts";
import { count, moneyOrDash, share, type Want, words, writtenIn } from "./written.ts";

/** So many names a chart tells apart. */
const MOST_SERIES = 7;

/** Tables in which several rows of numbers stand in one: they say what they tell otherwise than their numbers do. */
export const PIVOTS: Readonly<Record<string, (counting: Counting) => string[]>> = {
	"overview/series": (counting) =>
		compareSeries(counting, counting.query.parameters.get("metric") ?? "cost", false),
	"models/mix": (counting) =>
		compareSeries(counting, counting.query.parameters.get("metric") ?? "cost", true),
	"patterns/heat": compareHeat,
	"overview/calendar": compareCalendar,
};

/** A slot a row, with a column for each name, and those of the compared days. */
function compareSeries(counting: Counting, metric: string, isShares: boolean): string[] {
	const { panel, query } = counting;
	const table = tableOf(panel);
	if (!table) return [];
	const field = isShares ? "model" : nameField(counting, metric);
	const slots = [...Map.groupBy(panel.rows, ({ slot }) => String(slot))];
	const names = namesOf(panel.rows, field, metric);
	const own = names.slice(0, MOST_SERIES);
	const others = names.slice(MOST_SERIES);
	const heads = headsOf(table);
	const isStacked = names.length > 0 && STACKED.has(metric);
	const known = [
		"When",
		...(isStacked ? own : []),
		...(isStacked && others.length > 0 ? [`Other (${others.length})`] : []),
		"Total",
		...(query.before && !isShares ? ["Compared"] : []),
	];
	if (heads.length !== known.length) return [`has columns ${heads} for ${known}`];
	const before = query.before && !isShares ? beforeOf(counting, query.before, metric) : undefined;
	return bodyOf(table).flatMap((cells, i) => {
		const [slot = "", rows = []] = slots[i] ?? [];
		const [total, ...parts] = rows;
		const whole = total ? measureOf(total, metric) : undefined;
		const amountIn = (name: string) =>
			parts.reduce((sum, row) => (row[field] === name ? sum + (measureOf(row, metric) ?? 0) : sum), 0);
		const ownValues = own.map(amountIn);
		const values = isStacked
			? [...ownValues, ...(others.length > 0 ? [others.map(amountIn).reduce((a, b) => a + b)] : [])]
			: [];
		const wants: Want[] = [
			words(slotWords(slot)),
			...values.map((value) => (isShares ? share(whole ? value / whole : 0) : wantOf(metric, value))),
			isShares ? share(whole ? 1 : 0) : wantOf(metric, whole),
			...(before ? [wantOf(metric, before[i])] : []),
		];
		return complaintsOf(cells, wants, heads, `slot ${slot}`);
	});
}

const STACKED = new Set(["cost", "tokens", "responses"]);

function nameField({ query }: Counting, metric: string): string {
	const by = query.parameters.get("by") ?? "model";
	return by === "kind" && metric !== "tokens" ? "model" : by;
}

/** Names with anything of a measure, the greatest first. */
function namesOf(rows: readonly Row[], field: string, metric: string): string[] {
	const totals = new Map<string, number>();
	for (const row of rows) {
		// Only what stands for a name has no count of sessions.
		if (row.sessions !== null && row.sessions !== undefined) continue;
		const name = String(row[field]);
		totals.set(name, (totals.get(name) ?? 0) + (measureOf(row, metric) ?? 0));
	}
	if (rows.every(({ sessions }) => sessions === undefined)) totals.delete("");
	return [...totals]
		.filter(([, total]) => total > 0)
		.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
		.map(([name]) => name);
}

function measureOf(row: Row, metric: string): number | undefined {
	const read = Number(row.cacheReadTokens);
	const prompt = read + Number(row.inputTokens) + Number(row.cacheCreationTokens);
	if (metric === "cache") return prompt === 0 ? undefined : read / prompt;
	return Number(row[{ cost: "totalCost", tokens: "totalTokens", days: "activeDays" }[metric] ?? metric]);
}

function wantOf(metric: string, value: number | undefined): Want {
	if (metric === "cost") return moneyOrDash(value ?? 0);
	return metric === "cache" ? share(value) : count(value ?? 0);
}

/** A measure in each slot of the compared days, counted from the events that were put in. */
function beforeOf(
	{ parts, query, member }: Counting,
	days: NaiveDays,
	metric: string,
): (number | undefined)[] {
	const slotOf = slotNamer(query.days, member.weekStart);
	const own = Map.groupBy(passing(parts, query, days), slotOf);
	const sessions = [...sessionsIn(parts, { ...query, days }).values()].map(lastOf);
	const slots = new Set<string>();
	for (let day = days.since; day <= days.until; day++) {
		for (let hour = 0; hour < 24; hour++) slots.add(slotOf({ day, hour }));
	}
	return [...slots].map((slot) => {
		const inSlot = own.get(slot) ?? [];
		const activeDays = new Set(inSlot.map(({ day }) => day)).size;
		const active = sessions.filter((last) => slotOf(last) === slot).length;
		return measureOf({ ...sumOf(inSlot), activeDays, sessions: active }, metric);
	});
}

function lastOf(parts: readonly NaivePart[]): NaivePart {
	return parts.reduce((a, b) => (b.at >= a.at ? b : a));
}

const TITLE = new Intl.DateTimeFormat("en-GB", {
	weekday: "long",
	day: "numeric",
	month: "long",
	timeZone: "UTC",
});
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

/** What is meant by a slot, but for whether it is a week: that its name does not tell. */
function slotWords(slot: string): string {
	if (slot.length === "2026-11".length) return MONTH.format(Date.parse(slot));
	const [day = "", clock] = slot.split("T");
	const title = TITLE.format(Date.parse(day));
	return clock === undefined ? title : `${title}, ${hourWords(Number(clock.slice(0, 2)))}`;
}

function compareHeat({ panel, query }: Counting): string[] {
	const table = tableOf(panel);
	const metric = query.parameters.get("metric") ?? "cost";
	return bodyOf(table as Node).flatMap((cells, hour) => {
		const rows = panel.rows.filter((row) => row.hour === hour);
		const total = (name: string) => rows.reduce((sum, row) => sum + Number(row[name]), 0);
		const all = {
			totalCost: total("totalCost"),
			unpricedResponses: total("unpricedResponses"),
			totalTokens: total("totalTokens"),
			responses: total("responses"),
		};
		const wants = [words(hourWords(hour)), ...[...rows, all].map((row) => amountOf(row, metric))];
		const heads = headsOf(table as Node);
		const days = ["Hour", ...rows.map((row) => row.weekday), "Total"];
		if (heads.join() !== days.join()) return [`the columns are ${heads.join()}, not ${days.join()}`];
		return complaintsOf(cells, wants, heads, `hour ${hour}`);
	});
}

function amountOf(row: Row, metric: string): Want {
	if (metric === "tokens") return count(Number(row.totalTokens));
	if (metric === "responses") return count(Number(row.responses));
	return moneyOrDash(Number(row.totalCost), Number(row.unpricedResponses));
}

/** A week a row, the latest first. */
function compareCalendar({ panel }: Counting): string[] {
	const table = tableOf(panel) as Node;
	const weeks = bodyOf(table).toReversed();
	return weeks.flatMap((cells, week) => {
		const days = cells.slice(1).map((_, i) => panel.rows[week * 7 + i]);
		const wants = days.map((day) => (day ? moneyOrDash(Number(day.totalCost)) : words("")));
		const start = dateOf(Date.parse(String(days[0]?.date)) / 86_400_000);
		const first = words(DATE.format(Date.parse(start.toString())));
		const heads = headsOf(table);
		const names = ["Week of", ...cells.slice(1).map((_, i) => SHORT_DAYS[(start.dayOfWeek - 1 + i) % 7])];
		if (heads.join() !== names.join()) return [`the columns are ${heads.join()}, not ${names.join()}`];
		return complaintsOf(cells, [first, ...wants], heads, `week of ${start}`);
	});
}

const SHORT_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

function complaintsOf(
	cells: readonly Node[],
	wants: readonly Want[],
	heads: readonly string[],
	place: string,
): string[] {
	return wants.flatMap((want, i) => {
		const cell = cells[i];
		if (!cell) return [`${place} has no cell ${heads[i]}`];
		const written = writtenIn(cell);
		// Whether a slot is a week stands before its day.
		const complaint = want({ ...written, text: written.text.replace(/^Week of /, "") });
		return complaint === undefined ? [] : [`${place}, ${heads[i]}: ${complaint}`];
	});
}
