import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { Period } from "../usage/period.ts";
import { NO_USAGE, type Usage } from "../usage/usage.ts";
import { listMachineDays } from "./machine-days.ts";
import { listMachines } from "./machines.ts";
import type { Asker } from "./source.ts";
import { listTrackedMachines, type TrackedMachineRow } from "./tracked-machines.ts";

/** An installation as it tells of itself. `root`: the UUID of the one that it counts under, its own if none. */
export type Installation = {
	uuid: string;
	root: string;
	label: string;
	alias: string | null;
	zone: string | null;
	client: string | null;
	/** Epoch ms. */
	firstSeen: number;
};

/** A machine, what was used on it in some days, and what counts under it. */
export type MachineCard = TrackedMachineRow & {
	zone: string | null;
	/** Epoch ms, of the first of those that count under it. */
	firstSeen: number;
	usage: Usage;
	/** Cost of each day of the period, in nano-dollars. */
	costs: number[];
	/** Others that were merged into it. */
	merged: Installation[];
};

/** All of a person's machines, by label and UUID; those that count under another one are in `merged` of that. */
export async function listMachineCards(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	period: Period,
): Promise<MachineCard[]> {
	const [tracked, installations, used, days] = await Promise.all([
		listTrackedMachines(db, asker),
		listInstallations(db, asker),
		listMachines(db, asker, filter),
		listMachineDays(db, asker, filter),
	]);
	const usage = new Map(used.map((row) => [row.machine, row]));
	const daysOf = Map.groupBy(days, ({ machine }) => machine);
	const groups = Map.groupBy(installations, ({ root }) => root);
	const length = period.until - period.since + 1;
	return tracked.map((machine) => {
		const group = groups.get(machine.machine) ?? [];
		const costs = new Array<number>(length).fill(0);
		for (const row of daysOf.get(machine.machine) ?? []) {
			costs[row.day - period.since] = Number(row.costNanoUsd);
		}
		return {
			...machine,
			zone: group.find(({ uuid }) => uuid === machine.machine)?.zone ?? null,
			firstSeen: Math.min(...group.map(({ firstSeen }) => firstSeen), machine.lastSeen),
			usage: usage.get(machine.machine) ?? NO_USAGE,
			costs,
			merged: group.filter(({ uuid }) => uuid !== machine.machine),
		};
	});
}

async function listInstallations(db: Reader, { id }: Asker): Promise<Installation[]> {
	return db.all<Installation>(
		`select
			own.uuid, root.uuid as root, own.label, own.alias, own.zone, own.client, own.first_seen as firstSeen
		from machines as own
		join machines as root on root.id = ifnull(own.merged_into, own.id)
		where own.user = ?
		order by own.label, own.uuid`,
		[id],
	);
}
