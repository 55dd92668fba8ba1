import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { MONDAY, WEEKDAYS } from "../usage/weekdays.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, type Dimension, usedBy } from "./source.ts";

/** Lengths of a chart's slots. */
export type Bucket = "hour" | "day" | "week" | "month";

/**
 * Usage in one slot of time. `bucket`: local hours or days since 1970-01-01, a week being its first day, or months since
 * January 1970. `name`: the project, the machine's UUID, or empty where no one was asked for; models are in `models`.
 */
export type SeriesRow = UsageRow & { bucket: number; name: string };

const BUCKETS: Record<Exclude<Bucket, "week">, string> = {
	hour: "used.hour",
	day: "used.day",
	month: `(strftime('%Y', used.day * 86400, 'unixepoch') - 1970) * 12
		+ strftime('%m', used.day * 86400, 'unixepoch') - 1`,
};

const NAMES = {
	model: { key: "''", joins: "" },
	project: { key: "projects.name", joins: "join project_names as projects on projects.id = used.project" },
	machine: { key: "machines.uuid", joins: "join machine_names as machines on machines.id = used.machine" },
};

/** Usage over time, oldest first; slots without usage are left out. */
export async function listSeries(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	bucket: Bucket,
	by: keyof typeof NAMES,
): Promise<SeriesRow[]> {
	const dimensions: Dimension[] = [bucket === "hour" ? "hour" : "day"];
	if (by !== "model") dimensions.push(by);
	const source = await usedBy(db, asker, filter, dimensions);
	return groupUsage<{ bucket: number; name: string }>(db, source, {
		key: { bucket: bucket === "week" ? weekKey(filter.weekStart) : BUCKETS[bucket], name: NAMES[by].key },
		joins: NAMES[by].joins,
	});
}

/** Days since 1970-01-01, a Thursday; those of the last week before it, which some zones have, come right too. */
function weekKey(weekStart = MONDAY): string {
	return `used.day - (used.day + ${WEEKDAYS + 3 - weekStart}) % ${WEEKDAYS}`;
}
