import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { homeAt, makeHome } from "../../collector/home.ts";
import type { Config } from "../../config.ts";
import { AppError } from "../../errors.ts";
import type { CloudOptions } from "../../ledger/cloud/cloud-database.ts";
import { addressName, isCloudUrl, parseCloudUrl } from "../../ledger/cloud/connection-string.ts";
import { openCloudLedger } from "../../ledger/cloud-ledger.ts";
import type { Database } from "../../ledger/database.ts";
import { openBesideServer } from "../../ledger/server-ledger.ts";
import type { Context } from "../context.ts";
import { plain } from "../screen/terminal.ts";

/** `database`: over what the environment names. */
export type DatabaseFlag = { database?: string };

/** Where a server's ledger is. `name` is what people are told: it holds no key. */
export type DatabasePlace =
	| { kind: "file"; path: string; name: string }
	| { kind: "cloud"; url: string; name: string };

/**
 * Where a server's ledger is: a path, `file:` before one, or an address of SQLite Cloud.
 *
 * @throws AppError `invalid_config`
 */
export function placeOf(config: Config, given = config.databaseUrl): DatabasePlace {
	if (given === undefined) return inFile(join(config.home, "server.db"));
	if (isCloudUrl(given)) return { kind: "cloud", url: given, name: addressName(parseCloudUrl(given)) };
	refuseWithoutScheme(given);
	const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(given)?.[1]?.toLowerCase();
	if (scheme === undefined) return inFile(resolve(given));
	// Windows names its disks by one letter, which is no scheme here.
	if (scheme === "file") return inFile(resolve(given.replace(/^file:(?:\/\/(?=\/))?/i, "")));
	// The address is not told: it may hold a password.
	throw new AppError(
		"invalid_config",
		`The setting DATABASE_URL names a database of the kind ${scheme}, which is not one that can be used.`,
		"Name a path or an address that begins with sqlitecloud://, or leave it out to use server.db in PROMPTPULSE_HOME.",
	);
}

/** Taken for a path it would be shown, with its key. */
function refuseWithoutScheme(given: string): void {
	const hasSecret =
		/[?&](?:apikey|token|password)=/i.test(given) || /^(?:\/\/)?[^/\\@]+:[^/\\@]+@/.test(given);
	if (!hasSecret || /^[a-z][a-z0-9+.-]+:\/\//i.test(given)) return;
	throw new AppError(
		"invalid_config",
		"The setting DATABASE_URL looks like the address of a database, and its beginning is missing.",
		"Give one that begins with sqlitecloud://, or a path.",
	);
}

function inFile(path: string): DatabasePlace {
	return { kind: "file", path, name: plain(path) };
}

/**
 * The file of a server's ledger, for what is done to a file.
 *
 * @param instead what does the same where there is no file: a whole sentence
 * @throws AppError `usage`
 */
export function fileOf(place: DatabasePlace, instead: string): string {
	if (place.kind === "file") return place.path;
	throw new AppError("usage", `The server's ledger is not a file, but on ${place.name}.`, instead);
}

/** How a database far away is used, beside where messages of it go. */
export type PoolSettings = Pick<CloudOptions, "maxConnections" | "idleMs" | "retry">;

/**
 * How a database far away is used, as the environment says.
 *
 * @throws AppError `invalid_config`, naming the setting and what it takes
 */
export function readPool(config: Config): PoolSettings {
	return {
		maxConnections: readCount("DB_MAX_CONNECTIONS", config.dbMaxConnections, 1, 1_000),
		idleMs: readCount("DB_IDLE_TIMEOUT", config.dbIdleTimeout, 0, 86_400_000),
		retry: {
			attempts: readCount("DB_RETRY_ATTEMPTS", config.dbRetryAttempts, 0, 20),
			delayMs: readCount("DB_RETRY_DELAY", config.dbRetryDelay, 0, 60_000),
		},
	};
}

function readCount(name: string, text: string, least: number, most: number): number {
	const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
	if (number >= least && number <= most) return number;
	throw new AppError(
		"invalid_config",
		`The setting ${name} is not a number that can be used.`,
		`Give a whole number from ${least} to ${most}.`,
	);
}

/**
 * Runs `use` with a server's ledger, whether servers have it at the moment or not; it is made where there is none.
 *
 * @throws AppError `invalid_config`, and as `openBesideServer` and `openCloudLedger` do
 */
export async function withServerDatabase<Result>(
	{ config, now }: Context,
	{ database }: DatabaseFlag,
	use: (db: Database) => Promise<Result>,
): Promise<Result> {
	const db = await openBeside(config, placeOf(config, database), now());
	try {
		return await use(db);
	} finally {
		await db.close();
	}
}

/** Opens a server's ledger beside the servers that may have it. */
async function openBeside(config: Config, place: DatabasePlace, now: number): Promise<Database> {
	if (place.kind === "cloud") {
		const options = { ...readPool(config), queryMs: COMMAND_PATIENCE, note: noteNothing };
		return openCloudLedger(place.url, options, now);
	}
	if (dirname(place.path) === config.home) makeHome(homeAt(config.home));
	return openBesideServer(place.path, now);
}

/** Nobody waits for a page: an operator's command may ask for all there is at once. In ms. */
const COMMAND_PATIENCE = 120_000;

/** A command tells what it came to, and has no log. */
function noteNothing(): void {}

/**
 * The file of a server's ledger, which has to be there.
 *
 * @throws AppError `usage`
 */
export function existingFile(config: Config, flag: string | undefined, instead: string): string {
	const path = fileOf(placeOf(config, flag), instead);
	if (existsSync(path)) return path;
	throw new AppError(
		"usage",
		`There is no ledger of a server in ${path}.`,
		"Name it with --database or in DATABASE_URL.",
	);
}
