import type { Machine } from "../account/machine.ts";
import type { Database } from "../ledger/database.ts";
import { priceUnpriced } from "../ledger/prices.ts";
import { findUser, type LedgerUser, LOCAL_USER, saveLocalUser } from "../ledger/users.ts";
import type { PriceBook } from "../usage/price.ts";
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

/** Brings a machine's ledger to date with its transcripts. */
export async function collect(db: Database, options: CollectOptions): Promise<Collected> {
	const { machine, prices, now, roots, full, progress, zone } = options;
	const user = await localUser(db, zone);
	const newlyPriced = await priceUnpriced(db, user, prices);
	const context = { user, machine, prices, now };
	return { user, newlyPriced, scan: await scan({ db, context, roots, full, progress }) };
}

/** The one user of a machine's ledger; the days follow the machine's zone. */
async function localUser(db: Database, zone: string): Promise<LedgerUser> {
	const known = await findUser(db, LOCAL_USER);
	return known?.zone === zone ? known : db.transaction((tx) => saveLocalUser(tx, zone));
}
