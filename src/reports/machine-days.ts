import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, usedBy } from "./source.ts";

/** What a machine used on a local day. `machine`: the UUID; `label`: its name for people. */
export type MachineDayRow = UsageRow & { day: number; label: string; machine: string };

/** Days with usage machine by machine, by day, label and UUID. */
export async function listMachineDays(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
): Promise<MachineDayRow[]> {
	const source = await usedBy(db, asker, filter, ["day", "machine"]);
	return groupUsage<{ day: number; label: string; machine: string }>(db, source, {
		key: { day: "used.day", label: "machines.label", machine: "machines.uuid" },
		joins: "join machine_names as machines on machines.id = used.machine",
	});
}
