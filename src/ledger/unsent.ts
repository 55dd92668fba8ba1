import type { Machine } from "../account/machine.ts";
import type { Reader } from "./database.ts";
import { type EventRow, selectEvents } from "./event-rows.ts";

// `not indexed`: a machine has one user, so the indexes that begin with one lead through every event, where what has not
// been sent lies at the end of the table.

/**
 * The next events above a change number, in order of their change numbers.
 *
 * @param since epoch ms: older responses are none of them
 */
export async function listUnsent(
	db: Reader,
	user: number,
	above: number,
	limit: number,
	since = 0,
): Promise<EventRow[]> {
	const rows = await selectEvents(
		db,
		`from (select * from events as e not indexed where e.change > ? and e.user = ? and e.at >= ? order by e.change limit ?) as e`,
		[above, user, since, limit],
	);
	return rows.toSorted((a, b) => a.change - b.change);
}

export async function countUnsent(db: Reader, user: number, above: number, since = 0): Promise<number> {
	const unsent = await db.get<{ events: number }>(
		"select count(*) as events from events not indexed where change > ? and user = ? and at >= ?",
		[above, user, since],
	);
	return unsent?.events ?? 0;
}

/** A machine as the ledger knows it. */
export async function findMachine(db: Reader, user: number, uuid: string): Promise<Machine | undefined> {
	const machine = await db.get<Record<keyof Machine, string | null> & Pick<Machine, "uuid" | "label">>(
		"select uuid, label, os, client, zone from machines where user = ? and uuid = ?",
		[user, uuid],
	);
	if (!machine) return undefined;
	const { label, os, client, zone } = machine;
	return { uuid, label, os: os ?? undefined, client: client ?? undefined, zone: zone ?? undefined };
}
