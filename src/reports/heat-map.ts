import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, usedBy } from "./source.ts";

/** `weekday`: 0 is Monday; `hour`: of the local clock, 0 to 23. */
export type HeatRow = UsageRow & { weekday: number; hour: number };

/**
 * Usage by day of the week and hour of the day, in this order; what had none is left out. An hour that the clock goes
 * through twice is one, and one that it leaves out has nothing.
 */
export async function listHeat(db: Reader, asker: Asker, filter: UsageFilter): Promise<HeatRow[]> {
	const source = await usedBy(db, asker, filter, ["day", "hour"]);
	return groupUsage<{ weekday: number; hour: number }>(db, source, {
		// The last moments of 1969 are local time, too, of the first of 1970.
		key: { weekday: "(used.day + 10) % 7", hour: "(used.hour % 24 + 24) % 24" },
	});
}
