import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, usedBy } from "./source.ts";

/** `machine`: the UUID; `label`: its name for people, which several machines may share. */
export type MachineRow = UsageRow & { machine: string; label: string };

/** Machines with usage, by label. */
export async function listMachines(db: Reader, asker: Asker, filter: UsageFilter): Promise<MachineRow[]> {
	const source = await usedBy(db, asker, filter, ["machine"]);
	return groupUsage<{ label: string; machine: string }>(db, source, {
		key: { label: "machines.label", machine: "machines.uuid" },
		joins: "join machine_names as machines on machines.id = used.machine",
	});
}
