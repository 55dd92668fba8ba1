import { type } from "arktype";
import { parseDay } from "../../usage/day.ts";
import type { UsageFilter } from "../../usage/filter.ts";

/** A local day of the person's. */
export const Day = type("string").pipe(
	(text, ctx) => parseDay(text) ?? ctx.error("a day as YYYY-MM-DD or YYYYMMDD"),
);

/** How many rows; a number beyond what there is becomes the nearest. */
export function limitTo(most: number) {
	return type(/^-?\d+$/).pipe((text) => Math.min(Math.max(Number(text), 1), most));
}

/** What each list of usage may be asked with. */
const ASKED = {
	"+": "delete",
	"since?": Day,
	"until?": Day,
	"machineId?": "string",
	"format?": "'json' | 'csv'",
	"cursor?": "string",
} as const;

/** A list that comes whole where no limit is given. */
export const UsageQuery = type({ ...ASKED, "limit?": limitTo(10_000) });

export const SessionsQuery = type({ ...ASKED, "limit?": limitTo(1_000), "projectPath?": "string" });

export const BlocksQuery = type({ ...ASKED, "limit?": limitTo(10_000), "activeOnly?": "'true' | 'false'" });

export const ProjectsQuery = type({ ...ASKED, "limit?": limitTo(100) });

export const MachinesQuery = type({
	"+": "delete",
	"limit?": limitTo(10_000),
	"cursor?": "string",
	"format?": "'json' | 'csv'",
});

export const PatternsQuery = type({
	...ASKED,
	"limit?": limitTo(10_000),
	"period?": "'hour' | 'day' | 'week'",
});

export const CostsQuery = type({
	...ASKED,
	"limit?": limitTo(10_000),
	"groupBy?": "'session' | 'project' | 'day' | 'model' | 'branch' | 'machine'",
});

/** What part of usage a query is about. Without a machine, or with an empty one, it is about all of them. */
export function filterOf(
	{ since, until, machineId }: Pick<typeof UsageQuery.infer, "since" | "until" | "machineId">,
	zone: string,
): UsageFilter {
	const machine = machineId ? { only: [machineId], not: [] } : undefined;
	return { zone, mode: "calculate", since, until, machine };
}
