import type { Machine } from "../account/machine.ts";
import type { Reader, Value } from "./database.ts";
import { type EventRow, selectEvents } from "./event-rows.ts";

// `not indexed`: a machine has one user, so the indexes that begin with one lead through every event, where what has not
// been sent lies at the end of the table.

/** What stays on the machine: responses older than a moment (epoch ms), and those of some projects, by number. */
export type HeldBack = { since?: number | undefined; projects?: readonly number[] | undefined };

/** Which of `events` as `e` may go, and the parameters of that condition. */
export function mayGo({ since = 0, projects = [] }: HeldBack): { sql: string; parameters: Value[] } {
	if (projects.length === 0) return { sql: "e.at >= ?", parameters: [since] };
	return {
		sql: "e.at >= ? and e.project not in (select value from json_each(?))",
		parameters: [since, JSON.stringify(projects)],
	};
}

/** The next events above a change number, in order of their change numbers. */
export async function listUnsent(
	db: Reader,
	user: number,
	above: number,
	limit: number,
	heldBack: HeldBack = {},
): Promise<EventRow[]> {
	const going = mayGo(heldBack);
	const rows = await selectEvents(
		db,
		`from (select * from events as e not indexed where e.change > ? and e.user = ? and ${going.sql} order by e.change limit ?) as e`,
		[above, user, ...going.parameters, limit],
	);
	return rows.toSorted((a, b) => a.change - b.change);
}

export async function countUnsent(
	db: Reader,
	user: number,
	above: number,
	heldBack: HeldBack = {},
): Promise<number> {
	const going = mayGo(heldBack);
	const unsent = await db.get<{ events: number }>(
		`select count(*) as events from events as e not indexed where e.change > ? and e.user = ? and ${going.sql}`,
		[above, user, ...going.parameters],
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
