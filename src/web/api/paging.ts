import { type NestedRow, tableRow } from "../../usage/table-row.ts";
import type { Exact } from "../../usage/usage.ts";
import { invalidFields, ProblemError } from "../errors.ts";
import type { Ask } from "../route.ts";
import { csv, json } from "./rows.ts";

/** Where a row stands in its list: no other row has the same. */
export type Place = readonly (string | Exact)[];

/** A list, and what its rows are in order by: numbers (`n`) or texts (`t`), rising (`+`) or falling (`-`). */
export type Order = { list: string; by: readonly ("n+" | "n-" | "t+" | "t-")[] };

/** Rows of a list, and the place of the last one where more follow. */
export type Page<Item> = { items: Item[]; next?: Place | undefined };

/** How a list is asked for. */
export type PageQuery = {
	limit?: number | undefined;
	cursor?: string | undefined;
	format?: "json" | "csv" | undefined;
};

const NO_CURSOR = invalidFields("invalid_query", ["cursor"]);

/**
 * The place after which a page begins, undefined for the first page.
 *
 * @throws ProblemError for what is no cursor of this list
 */
export function readCursor({ list, by }: Order, { cursor }: PageQuery): Place | undefined {
	if (cursor === undefined) return undefined;
	const [name, ...parts] = partsOf(cursor);
	if (name !== list || parts.length !== by.length) throw new ProblemError(NO_CURSOR);
	return parts.map((part, i) => (by[i]?.startsWith("n") ? readNumber(part) : part));
}

/** Puts rows in order and cuts a page out of them. Rows that came or went since the page before move no other one. */
export function pageOf<Item>(
	rows: readonly Item[],
	order: Order,
	placeOf: (item: Item) => Place,
	query: PageQuery,
): Page<Item> {
	const after = readCursor(order, query);
	const placed = rows
		.map((item) => ({ item, place: placeOf(item) }))
		.filter(({ place }) => !after || comparePlaces(place, after, order) > 0)
		.sort((a, b) => comparePlaces(a.place, b.place, order));
	const page = placed.slice(0, query.limit);
	return {
		items: page.map(({ item }) => item),
		next: placed.length > page.length ? page.at(-1)?.place : undefined,
	};
}

/**
 * A page as it leaves: as JSON of what `bodyOf` makes of its rows, which is the rows alone if it is not given, or as a
 * table. The next page's address stands in the header `Link`.
 */
export function answerPage<Item extends NestedRow>(
	ask: Ask<PageQuery>,
	order: Order,
	{ items, next }: Page<Item>,
	bodyOf: (items: Item[]) => unknown = (rows) => rows,
): Response {
	const answer = ask.query.format === "csv" ? csv(order.list, items.map(tableRow)) : json(bodyOf(items));
	if (next) answer.headers.set("link", `<${addressAfter(ask, order, next)}>; rel="next"`);
	return answer;
}

/** The address of the page after a place. What the route does not know of the query is not repeated. */
function addressAfter({ url, origin, query }: Ask<PageQuery>, { list }: Order, place: Place): string {
	const parameters = new URLSearchParams();
	for (const name of Object.keys(query)) parameters.set(name, url.searchParams.get(name) ?? "");
	const text = JSON.stringify([list, ...place.map(String)]);
	parameters.set("cursor", Buffer.from(text).toString("base64url"));
	return `${origin}${url.pathname}?${parameters}`;
}

/** @throws ProblemError */
function partsOf(cursor: string): string[] {
	try {
		const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
		if (Array.isArray(parts) && parts.every((part) => typeof part === "string")) return parts;
	} catch {
		// It is told below.
	}
	throw new ProblemError(NO_CURSOR);
}

/** @throws ProblemError */
function readNumber(text: string): Exact {
	if (!/^-?\d{1,30}$/.test(text)) throw new ProblemError(NO_CURSOR);
	const whole = BigInt(text);
	return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}

function comparePlaces(a: Place, b: Place, { by }: Order): number {
	for (const [i, sort] of by.entries()) {
		const order = compareParts(a[i] ?? "", b[i] ?? "");
		if (order !== 0) return sort.endsWith("-") ? -order : order;
	}
	return 0;
}

/** Texts go by their bytes, as the ledger has them. */
function compareParts(a: string | Exact, b: string | Exact): number {
	if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
	return a < b ? -1 : a > b ? 1 : 0;
}
