import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import { copyInto } from "./copy.ts";
import type { Database } from "./database.ts";
import { migrate, missingSteps } from "./migrate.ts";
import { holdLock, openSqlite } from "./sqlite.ts";

/** How long a server waits for another process that writes to its ledger, in ms: then it says that it is busy. */
const SERVER_PATIENCE = 4_000;
/** So many copies from before a change of the schema stay. */
const COPIES_KEPT = 3;

/** A server's ledger that is open. `copy`: where it is as it was before its schema was changed. */
export type ServerLedger = { db: Database; copy: string | undefined; release: () => void };

/**
 * Opens a server's ledger for the one process that serves it, and brings its schema to date; a copy is made before.
 *
 * @throws AppError as `openLedger` does, and `locked` where another server has it
 */
export async function openServerLedger(path: string, now: number): Promise<ServerLedger> {
	const release = lockServerLedger(path);
	try {
		const db = openSqlite(path, SERVER_PATIENCE);
		try {
			const copy = await copyBefore(db, path);
			await migrate(db, now);
			return { db, copy, release };
		} catch (error) {
			await db.close();
			throw error;
		}
	} catch (error) {
		release();
		throw error;
	}
}

/**
 * Takes a server's ledger for this process.
 *
 * @returns what lets go of it
 * @throws AppError `locked`
 */
export function lockServerLedger(path: string): () => void {
	const release = holdLock(`${path}.lock`);
	if (release) return release;
	throw new AppError(
		"locked",
		`Another server has ${path}.`,
		"Stop it first, or name another file with --database.",
	);
}

/** A ledger that has nothing yet, and one that is to date, need no copy. */
async function copyBefore(db: Database, path: string): Promise<string | undefined> {
	const [next] = await missingSteps(db);
	if (!next || next.version === 1) return undefined;
	const copy = `${path}.before-${next.name.replace(/\.sql$/, "")}`;
	if (existsSync(copy)) return copy;
	await copyInto(db, copy);
	forgetOldCopies(path);
	return copy;
}

function forgetOldCopies(path: string): void {
	const folder = dirname(path);
	const copies = readdirSync(folder)
		.filter((name) => name.startsWith(`${basename(path)}.before-`))
		.sort();
	for (const name of copies.slice(0, -COPIES_KEPT)) rmSync(join(folder, name));
}
