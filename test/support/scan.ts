import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collected, type CollectOptions, collect } from "../../src/collector/collect.ts";
import type { Database } from "../../src/ledger/database.ts";
import { findRoots } from "../../src/transcripts/paths.ts";
import { builtInPrices, createPriceBook } from "../../src/usage/price.ts";
import { openTestDatabase } from "./test-database.ts";

/** A moment after all made-up usage. */
export const NOW = Date.UTC(2026, 11, 1);

export const PRICES = createPriceBook(...builtInPrices());

/** A new empty folder, gone after `use`. */
export async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-")));
	try {
		return await use(folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** An empty ledger in memory. */
export function emptyLedger(): Promise<Database> {
	return openTestDatabase(NOW);
}

/** Collects a Claude config directory into a ledger, with UTC days. */
export function collectFrom(
	db: Database,
	claude: string,
	options: Partial<CollectOptions> = {},
): Promise<Collected> {
	return collect(db, {
		machine: { uuid: "00000000-0000-4000-8000-000000000001", label: "laptop" },
		zone: "UTC",
		prices: PRICES,
		roots: findRoots({ claudeConfigDir: claude, home: "/nowhere" }).roots,
		now: NOW,
		...options,
	});
}
