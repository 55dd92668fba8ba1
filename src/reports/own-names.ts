import type { Reader } from "../ledger/database.ts";

/** A machine as its owner is told of it. Times are epoch ms. */
export type OwnMachineRow = {
	machine: string;
	label: string;
	alias: string | null;
	mergedInto: string | null;
	archivedAt: number | null;
	os: string | null;
	client: string | null;
	zone: string | null;
	firstSeen: number;
	lastSeen: number;
};

/** All machines of a person, those that count under others too. */
export async function listOwnMachines(db: Reader, user: number): Promise<OwnMachineRow[]> {
	return db.all<OwnMachineRow>(
		`select
			own.uuid as machine, own.label, own.alias, root.uuid as mergedInto, own.archived_at as archivedAt,
			own.os, own.client, own.zone, own.first_seen as firstSeen, own.last_seen as lastSeen
		from machines as own
		left join machines as root on root.id = own.merged_into
		where own.user = ?
		order by own.id`,
		[user],
	);
}

/** A project as its owner is told of it. */
export type OwnProjectRow = {
	name: string;
	alias: string | null;
	mergedInto: string | null;
	hiddenAt: number | null;
};

/** All projects of a person, those that count under others too. */
export async function listOwnProjects(db: Reader, user: number): Promise<OwnProjectRow[]> {
	return db.all<OwnProjectRow>(
		`select own.name, own.alias, root.name as mergedInto, own.hidden_at as hiddenAt
		from projects as own
		left join projects as root on root.id = own.merged_into
		where own.user = ?
		order by own.id`,
		[user],
	);
}
