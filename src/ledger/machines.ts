import type { Machine } from "../account/machine.ts";
import { cleanName } from "../usage/event.ts";
import type { Reader, Transaction } from "./database.ts";

/**
 * Notes that a machine was seen and gives its number in the ledger.
 *
 * @param now epoch ms
 */
export async function saveMachine(
	tx: Transaction,
	user: number,
	machine: Machine,
	now: number,
): Promise<number> {
	const known = await tx.get<{ id: number }>(
		`insert into machines (user, uuid, label, os, client, zone, first_seen, last_seen)
		values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (user, uuid) do update set
			label = excluded.label,
			os = excluded.os,
			client = excluded.client,
			zone = excluded.zone,
			last_seen = excluded.last_seen
		returning id`,
		[
			user,
			machine.uuid,
			cleanName(machine.label) ?? machine.uuid,
			cleanName(machine.os) ?? null,
			cleanName(machine.client) ?? null,
			cleanName(machine.zone) ?? null,
			now,
			now,
		],
	);
	if (!known) throw new Error("saving a machine returned no row");
	return known.id;
}

/** When usage last came in from any of a user's machines, epoch ms. */
export async function findLastSeen(db: Reader, user: number): Promise<number | undefined> {
	const machine = await db.get<{ at: number | null }>(
		"select max(last_seen) as at from machines where user = ?",
		[user],
	);
	return machine?.at ?? undefined;
}
