import { cleanName } from "../usage/event.ts";
import type { Transaction } from "./database.ts";

/** What people name anew, count under one another and hide; and where it stands since when something is hidden. */
const HIDDEN_AT = { projects: "hidden_at", machines: "archived_at" } as const;

type NamedTable = keyof typeof HIDDEN_AT;

/** What came of a change: done, or what of it is not there or cannot be meant. */
export type NameChanged = "done" | "unknown" | "unknown target" | "itself";

/**
 * Lets a row count under another one, or for itself again. What counted under it goes along, and what itself counts under
 * another one stands for that one: so a pointer always leads to where it ends.
 *
 * @param id of a row of the user's
 * @param into another one's, or null
 * @returns whether it could be done: nothing is merged into itself
 */
export async function mergeInto(
	tx: Transaction,
	table: NamedTable,
	user: number,
	id: number,
	into: number | null,
): Promise<boolean> {
	if (into === null) {
		await tx.batch([
			{ sql: `update ${table} set merged_into = null where user = ? and id = ?`, rows: [[user, id]] },
		]);
		return true;
	}
	const target = await tx.get<{ root: number }>(
		`select ifnull(merged_into, id) as root from ${table} where user = ? and id = ?`,
		[user, into],
	);
	if (!target) throw new Error(`there is no row ${into} of ${table} to merge into`);
	if (target.root === id) return false;
	await tx.batch([
		{
			sql: `update ${table} set merged_into = ? where user = ? and (id = ? or merged_into = ?)`,
			rows: [[target.root, user, id, id]],
		},
	]);
	return true;
}

/** @param alias what people call it; null or nothing but blanks for its own name */
export async function saveAlias(
	tx: Transaction,
	table: NamedTable,
	user: number,
	id: number,
	alias: string | null,
): Promise<void> {
	const sql = `update ${table} set alias = ? where user = ? and id = ?`;
	await tx.batch([{ sql, rows: [[cleanName(alias?.trim()) ?? null, user, id]] }]);
}

/** @param at since when lists leave it out, epoch ms; null where they show it */
export async function saveHidden(
	tx: Transaction,
	table: NamedTable,
	user: number,
	id: number,
	at: number | null,
): Promise<void> {
	const sql = `update ${table} set ${HIDDEN_AT[table]} = ? where user = ? and id = ?`;
	await tx.batch([{ sql, rows: [[at, user, id]] }]);
}
