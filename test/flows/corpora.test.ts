import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { rebuildRollups } from "../../src/ledger/rebuild.ts";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { listDays } from "../../src/reports/days.ts";
import type { Exact } from "../../src/usage/usage.ts";
import { expectAgreement } from "../support/both-readers.ts";
import { dumpLedger } from "../support/ledger.ts";
import { countNaively } from "../support/naive-count.ts";
import { copyInPieces } from "../support/pieces.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { collectFrom, emptyLedger, inFolder } from "../support/scan.ts";

// A generator that knows its totals may lie beside the repository; where it does not there is nothing to test.
const generator = join(import.meta.dir, "../../../shared/tools/gen-corpus.ts");
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

if (existsSync(generator)) {
	test.each(SEEDS)(
		"made corpus %i: cold, in pieces and in any order comes to the same and to its totals",
		async (seed) => {
			await inFolder(async (folder) => {
				const claude = join(folder, "claude");
				const made = generate(claude, seed);
				const cold = await emptyLedger();
				const { scan } = await collectFrom(cold, claude);

				const naive = countNaively(join(claude, "projects"));
				expect(await countByReports(cold, naive.lines)).toEqual(naive);
				expect(naive.total).toMatchObject({
					responses: made.total.messages,
					input: made.total.input,
					output: made.total.output,
					cacheWrite5m: made.total.cache_5m,
					cacheWrite1h: made.total.cache_1h,
					cacheRead: made.total.cache_read,
				});
				expect(scan.skipped).toEqual({});
				expect(expectAgreement(join(claude, "projects")).lines).toBe(scan.lines);
				expect(await costsByDay(cold)).toEqual(costsOf(made.by_day));

				const pieced = await emptyLedger();
				await copyInPieces(claude, join(folder, "pieces"), new Random(seed), async () => {
					await collectFrom(pieced, join(folder, "pieces"));
					await costsByDay(pieced);
				});
				const kept = await dumpLedger(pieced);
				expect(kept).toEqual(await dumpLedger(cold));

				const user = await findUser(pieced, LOCAL_USER);
				await pieced.transaction(async (tx) => user && rebuildRollups(tx, user));
				expect(await dumpLedger(pieced)).toEqual(kept);
			});
		},
	);
}

type Made = Record<
	"messages" | "input" | "output" | "cache_5m" | "cache_1h" | "cache_read" | "cost_usd",
	number
>;

function generate(out: string, seed: number): { total: Made; by_day: Record<string, Made> } {
	const options = `--size-mb 2 --sessions 10 --projects 3 --days 8 --dup-rate 0.4 --torn-rate 0.2 --seed ${seed}`;
	const { stdout, success } = Bun.spawnSync([
		process.execPath,
		generator,
		"--out",
		out,
		...options.split(" "),
	]);
	if (!success) throw new Error("the generator failed");
	return JSON.parse(stdout.toString());
}

async function costsByDay(db: Awaited<ReturnType<typeof emptyLedger>>): Promise<Record<string, Exact>> {
	const user = await findUser(db, LOCAL_USER);
	const days = user ? await listDays(db, user, { zone: "UTC", mode: "calculate" }) : [];
	return Object.fromEntries(days.map((row) => [row.day, row.costNanoUsd]));
}

/** The generator adds up dollars as floating point numbers, which are right to far less than a nano-dollar. */
function costsOf(days: Record<string, Made>): Record<string, Exact> {
	return Object.fromEntries(
		Object.entries(days).map(([day, { cost_usd }]) => [day, Math.round(cost_usd * 1e9)]),
	);
}
