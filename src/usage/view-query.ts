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

/** What can be filtered by. */
export const FILTERED = ["project", "model", "machine"] as const;

export type Filtered = (typeof FILTERED)[number];

/** What the URL of every page of usage says: which days, compared with which, of what. */
export type ViewQuery = Record<Filtered, NameFilter> & {
	range: Range;
	period: Period;
	compare: Comparison;
	/** The days to compare with, if there are any. */
	before: Period | undefined;
};

/** What a link changes of a view; a custom period comes with its range. */
export type ViewChange<Query extends ViewQuery = ViewQuery> = Partial<Omit<Query, "before">>;

/** Something in a URL that cannot be meant. `field` is the parameter's name. */
export class QueryError extends Error {
	constructor(readonly field: string) {
		super(`the parameter ${field} cannot be understood`);
	}
}

/** What a page's own part of a URL is read from. `today`: the present day; `firstDay`: the first with usage. */
export type Days = { today: number; firstDay: number };

const LONGEST_PERIOD = 3_660;
const MOST_NAMES = 50;

/**
 * Reads the part of a query string that all pages have. A name with `!` before it excludes.
 *
 * @throws QueryError
 */
export function parseViewQuery(parameters: URLSearchParams, { today, firstDay }: Days): ViewQuery {
	const range = oneOf("range", parameters, RANGES, parameters.has("from") ? "custom" : "30d");
	const compare = oneOf("compare", parameters, COMPARISONS, "prev");
	const period = range === "custom" ? readPeriod(parameters) : periodOf(range, today, firstDay);
	return {
		range,
		period,
		compare,
		before: periodBefore(period, range, compare),
		project: readNames("project", parameters),
		model: readNames("model", parameters),
		machine: readNames("machine", parameters),
	};
}

/** The same as parameters. What is as usual is left out. */
export function viewParameters(query: ViewQuery): [name: string, value: string][] {
	const parameters: [string, string][] = [];
	if (query.range !== "30d") parameters.push(["range", query.range]);
	if (query.range === "custom") {
		parameters.push(["from", dayText(query.period.since)], ["to", dayText(query.period.until)]);
	}
	if (query.compare !== "prev") parameters.push(["compare", query.compare]);
	for (const field of FILTERED) {
		for (const name of query[field].only) parameters.push([field, escapeName(name)]);
		for (const name of query[field].not) parameters.push([field, `!${name}`]);
	}
	return parameters;
}

/** Whether a view leaves out anything. */
export function isFiltered(query: ViewQuery): boolean {
	return FILTERED.some((field) => query[field].only.length + query[field].not.length > 0);
}

/**
 * Reads a parameter that has one of some values.
 *
 * @throws QueryError
 */
export function oneOf<Choice extends string>(
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

function readPeriod(parameters: URLSearchParams): Period {
	const since = parseDay(parameters.get("from") ?? "");
	const until = parseDay(parameters.get("to") ?? parameters.get("from") ?? "");
	if (since === undefined || since < 0) throw new QueryError("from");
	if (until === undefined || until < since || until - since > LONGEST_PERIOD) throw new QueryError("to");
	return { since, until };
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
