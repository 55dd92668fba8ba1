import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import { copyInto, isUnfinishedCopy } from "./copy.ts";
import type { Database } from "./database.ts";
import { migrate, missingSteps } from "./migrate.ts";
import { holdLock, openSqlite } from "./sqlite.ts";
import { refuseUnfinished } from "./transfer-state.ts";

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
			await refuseUnfinished(db, path);
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
 * Opens a server's ledger beside the server, which may run or not. Its schema is only changed while none runs, for that
 * one may know the old schema alone; a copy is made before.
 *
 * @throws AppError as {@link openServerLedger} does
 */
export async function openBesideServer(path: string, now: number): Promise<Database> {
	const db = openSqlite(path);
	try {
		await refuseUnfinished(db, path);
		const [next] = await missingSteps(db);
		if (next && !isFirst(next)) await bringToDateAlone(db, path, now);
		else await migrate(db, now);
		return db;
	} catch (error) {
		await db.close();
		throw error;
	}
}

async function bringToDateAlone(db: Database, path: string, now: number): Promise<void> {
	const release = lockServerLedger(path);
	try {
		await copyBefore(db, path);
		await migrate(db, now);
	} finally {
		release();
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
		`A running server has ${path}.`,
		"Stop it first, or name another file with --database.",
	);
}

/** A ledger that has nothing yet, and one that is to date, need no copy. */
async function copyBefore(db: Database, path: string): Promise<string | undefined> {
	const [next] = await missingSteps(db);
	if (!next || isFirst(next)) return undefined;
	// One that is there already may be of long ago, from before a restore say.
	const copy = `${path}.before-${next.name.replace(/\.sql$/, "")}`;
	forget(listBeside(path).filter(isUnfinishedCopy));
	await copyInto(db, copy);
	forget(listBeside(path).slice(0, -COPIES_KEPT));
	return copy;
}

/** A ledger that lacks it has nothing at all. */
function isFirst({ version }: { version: number }): boolean {
	return version === 1;
}

/** The copies of a ledger, the oldest schema first. */
function listBeside(path: string): string[] {
	const folder = dirname(path);
	return readdirSync(folder)
		.filter((name) => name.startsWith(`${basename(path)}.before-`))
		.sort()
		.map((name) => join(folder, name));
}

function forget(paths: readonly string[]): void {
	for (const path of paths) rmSync(path);
}
