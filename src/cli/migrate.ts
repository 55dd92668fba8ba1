import { homeAt, makeHome, readPrices } from "../collector/home.ts";
import { alone } from "../collector/turn.ts";
import { AppError } from "../errors.ts";
import { openLedger } from "../ledger/open.ts";
import { repriceAll } from "../ledger/prices.ts";
import { rebuildRollups } from "../ledger/rebuild.ts";
import { findUser, LOCAL_USER } from "../ledger/users.ts";
import { dollars } from "../usage/usage.ts";
import type { Context } from "./context.ts";
import { DONE } from "./exit-code.ts";
import { counted, usd } from "./format.ts";
import { type TransferFlags, transfer } from "./transfer.ts";

export type MigrateFlags = TransferFlags & { rebuild?: boolean; reprice?: boolean };

/**
 * `promptpulse migrate`: brings the ledger's schema to date, and on request its sums and its costs; or copies a server's
 * ledger to another place.
 */
export async function migrate(context: Context, { from, to, ...flags }: MigrateFlags): Promise<number> {
	if (from === undefined && to === undefined) return bringToDate(context, flags);
	if (flags.rebuild || flags.reprice) {
		throw new AppError(
			"usage",
			"A ledger is copied as it is: --from and --to do not go with --rebuild and --reprice.",
			"Leave either of them out.",
		);
	}
	return transfer(context, { from, to });
}

async function bringToDate({ config, terminal, now }: Context, flags: MigrateFlags): Promise<number> {
	const home = homeAt(config.home);
	makeHome(home);
	return alone(home, async () => {
		const db = await openLedger(home.ledger, now());
		try {
			terminal.out(`${home.ledger} has the newest schema.`);
			const user = await findUser(db, LOCAL_USER);
			if (user && flags.reprice) {
				const prices = readPrices(home);
				const { events, changed, costBefore, costAfter } = await db.transaction((tx) =>
					repriceAll(tx, user, prices),
				);
				terminal.out(
					`${counted(changed, "response")} of ${events} cost something else now: ${usd(dollars(costBefore))} became ${usd(dollars(costAfter))}.`,
				);
			}
			if (user && flags.rebuild) {
				await db.transaction((tx) => rebuildRollups(tx, user));
				terminal.out("All sums were made anew from the events.");
			}
			return DONE;
		} finally {
			await db.close();
		}
	});
}
