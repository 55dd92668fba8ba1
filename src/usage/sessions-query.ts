import { parseSorted, type Sorted, type Sorting, sortedParameters } from "./sorting.ts";
import type { Exact } from "./usage.ts";
import type { View, ViewKind } from "./view.ts";
import { type Days, oneOf, parseViewQuery, QueryError, type ViewQuery } from "./view-query.ts";

/** What a list of sessions can be in order by: each is a column of it. */
export const SESSION_SORTS = [
	"session",
	"started",
	"project",
	"branch",
	"models",
	"length",
	"responses",
	"tokens",
	"subagents",
	"machine",
	"cost",
] as const;

export type SessionSort = (typeof SESSION_SORTS)[number];

const TEXTS: readonly SessionSort[] = ["session", "project", "branch", "models", "machine"];

export const SESSION_ORDER: Sorting<SessionSort> = { columns: SESSION_SORTS, usual: "started", texts: TEXTS };

/** How many rows a page has. */
export const SIZES = ["20", "50", "100"] as const;

export type ListSize = (typeof SIZES)[number];

/** The row that a page begins after or ends before: what it is in order by, and its session, which is one of a kind. */
export type ListPlace = { side: "after" | "before"; value: string | Exact; session: string };

/** All that the URL of a list of sessions says. `q`: what is looked for in ids, projects and branches. */
export type SessionsQuery = ViewQuery &
	Sorted<SessionSort> & { q: string; size: ListSize; place: ListPlace | undefined };

export type SessionsView = View<SessionsQuery>;

export const LONGEST_SEARCH = 200;

const LONGEST_PLACE = 20_000;

/**
 * Reads the query string of a list of sessions.
 *
 * @throws QueryError
 */
export function parseSessionsQuery(parameters: URLSearchParams, days: Days): SessionsQuery {
	const sorted = parseSorted(SESSION_ORDER, parameters);
	const q = (parameters.get("q") ?? "").trim();
	if (q.length > LONGEST_SEARCH) throw new QueryError("q");
	return {
		...parseViewQuery(parameters, days),
		...sorted,
		q,
		size: oneOf("size", parameters, SIZES, "20"),
		place: readPlace("after", parameters, sorted.sort) ?? readPlace("before", parameters, sorted.sort),
	};
}

export const SESSIONS: ViewKind<SessionsQuery> = {
	name: "sessions",
	path: "/sessions",
	ownParameters({ sort, order, q, size, place }) {
		const parameters = sortedParameters(SESSION_ORDER, { sort, order });
		if (q !== "") parameters.push(["q", q]);
		if (size !== "20") parameters.push(["size", size]);
		if (place) parameters.push([place.side, placeText(place)]);
		return parameters;
	},
	setsBack: { place: undefined },
};

function placeText({ value, session }: ListPlace): string {
	return Buffer.from(JSON.stringify([`${value}`, session])).toString("base64url");
}

/** @throws QueryError for what is no place in a list of this order */
function readPlace(
	side: ListPlace["side"],
	parameters: URLSearchParams,
	sort: SessionSort,
): ListPlace | undefined {
	const given = parameters.get(side);
	if (given === null || given === "") return undefined;
	const [text, session] = given.length > LONGEST_PLACE ? [] : textsOf(given);
	if (text === undefined || session === undefined) throw new QueryError(side);
	if (TEXTS.includes(sort)) return { side, value: text, session };
	const exact = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
	if (exact === undefined || BigInt.asIntN(64, exact) !== exact) throw new QueryError(side);
	return { side, value: Number.isSafeInteger(Number(exact)) ? Number(exact) : exact, session };
}

function textsOf(given: string): string[] {
	try {
		const texts: unknown = JSON.parse(Buffer.from(given, "base64url").toString());
		const isPlace =
			Array.isArray(texts) && texts.length === 2 && texts.every((text) => typeof text === "string");
		return isPlace ? texts : [];
	} catch {
		return [];
	}
}
