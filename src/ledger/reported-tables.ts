import type { TotalKind } from "../usage/granularity.ts";

/** Where totals of each kind are kept; `id` tells those of one machine's name apart. */
export const REPORTED_TABLES = {
	daily: { table: "reported_days", id: "day" },
	session: { table: "reported_sessions", id: "session" },
	blocks: { table: "reported_blocks", id: "block" },
} as const satisfies Record<TotalKind, { table: string; id: string }>;

export type ReportedTable = (typeof REPORTED_TABLES)[TotalKind];

/** Totals as `known` that are there of a list of names and ids. The list is the first parameter, the user the second. */
export function fromKnown({ table, id }: ReportedTable): string {
	return `from json_each(?) as wanted
		cross join ${table} as known
			on known.user = ? and known.label = wanted.value ->> 0 and known.${id} = wanted.value ->> 1`;
}
