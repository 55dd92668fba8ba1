import type { Transaction } from "./database.ts";

/** Tables whose rows can count under another one of the same person. */
export type MergedTable = "projects" | "machines";

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
	table: MergedTable,
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

/** What came of a change of a name: done, or what of it is not there or cannot be meant. */
export type NameChanged = "done" | "unknown" | "unknown target" | "itself";
