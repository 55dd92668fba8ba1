import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { ingest } from "../../src/ledger/events.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { findUser } from "../../src/ledger/users.ts";
import { builtInPrices, createPriceBook } from "../../src/usage/price.ts";
import type { Team } from "../server.ts";
import { formatCount } from "../table.ts";
import type { Verdict } from "../verdict.ts";
import { makeBatch, TEAM_NOW } from "./made-team.ts";

const BATCH = 1_000;
const BATCHES = 100;
const LEAST_A_SECOND = 25_000;

/** Uploads of many people by turns, each in a transaction that is on disk before the next one begins. */
export async function benchIngest(team: Team, folder: string): Promise<{ verdict: Verdict }> {
	const path = join(folder, "ingest.db");
	copyFileSync(team.path, path);
	const db = await openLedger(path, TEAM_NOW);
	const prices = createPriceBook(...builtInPrices());
	let tookMs = 0;
	for (let i = 0; i < BATCHES; i++) {
		const person = team.people[i % team.people.length];
		const user = person && (await findUser(db, person.user));
		if (!user) throw new Error("the person is gone");
		const { machine, events } = makeBatch(user.id, i, BATCH);
		const started = performance.now();
		await db.transaction((tx) => ingest(tx, { user, machine, prices, now: TEAM_NOW }, events));
		tookMs += performance.now() - started;
	}
	await db.close();
	const aSecond = (BATCH * BATCHES) / (tookMs / 1_000);
	return {
		verdict: {
			what: `uploads of ${formatCount(BATCH)} responses, on disk each (synchronous=full)`,
			own: `${formatCount(Math.round(aSecond))} responses/s`,
			peer: "",
			ratio: "",
			target: `at least ${formatCount(LEAST_A_SECOND)}/s`,
			isMet: aSecond >= LEAST_A_SECOND,
		},
	};
}
