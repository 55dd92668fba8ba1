import { existsSync, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../errors.ts";
import { copyInto } from "../../ledger/copy.ts";
import { restoreLedger } from "../../ledger/restore.ts";
import { saveBackupTime } from "../../ledger/settings.ts";
import { openSqlite } from "../../ledger/sqlite.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { megabytes } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";
import { type DatabaseFlag, existingFile, fileOf, placeOf } from "./server-database.ts";

export type BackupFlags = DatabaseFlag & { force?: boolean };

/** `promptpulse backup FILE`: a copy of the server's ledger as it is at this moment, while the server runs. */
export async function backup(
	{ config, terminal, now }: Context,
	file: string,
	flags: BackupFlags,
): Promise<number> {
	const source = existingFile(config, flags.database, `Copy it with promptpulse migrate --to ${file}.`);
	const path = resolve(file);
	refuseToOverwrite(path, flags.force, "Name another file, or replace it with --force.");
	if (existsSync(path) && realpathSync(path) === realpathSync(source)) {
		throw new AppError("usage", `${path} is the ledger itself.`, "Name another file for the copy.");
	}
	const db = openSqlite(source);
	try {
		await copyInto(db, path);
		// Admins see when it was. The copy is good too where that could not be noted: the ledger may be busy.
		await saveBackupTime(db, now()).catch(() => undefined);
	} finally {
		await db.close();
	}
	terminal.out(`${plain(source)} was copied to ${plain(path)} (${megabytes(statSync(path).size)}).`);
	return DONE;
}

/** `promptpulse restore FILE`: puts a copy in the place of the server's ledger, which no server may have meanwhile. */
export async function restore(
	{ config, terminal, now }: Context,
	file: string,
	flags: BackupFlags,
): Promise<number> {
	const place = placeOf(config, flags.database);
	const path = fileOf(place, `Copy the file into an empty database with promptpulse migrate --from ${file}.`);
	const copy = resolve(file);
	if (!existsSync(copy)) throw new AppError("usage", `There is no ${copy}.`, "Name a file that backup made.");
	refuseToOverwrite(path, flags.force, "Stop the server, then put the copy in its place with --force.");
	await restoreLedger(copy, path, now());
	terminal.out(`${plain(path)} is what ${plain(copy)} was.`);
	terminal.err("Machines notice, and send again what the copy may lack.");
	return DONE;
}

function refuseToOverwrite(path: string, force: boolean | undefined, next: string): void {
	if (force || !existsSync(path)) return;
	throw new AppError("usage", `${path} is there already.`, next);
}
