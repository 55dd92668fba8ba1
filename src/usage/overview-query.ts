import { dayText, parseDay } from "./day.ts";
import { type NameFilter, NO_NAMES } from "./filter.ts";
import {
	COMPARISONS,
	type Comparison,
	type Period,
	periodBefore,
	periodOf,
	RANGES,
	type Range,
} from "./period.ts";

/** What the chart shows, and which card is selected. */
export const METRICS = ["cost", "tokens", "cache", "sessions", "responses", "days"] as const;

export type Metric = (typeof METRICS)[number];

/** What the chart's bars are stacked by. `kind` is for tokens alone. */
export const STACKINGS = ["model", "project", "machine", "kind"] as const;

export type Stacking = (typeof STACKINGS)[number];

/** What can be filtered by. */
export const FILTERED = ["project", "model", "machine"] as const;

export type Filtered = (typeof FILTERED)[number];

/** All that an overview's URL says. */
export type OverviewQuery = Record<Filtered, NameFilter> & {
	range: Range;
	period: Period;
	compare: Comparison;
	/** The days to compare with, if there are any. */
	before: Period | undefined;
	metric: Metric;
	by: Stacking;
};

/** Something in a URL that cannot be meant. `field` is the parameter's name. */
export class QueryError extends Error {
	constructor(readonly field: string) {
		super(`the parameter ${field} cannot be understood`);
	}
}

const LONGEST_PERIOD = 3_660;
const MOST_NAMES = 50;

/**
 * Reads a query string. A name with `!` before it excludes.
 *
 * @param today the present day in the person's zone
 * @param firstDay the first day with usage
 * @throws QueryError
 */
export function parseOverviewQuery(
	parameters: URLSearchParams,
	today: number,
	firstDay: number,
): OverviewQuery {
	const range = oneOf("range", parameters, RANGES, parameters.has("from") ? "custom" : "30d");
	const compare = oneOf("compare", parameters, COMPARISONS, "prev");
	const period = range === "custom" ? readPeriod(parameters) : periodOf(range, today, firstDay);
	const metric = oneOf("metric", parameters, METRICS, "cost");
	const by = oneOf("by", parameters, STACKINGS, "model");
	return {
		range,
		period,
		compare,
		before: periodBefore(period, range, compare),
		metric,
		by: by === "kind" && metric !== "tokens" ? "model" : by,
		project: readNames("project", parameters),
		model: readNames("model", parameters),
		machine: readNames("machine", parameters),
	};
}

/** What a link changes of a query; a custom period comes with its range. */
export type QueryChange = Partial<Omit<OverviewQuery, "before">>;

/** The query string of a view, with `?`, or empty for the plain view. What is as usual is left out. */
export function overviewQueryText(query: OverviewQuery, change: QueryChange = {}): string {
	const next = { ...query, ...change };
	const parameters = new URLSearchParams();
	if (next.range !== "30d") parameters.set("range", next.range);
	if (next.range === "custom") {
		parameters.set("from", dayText(next.period.since));
		parameters.set("to", dayText(next.period.until));
	}
	if (next.compare !== "prev") parameters.set("compare", next.compare);
	if (next.metric !== "cost") parameters.set("metric", next.metric);
	if (next.by !== "model" && (next.by !== "kind" || next.metric === "tokens")) parameters.set("by", next.by);
	for (const field of FILTERED) {
		for (const name of next[field].only) parameters.append(field, escapeName(name));
		for (const name of next[field].not) parameters.append(field, `!${name}`);
	}
	const text = parameters.toString();
	return text === "" ? "" : `?${text}`;
}

/** The same view of single days, as short as it can be said: a year of them stands on a page. */
export function dayQueryTexts(query: OverviewQuery): (day: number) => string {
	const rest = overviewQueryText(query, { range: "30d" }).replace("?", "&");
	return (day) => `?from=${dayText(day)}${rest}`;
}

function readPeriod(parameters: URLSearchParams): Period {
	const since = parseDay(parameters.get("from") ?? "");
	const until = parseDay(parameters.get("to") ?? parameters.get("from") ?? "");
	if (since === undefined || since < 0) throw new QueryError("from");
	if (until === undefined || until < since || until - since > LONGEST_PERIOD) throw new QueryError("to");
	return { since, until };
}

function oneOf<Choice extends string>(
	field: string,
	parameters: URLSearchParams,
	choices: readonly Choice[],
	usual: Choice,
): Choice {
	const given = parameters.get(field);
	if (given === null || given === "") return usual;
	const choice = choices.find((name) => name === given);
	if (choice === undefined) throw new QueryError(field);
	return choice;
}

function readNames(field: Filtered, parameters: URLSearchParams): NameFilter {
	const given = parameters.getAll(field);
	if (given.length === 0) return NO_NAMES;
	if (given.length > MOST_NAMES) throw new QueryError(field);
	const names = [...new Set(given)];
	return {
		only: names.filter((name) => !name.startsWith("!")).map(unescapeName),
		not: names.filter((name) => name.startsWith("!")).map((name) => name.slice(1)),
	};
}

/** A name that itself begins with `!` or `\` gets a `\` before it. */
function escapeName(name: string): string {
	return /^[!\\]/.test(name) ? `\\${name}` : name;
}

function unescapeName(name: string): string {
	return name.startsWith("\\") ? name.slice(1) : name;
}
