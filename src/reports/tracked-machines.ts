import type { Reader } from "../ledger/database.ts";
import type { Exact } from "../usage/usage.ts";
import type { Asker } from "./source.ts";

/**
 * A machine that was ever seen, and what came from it and from those that were merged into it. Days are local, of the
 * person's own zone.
 */
export type TrackedMachineRow = {
	/** UUID. */
	machine: string;
	label: string;
	/** What people call it in place of its label. */
	alias: string | null;
	/** 1: lists leave it out. */
	isArchived: 0 | 1;
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
				machines.root as machine,
				count(distinct usage_days.day) as days,
				min(usage_days.day) as first_day,
				max(usage_days.day) as last_day,
				sum(usage_days.cost) as cost
			from usage_days
			join machine_names as machines on machines.id = usage_days.machine
			where usage_days.user = ?
			group by machines.root
		),
		latest as materialized (
			select ifnull(merged_into, id) as machine, max(last_seen) as at
			from machines
			where user = ?
			group by ifnull(merged_into, id)
		)
		select
			machines.uuid as machine,
			machines.label,
			machines.alias,
			machines.archived_at is not null as isArchived,
			machines.os,
			machines.client,
			latest.at as lastSeen,
			ifnull(used.days, 0) as days,
			used.first_day as firstDay,
			used.last_day as lastDay,
			ifnull(used.cost, 0) as costNanoUsd
		from latest
		cross join machines on machines.id = latest.machine
		left join used on used.machine = machines.id
		order by machines.label, machines.uuid`,
		[id, id],
	);
}
