import type { Database } from "../ledger/database.ts";
import type { Person } from "../ledger/users.ts";
import type { Asker } from "../reports/source.ts";
import type { PriceBook } from "../usage/price.ts";

/** What a person's pages are made from on a server. */
export type SourceFor = (person: Person) => UsageSource;

/** A ledger that pages are made from, and what is known of it. */
export type UsageSource = {
	db: Database;
	asker: Asker;
	/** IANA zone of the pages' days. */
	zone: string;
	/** The day of the week on which weeks begin; 0 is Monday. */
	weekStart: number;
	prices: PriceBook;
	/** Where the prices come from, for the foot of the page. */
	pricesOf: string;
	/** What open pages are told that its usage is called as long as nothing in it changes. */
	version: string;
	/** When it was last brought to date, epoch ms. */
	asOf: number;
	/** Made-up data. */
	isSample: boolean;
	/** Where transcripts were looked for. */
	looked: readonly string[];
};
