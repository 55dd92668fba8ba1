import { afterEach, beforeEach, expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, type ErrorCode } from "../../src/errors.ts";
import type { Database } from "../../src/ledger/database.ts";

/** A folder of its own for each test of a file, gone afterwards, and the path of a database in it. */
export function ledgerFolder(): { folder: string; path: string } {
	const place = { folder: "", path: "" };
	beforeEach(() => {
		place.folder = mkdtempSync(join(tmpdir(), "promptpulse-"));
		place.path = join(place.folder, "ledger.db");
	});
	afterEach(() => rmSync(place.folder, { recursive: true, force: true }));
	return place;
}

/** Opens a database for the time of `use`. */
export async function withDatabase<Result>(
	open: () => Database | Promise<Database>,
	use: (db: Database) => Promise<Result>,
): Promise<Result> {
	const db = await open();
	try {
		return await use(db);
	} finally {
		await db.close();
	}
}

/** Expects an error for people: with this code, a sentence that names all of `named`, and a sentence of what to do. */
export async function expectAppError(
	code: ErrorCode,
	work: () => unknown,
	...named: string[]
): Promise<void> {
	const error = await errorOf(work);
	if (!(error instanceof AppError)) throw new Error(`expected ${code}, got ${error}`);
	expect(error.code).toBe(code);
	expect(error.message).toEndWith(".");
	expect(error.hint).toEndWith(".");
	for (const name of named) expect(error.message).toContain(name);
}

async function errorOf(work: () => unknown): Promise<unknown> {
	try {
		await work();
	} catch (error) {
		return error;
	}
	return undefined;
}
