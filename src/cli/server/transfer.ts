import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { homeAt, makeHome } from "../../collector/home.ts";
import type { Config } from "../../config.ts";
import { AppError } from "../../errors.ts";
import { openCloud } from "../../ledger/cloud/cloud-database.ts";
import type { Database } from "../../ledger/database.ts";
import { lockServerLedger } from "../../ledger/server-ledger.ts";
import { openSqlite } from "../../ledger/sqlite.ts";
import { type TransferProgress, transferLedger } from "../../ledger/transfer.ts";
import { checkSource } from "../../ledger/transfer-sides.ts";
import type { Context } from "../context.ts";
import { DONE, VERIFY_DIFFERS } from "../exit-code.ts";
import { CountProgress } from "../screen/count-progress.ts";
import { type DatabasePlace, placeOf, readPool } from "./server-database.ts";
import { tellTransferred } from "./transfer-words.ts";

/** Where from and where to; what is left out is what the environment names. */
const STAGES = { copying: "Copying", comparing: "Comparing" };

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
	const progress = new CountProgress(terminal, "rows");
	const show: TransferProgress = (stage, rows, all) => progress.show(STAGES[stage], rows, all);
	const transferred = await withPlace(config, source, async (db) => {
		const side = { db, name: source.name };
		// Before the target is made, if it is a file.
		await checkSource(side);
		makeRoom(config, target);
		return withPlace(config, target, async (into) => {
			try {
				return await transferLedger(side, { db: into, name: target.name }, now(), show);
			} finally {
				progress.end();
			}
		});
	});
	tellTransferred(terminal, source.name, target.name, transferred);
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
