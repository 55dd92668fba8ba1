import { kindOfKey } from "../../account/api-key.ts";
import { findDeadKey } from "../../ledger/api-keys.ts";
import { MOST_HOURLY, noteHourly } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import type { Arrival } from "../route.ts";

/**
 * Notes that a key was used which opens nothing any more: its owner has to learn where it still is. Keys that nobody has
 * are noise.
 */
export async function noteRefusedKey(
	db: Database,
	text: string | null,
	{ now, address }: Pick<Arrival, "now" | "address">,
): Promise<void> {
	if (text === null || !kindOfKey(text)) return;
	const dead = await findDeadKey(db, text, now);
	if (!dead) return;
	const { id, user, why } = dead;
	const entry = { user, action: "key.refused", detail: { key: id, why }, address } as const;
	await noteHourly(db, entry, now, MOST_HOURLY);
}
