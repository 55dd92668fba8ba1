import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { Period } from "../usage/period.ts";
import type { Exact } from "../usage/usage.ts";
import type { UsageRow } from "./grouped.ts";
import { bucketOf, bucketsOf } from "./overview.ts";
import { listProjectActivity } from "./project-activity.ts";
import { listSeries } from "./series.ts";
import { type Asker, usedBy } from "./source.ts";

/** What was used of a project in some days. */
export type ProjectTableRow = UsageRow & {
	project: string;
	/** Sessions that were last active there in these days. */
	sessions: number;
	machines: number;
	/** The last local day with usage, of these days. */
	lastDay: number;
	/** Cost in nano-dollars, slot by slot of these days; see {@link bucketOf}. */
	trend: Exact[];
};

/** Projects with usage in the days of a period, by name. */
export async function listProjectTable(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	period: Period,
): Promise<ProjectTableRow[]> {
	const bucket = bucketOf(period);
	const within = { ...filter, ...period };
	const [rows, places, series] = await Promise.all([
		listProjectActivity(db, asker, within),
		listProjectPlaces(db, asker, within),
		listSeries(db, asker, within, bucket, "project"),
	]);
	const placeOf = new Map(places.map((row) => [row.project, row]));
	const costs = Map.groupBy(series, ({ name }) => name);
	const buckets = bucketsOf(period, bucket, filter.weekStart);
	return rows.map(({ own, ...row }) => {
		const byBucket = new Map(costs.get(row.project)?.map((slot) => [slot.bucket, slot.costNanoUsd]));
		return {
			...row,
			sessions: own?.sessions ?? 0,
			machines: placeOf.get(row.project)?.machines ?? 0,
			lastDay: placeOf.get(row.project)?.lastDay ?? period.until,
			trend: buckets.map((number) => byBucket.get(number) ?? 0),
		};
	});
}

/** On how many machines each project was used in the filter's days, and on which of them last; by name. */
export async function listProjectPlaces(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
): Promise<{ project: string; machines: number; lastDay: number }[]> {
	const source = await usedBy(db, asker, filter, ["day", "machine", "project"]);
	return db.all<{ project: string; machines: number; lastDay: number }>(
		`${source.sql}
		select
			projects.name as project,
			count(distinct machines.root) as machines,
			max(used.day) as lastDay
		from used
		join project_names as projects on projects.id = used.project
		join machine_names as machines on machines.id = used.machine
		group by projects.root
		order by projects.name`,
		source.parameters,
	);
}
