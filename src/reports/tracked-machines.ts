import type { Reader } from "../ledger/database.ts";
import type { Exact } from "../usage/usage.ts";
import type { Asker } from "./source.ts";

/** A machine that was ever seen, and what came from it. Days are local, of the person's own zone. */
export type TrackedMachineRow = {
	/** UUID. */
	machine: string;
	label: string;
	os: string | null;
	client: string | null;
	/** Epoch ms. */
	lastSeen: number;
	/** How many days have usage of it; first and last are null where none has. */
	days: number;
	firstDay: number | null;
	lastDay: number | null;
	costNanoUsd: Exact;
};

/** All of a person's machines, also those whose every response was known from another one; by label and UUID. */
export async function listTrackedMachines(db: Reader, { id }: Asker): Promise<TrackedMachineRow[]> {
	return db.all<TrackedMachineRow>(
		`with used as materialized (
			select
				machine,
				count(distinct day) as days,
				min(day) as first_day,
				max(day) as last_day,
				sum(cost) as cost
			from usage_days
			where user = ?
			group by machine
		)
		select
			machines.uuid as machine,
			machines.label,
			machines.os,
			machines.client,
			machines.last_seen as lastSeen,
			ifnull(used.days, 0) as days,
			used.first_day as firstDay,
			used.last_day as lastDay,
			ifnull(used.cost, 0) as costNanoUsd
		from machines
		left join used on used.machine = machines.id
		where machines.user = ?
		order by machines.label, machines.uuid`,
		[id, id],
	);
}
