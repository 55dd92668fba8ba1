import { homeAt } from "../../collector/home.ts";
import { readPrices } from "../../collector/own-prices.ts";
import { alone } from "../../collector/turn.ts";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ledger/database.ts";
import { openLedger } from "../../ledger/open.ts";
import { type Repriced, repriceAll } from "../../ledger/prices.ts";
import { rebuildRollups } from "../../ledger/rebuild.ts";
import { listUsers, raiseRevision } from "../../ledger/users.ts";
import { addExact, dollars } from "../../usage/usage.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { ownHome } from "../own-home.ts";
import { counted, usd } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";
import { dryRunMigrate } from "./migrate-dry-run.ts";
import { type DatabaseFlag, placeOf, withServerDatabase } from "./server-database.ts";
import { type TransferFlags, transfer } from "./transfer.ts";

export type MigrateFlags = TransferFlags & DatabaseFlag & RemakeFlags & { dryRun?: boolean };

type RemakeFlags = { rebuild?: boolean; reprice?: boolean };

/**
 * `promptpulse migrate`: brings the ledger's schema to date, and on request its sums and its costs; or copies a server's
 * ledger to another place.
 */
export async function migrate(
	context: Context,
	{ from, to, dryRun, ...flags }: MigrateFlags,
): Promise<number> {
	if (dryRun) {
		if (from === undefined && to === undefined && !flags.rebuild && !flags.reprice)
			return dryRunMigrate(context, flags);
		throw new AppError(
			"usage",
			"--dry-run tells only what the schema lacks: --from, --to, --rebuild and --reprice do not go with it.",
			"Leave either of them out.",
		);
	}
	if (from === undefined && to === undefined) {
		return flags.database === undefined ? bringOwnToDate(context, flags) : bringServersToDate(context, flags);
	}
	if (flags.rebuild || flags.reprice || flags.database !== undefined) {
		throw new AppError(
			"usage",
			"A ledger is copied as it is: --from and --to do not go with --database, --rebuild and --reprice.",
			"Leave either of them out.",
		);
	}
	return transfer(context, { from, to });
}

/** The machine's own ledger. */
async function bringOwnToDate(context: Context, flags: RemakeFlags): Promise<number> {
	const home = ownHome(context);
	return alone(home, async () => {
		const db = await openLedger(home.ledger, context.now());
		try {
			context.terminal.out(`${plain(home.ledger)} has the newest schema.`);
			await remake(context, db, flags);
			return DONE;
		} finally {
			await db.close();
		}
	});
}

/** A server's, which may run meanwhile. */
async function bringServersToDate(context: Context, flags: DatabaseFlag & RemakeFlags): Promise<number> {
	const { config, terminal } = context;
	const place = placeOf(config, flags.database);
	if (place.kind === "cloud") {
		terminal.err(
			`No copy of ${place.name} is made before: its backups are yours. Make one with promptpulse migrate --to FILE.`,
		);
	}
	await withServerDatabase(context, flags, async (db) => {
		terminal.out(`${place.name} has the newest schema.`);
		await remake(context, db, flags);
	});
	return DONE;
}

/** Makes everyone's costs and sums anew, person by person. */
async function remake({ config, terminal }: Context, db: Database, flags: RemakeFlags): Promise<void> {
	const users = flags.reprice || flags.rebuild ? await listUsers(db) : [];
	if (flags.reprice && users.length > 0) {
		const prices = readPrices(homeAt(config.home));
		const all: Repriced = { events: 0, changed: 0, costBefore: 0, costAfter: 0 };
		for (const user of users) {
			const one = await db.transaction(async (tx) => {
				await raiseRevision(tx, user.id);
				return repriceAll(tx, user, prices);
			});
			all.events += one.events;
			all.changed += one.changed;
			all.costBefore = addExact(all.costBefore, one.costBefore);
			all.costAfter = addExact(all.costAfter, one.costAfter);
		}
		terminal.out(
			`${counted(all.changed, "response")} of ${all.events} cost something else now: ${usd(dollars(all.costBefore))} became ${usd(dollars(all.costAfter))}.`,
		);
	}
	if (flags.rebuild && users.length > 0) {
		for (const user of users) await db.transaction((tx) => rebuildRollups(tx, user));
		terminal.out("All sums were made anew from the events.");
	}
}
