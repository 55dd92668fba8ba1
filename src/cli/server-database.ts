import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { homeAt, makeHome } from "../collector/home.ts";
import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import type { Database } from "../ledger/database.ts";
import { openBesideServer } from "../ledger/server-ledger.ts";
import type { Context } from "./context.ts";

/** `database`: over what the environment names. */
export type DatabaseFlag = { database?: string };

/**
 * Where a server's ledger is: a path, or `file:` before one.
 *
 * @throws AppError `invalid_config`
 */
export function databasePath(config: Config, flag?: string): string {
	const given = flag ?? config.databaseUrl;
	if (given === undefined) return join(config.home, "server.db");
	const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(given)?.[1]?.toLowerCase();
	if (scheme === undefined) return resolve(given);
	// Windows names its disks by one letter, which is no scheme here.
	if (scheme === "file") return resolve(given.replace(/^file:(?:\/\/(?=\/))?/i, ""));
	// The address is not told: it may hold a password.
	throw new AppError(
		"invalid_config",
		`The setting DATABASE_URL names a database of the kind ${scheme}, which is not one that can be used.`,
		"Name a path, or leave it out to use server.db in PROMPTPULSE_HOME.",
	);
}

/**
 * Runs `use` with a server's ledger, whether a server has it at the moment or not; it is made where there is none.
 *
 * @throws AppError `invalid_config`, and as `openBesideServer` does
 */
export async function withServerDatabase<Result>(
	{ config, now }: Context,
	{ database }: DatabaseFlag,
	use: (db: Database) => Promise<Result>,
): Promise<Result> {
	const path = databasePath(config, database);
	if (dirname(path) === config.home) makeHome(homeAt(config.home));
	const db = await openBesideServer(path, now());
	try {
		return await use(db);
	} finally {
		await db.close();
	}
}

/**
 * The same for one that has to be there.
 *
 * @throws AppError `usage`
 */
export function existingDatabase(config: Config, flag?: string): string {
	const path = databasePath(config, flag);
	if (existsSync(path)) return path;
	throw new AppError(
		"usage",
		`There is no ledger of a server in ${path}.`,
		"Name it with --database or in DATABASE_URL.",
	);
}
