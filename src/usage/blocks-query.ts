import type { View, ViewKind } from "./view.ts";
import { type Days, oneOf, parseViewQuery, QueryError, type ViewQuery } from "./view-query.ts";

/** What the bars of blocks show. */
export const BLOCK_METRICS = ["cost", "tokens"] as const;

export type BlockMetric = (typeof BLOCK_METRICS)[number];

/**
 * Where a block stands in a list, the latest first: its start, epoch ms, and for a reported one the name of its machine and
 * what it was called. A block of ours has neither; of equal starts it is the first.
 */
export type BlockPlace = { start: number; label: string; block: string };

/** All that the URL of the page of blocks says. `after`: the last block of the page before. */
export type BlocksQuery = ViewQuery & { metric: BlockMetric; after: BlockPlace | undefined };

export type BlocksView = View<BlocksQuery>;

const LONGEST_PLACE = 2_000;

/**
 * Reads the query string of the page of blocks.
 *
 * @throws QueryError
 */
export function parseBlocksQuery(parameters: URLSearchParams, days: Days): BlocksQuery {
	return {
		...parseViewQuery(parameters, days),
		metric: oneOf("metric", parameters, BLOCK_METRICS, "cost"),
		after: readPlace(parameters.get("after") ?? ""),
	};
}

export const BLOCKS: ViewKind<BlocksQuery> = {
	name: "blocks",
	path: "/blocks",
	ownParameters({ metric, after }) {
		const parameters: [string, string][] = [];
		if (metric !== "cost") parameters.push(["metric", metric]);
		if (after) parameters.push(["after", placeText(after)]);
		return parameters;
	},
	setsBack: { after: undefined },
};

/** Negative where `a` comes before `b`. Names go by their bytes, as the ledger has them. */
export function comparePlaces(a: BlockPlace, b: BlockPlace): number {
	return b.start - a.start || compareNames(a.label, b.label) || compareNames(a.block, b.block);
}

function compareNames(a: string, b: string): number {
	return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A number for a block of ours, a list for a reported one. */
function placeText({ start, label, block }: BlockPlace): string {
	return JSON.stringify(label === "" && block === "" ? start : [start, label, block]);
}

function readPlace(text: string): BlockPlace | undefined {
	if (text === "") return undefined;
	const place: unknown = text.length <= LONGEST_PLACE ? readJson(text) : undefined;
	const [start, label, block, ...others] = Array.isArray(place) ? place : [place, "", ""];
	const isPlace =
		Number.isSafeInteger(start) &&
		typeof label === "string" &&
		typeof block === "string" &&
		others.length === 0;
	if (!isPlace) throw new QueryError("after");
	return { start, label, block };
}

function readJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new QueryError("after");
	}
}
