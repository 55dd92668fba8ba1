import { AppError } from "../errors.ts";
import type { Database, Reader } from "./database.ts";
import { migrate, missingSteps } from "./migrate.ts";
import { findLedgerUuid } from "./settings.ts";
import { findTransfer, isEmptyLedger, refuseUnfinished } from "./transfer-state.ts";

/** A database, and where it is, for people. */
export type Side<Db extends Reader> = { db: Db; name: string };

/**
 * Whether a ledger can be copied.
 *
 * @returns its UUID
 * @throws AppError `usage`, `schema_newer`, `schema_edited`
 */
export async function checkSource({ db, name }: Side<Reader>): Promise<string> {
	const [next] = await missingSteps(db);
	if (next?.version === 1) {
		throw new AppError(
			"usage",
			`There is no ledger in ${name}.`,
			"Name the database that a server keeps its ledger in.",
		);
	}
	if (next) {
		throw new AppError(
			"usage",
			`The ledger in ${name} was made by an older promptpulse, and is not changed by being copied.`,
			"Start promptpulse serve with it once, which brings it to date, then stop it and copy.",
		);
	}
	await refuseUnfinished(db, name);
	return findLedgerUuid(db);
}

/**
 * Gives the target the newest schema. What is somebody's already is not changed: its own server does that.
 *
 * @throws AppError `usage`, and as `migrate` does
 */
export async function bringToDate(target: Side<Database>, now: number): Promise<void> {
	const [next] = await missingSteps(target.db);
	if (!next) return;
	const isFree = (await isEmptyLedger(target.db)) || (await findTransfer(target.db)) !== undefined;
	if (!isFree) throw fullTarget(target, "made by an older promptpulse");
	await migrate(target.db, now);
}

/** @param what is in it, after a comma */
export function fullTarget({ name }: Side<Reader>, what: string): AppError {
	return new AppError(
		"usage",
		`There is a ledger in ${name} already, ${what}. Nothing was changed.`,
		"Name a database that is empty.",
	);
}

export function sameLedger(source: Side<Reader>, target: Side<Reader>): AppError {
	return new AppError(
		"usage",
		`${source.name} and ${target.name} are the same ledger, or one is a copy of the other that was made by other means.`,
		"Name a database that is empty for the copy.",
	);
}
