import type { Machine } from "../account/machine.ts";
import type { Database } from "../ledger/database.ts";
import { priceUnpriced } from "../ledger/prices.ts";
import { findUser, type LedgerUser, LOCAL_USER, saveLocalUser } from "../ledger/users.ts";
import type { PriceBook } from "../usage/price.ts";
import { isNothing, planScan } from "./plan.ts";
import { type ScanResult, scan } from "./scan.ts";

/** What a collection needs to know. */
export type CollectOptions = {
	machine: Machine;
	/** IANA zone in which the machine's days are kept. */
	zone: string;
	prices: PriceBook;
	roots: readonly string[];
	full?: boolean | undefined;
	/** Epoch ms. */
	now: number;
	progress?: ((bytes: number, totalBytes: number) => Promise<void>) | undefined;
};

/** What a collection did. */
export type Collected = {
	user: LedgerUser;
	scan: ScanResult;
	/** Responses that had no price until now. */
	newlyPriced: number;
};

/** Brings a machine's ledger to date with its transcripts. Where nothing is new, it is asked for neither zone nor prices. */
export async function collect(db: Database, options: CollectOptions): Promise<Collected> {
	const { prices, now, progress } = options;
	const plan = await planScan(db, options.roots, options.full ?? false);
	const known = await findUser(db, LOCAL_USER);
	const user = known && isNothing(plan) ? known : await localUser(db, known, options.zone);
	const newlyPriced = await priceUnpriced(db, user, prices);
	const context = { user, machine: options.machine, prices, now };
	return { user, newlyPriced, scan: await scan(plan, { db, context, progress }) };
}

/** The one user of a machine's ledger; the days follow the machine's zone. */
async function localUser(db: Database, known: LedgerUser | undefined, zone: string): Promise<LedgerUser> {
	return known?.zone === zone ? known : db.transaction((tx) => saveLocalUser(tx, zone));
}
