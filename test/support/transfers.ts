import { expect } from "bun:test";
import type { Database } from "../../src/ledger/database.ts";
import { findLedgerUuid, renewLedgerUuid } from "../../src/ledger/settings.ts";
import { type Transferred, transferLedger } from "../../src/ledger/transfer.ts";
import { contentsOf, fillLedger } from "./full-ledger.ts";
import { NOW } from "./ledger.ts";
import { openTestDatabase } from "./test-database.ts";
import { watched } from "./watched-database.ts";

/** One of its own: those of the tests may all be made from the same file. */
export async function emptyLedger(): Promise<Database> {
	const db = await openTestDatabase(NOW);
	await db.transaction(renewLedgerUuid);
	return db;
}

/** A ledger with something in every table, and an empty one. */
export async function twoLedgers(responses?: number): Promise<{ source: Database; target: Database }> {
	const [source, target] = await Promise.all([emptyLedger(), emptyLedger()]);
	await fillLedger(source, responses);
	return { source, target };
}

export function copy(source: Database, target: Database): Promise<Transferred> {
	return transferLedger(
		{ db: source, name: "the old one" },
		{ db: target, name: "the new one" },
		NOW,
		() => {},
	);
}

export async function expectEqual(source: Database, target: Database): Promise<void> {
	expect(await contentsOf(target)).toEqual(await contentsOf(source));
	expect(await tablesOf(target)).not.toContain("transfers");
	expect(await findLedgerUuid(target)).not.toBe(await findLedgerUuid(source));
}

export async function tablesOf(db: Database): Promise<string[]> {
	const rows = await db.all<{ name: string }>("select name from sqlite_master where type = 'table'");
	return rows.map(({ name }) => name);
}

/** Lets so many transactions begin; where nothing is to be done, one is enough to see that. */
export function noMoreThan(most: number): (number: number) => void {
	return (number) => {
		if (number > most) throw new Error("stopped");
	};
}

/** Copies until so many transactions of the target are done. */
export async function stopAfter(source: Database, target: Database, most: number): Promise<void> {
	await expect(copy(source, watched(target, { begun: noMoreThan(most) }))).rejects.toThrow("stopped");
}
