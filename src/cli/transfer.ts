import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { homeAt, makeHome } from "../collector/home.ts";
import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import { openCloud } from "../ledger/cloud/cloud-database.ts";
import type { Database } from "../ledger/database.ts";
import { lockServerLedger } from "../ledger/server-ledger.ts";
import { openSqlite } from "../ledger/sqlite.ts";
import { checkSource, type Transferred, transferLedger } from "../ledger/transfer.ts";
import type { Comparison } from "../ledger/transfer-digest.ts";
import type { Context } from "./context.ts";
import { DONE, VERIFY_DIFFERS } from "./exit-code.ts";
import { counted, whole } from "./format.ts";
import { type DatabasePlace, placeOf, readPool } from "./server-database.ts";
import { type Column, table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { RowsProgress } from "./transfer-progress.ts";

/** Where from and where to; what is left out is what the environment names. */
export type TransferFlags = { from?: string | undefined; to?: string | undefined };

/**
 * `promptpulse migrate --from PLACE --to PLACE`: copies a server's ledger into a database that has none. No server may
 * have a file meanwhile; of those on a database far away it is only seen whether they changed what was copied.
 *
 * @throws AppError `locked`, and as `transferLedger` and opening a database do
 */
export async function transfer(context: Context, { from, to }: TransferFlags): Promise<number> {
	const { config, terminal, now } = context;
	const source = placeOf(config, from);
	const target = placeOf(config, to);
	refuseMissing(source);
	refuseSame(source, target);
	const progress = new RowsProgress(terminal);
	const transferred = await withPlace(config, source, async (db) => {
		const side = { db, name: source.name };
		// Before the target is made, if it is a file.
		await checkSource(side);
		makeRoom(config, target);
		return withPlace(config, target, async (into) => {
			try {
				return await transferLedger(side, { db: into, name: target.name }, now(), progress.show);
			} finally {
				progress.end();
			}
		});
	});
	tell(terminal, source.name, target.name, transferred);
	return transferred.outcome === "different" ? VERIFY_DIFFERS : DONE;
}

function refuseMissing(source: DatabasePlace): void {
	if (source.kind === "cloud" || existsSync(source.path)) return;
	throw new AppError(
		"usage",
		`There is no ledger of a server in ${source.path}.`,
		"Name it with --from, or in DATABASE_URL.",
	);
}

function refuseSame(source: DatabasePlace, target: DatabasePlace): void {
	const isSame =
		source.kind === "file" && target.kind === "file" && existsSync(target.path)
			? realpathSync(source.path) === realpathSync(target.path)
			: source.name === target.name;
	if (!isSame) return;
	throw new AppError(
		"usage",
		`${source.name} cannot be copied into itself.`,
		"Name another database with --from or --to; the one that is left out is that of DATABASE_URL, or server.db in PROMPTPULSE_HOME.",
	);
}

function makeRoom(config: Config, place: DatabasePlace): void {
	if (place.kind === "cloud") return;
	if (dirname(place.path) === config.home) makeHome(homeAt(config.home));
	else mkdirSync(dirname(place.path), { recursive: true, mode: 0o700 });
}

/** Opens a database as it is. A file is this process's alone meanwhile, as it would be a server's. */
async function withPlace<Result>(
	config: Config,
	place: DatabasePlace,
	use: (db: Database) => Promise<Result>,
): Promise<Result> {
	const release = place.kind === "file" ? lock(place.path) : undefined;
	try {
		const db = await open(config, place);
		try {
			return await use(db);
		} finally {
			await db.close();
		}
	} finally {
		release?.();
	}
}

async function open(config: Config, place: DatabasePlace): Promise<Database> {
	if (place.kind === "file") return openSqlite(place.path);
	return openCloud(place.url, { ...readPool(config), note: () => undefined });
}

function lock(path: string): () => void {
	try {
		return lockServerLedger(path);
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== "locked") throw error;
		throw new AppError("locked", error.message, "Stop it first, then run this again.", { cause: error });
	}
}

function tell(terminal: Terminal, source: string, target: string, { outcome, tables }: Transferred): void {
	if (outcome === "different") {
		const different = tables.filter(({ isSame }) => !isSame);
		terminal.out(
			`${source} and ${target} are not the same in ${counted(different.length, "table")}, for the first was changed while it was copied:`,
		);
		tellTables(terminal, different, true);
		terminal.err(
			"Stop all servers that use one of both, then run the same command again: it copies anew what is not the same.",
		);
		return;
	}
	if (outcome === "copied")
		terminal.out(`${source} was copied to ${target}, and both are the same, row by row:`);
	else terminal.out(`${target} has all of ${source} already, and both are the same, row by row:`);
	tellTables(
		terminal,
		tables.filter((row) => row.source > 0),
		false,
	);
	if (outcome === "same already") return;
	terminal.err(
		`Start servers with ${target} in DATABASE_URL from now on. Machines notice, and send again what the copy may lack.`,
	);
}

function tellTables(terminal: Terminal, rows: readonly Comparison[], isWithTarget: boolean): void {
	const columns: Column<Comparison>[] = [
		{ title: "Table", cell: (row) => row.table },
		{ title: "Rows", cell: (row) => whole(row.source), right: true },
		{ title: "Copied", cell: (row) => whole(row.target), right: true },
	];
	const total = { table: "Total", source: 0, target: 0, isSame: true };
	for (const { source, target } of rows) {
		total.source += source;
		total.target += target;
	}
	terminal.out(table(terminal, isWithTarget ? columns : columns.slice(0, 2), rows, total));
}
