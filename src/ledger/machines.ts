import type { Machine } from "../account/machine.ts";
import { cleanName } from "../usage/event.ts";
import type { Batch, Reader } from "./database.ts";
import { insertRows } from "./row-batches.ts";

/** A machine of a user that the ledger knows: its number, and what it is called. */
export type KnownMachine = { id: number; label: string };

export async function findMachine(db: Reader, user: number, uuid: string): Promise<KnownMachine | undefined> {
	return db.get<KnownMachine>("select id, label from machines where user = ? and uuid = ?", [user, uuid]);
}

/** What the ledger calls a machine. */
export function labelOf({ uuid, label }: Machine): string {
	return cleanName(label) ?? uuid;
}

/**
 * Notes that a machine was seen.
 *
 * @param id its number: the one that it has, or the next
 * @param now epoch ms
 */
export function saveMachine(id: number, user: number, machine: Machine, now: number): Batch {
	const columns = ["id", "user", "uuid", "label", "os", "client", "zone", "first_seen", "last_seen"];
	const { uuid, os, client, zone } = machine;
	const told = [os, client, zone].map((text) => cleanName(text) ?? null);
	return insertRows(
		"machines",
		columns,
		[[id, user, uuid, labelOf(machine), ...told, now, now]],
		`on conflict (user, uuid) do update set
			label = excluded.label,
			os = excluded.os,
			client = excluded.client,
			zone = excluded.zone,
			last_seen = excluded.last_seen`,
	);
}

/** When usage last came in from any of a user's machines, epoch ms. */
export async function findLastSeen(db: Reader, user: number): Promise<number | undefined> {
	const machine = await db.get<{ at: number | null }>(
		"select max(last_seen) as at from machines where user = ?",
		[user],
	);
	return machine?.at ?? undefined;
}
