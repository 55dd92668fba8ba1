import type { Exact } from "../../usage/usage.ts";
import type { Order } from "./grouping-names.ts";
import type { Grouping, ReportLine } from "./groupings.ts";

/**
 * Lines in the order that was asked for: those of times by time, all others by cost, and where that is the same as they
 * came. Unasked they stay as they came.
 */
export function inOrder(
	{ isByTime }: Pick<Grouping, "isByTime">,
	lines: readonly ReportLine[],
	order: Order | undefined,
): ReportLine[] {
	if (order === undefined) return [...lines];
	if (isByTime) return order === "asc" ? [...lines] : lines.toReversed();
	const sign = order === "asc" ? 1 : -1;
	return lines.toSorted((a, b) => sign * compare(costOf(a), costOf(b)));
}

function costOf({ usage }: ReportLine): Exact {
	return usage?.costNanoUsd ?? 0;
}

function compare(a: Exact, b: Exact): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
