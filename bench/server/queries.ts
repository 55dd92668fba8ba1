import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { findUser } from "../../src/ledger/users.ts";
import { builtInPrices, createPriceBook } from "../../src/usage/price.ts";
import { overviewPage } from "../../src/web/pages/overview.ts";
import { readOverview } from "../../src/web/pages/overview-data.ts";
import { readingOf } from "../../src/web/pages/usage-page.ts";
import { median } from "../measure.ts";
import { personWith, type Team } from "../server.ts";
import { formatMs, formatRatio } from "../table.ts";
import type { Verdict } from "../verdict.ts";
import { TEAM_NOW } from "./made-team.ts";

const ROUNDS = 25;
const LISTED = 5;
const MOST_MS = 5;
const MOST_GROWTH = 1.5;
const PERIODS = ["30d", "12m"] as const;

type Found = { verdicts: Verdict[]; head: string[]; rows: string[][] };

/** What the overview asks of the ledger, without making a page of it. */
export async function benchQueries(small: Team, large: Team): Promise<Found> {
	const typical = small.people[0]?.events ?? 0;
	const asked = [
		{
			who: `someone with ${typical} responses, among ${small.people.length} people`,
			team: small,
			events: typical,
		},
		{ who: `someone with as many, among ${large.people.length}`, team: large, events: typical },
		{ who: "the busiest person", team: large, events: Number.MAX_SAFE_INTEGER },
	];
	const databases = await Promise.all(asked.map(({ team }) => openLedger(team.path, TEAM_NOW)));
	const times = asked.map(() => PERIODS.map(() => [] as number[]));
	for (let round = 0; round < ROUNDS; round++) {
		for (const [i, { team, events }] of asked.entries()) {
			for (const [j, period] of PERIODS.entries()) {
				const db = databases[i] as Database;
				times[i]?.[j]?.push(await timeOf(db, personWith(team, events).user, period));
			}
		}
	}
	for (const db of databases) await db.close();
	const medians = times.map((own) => own.map(median));
	const [alone = [], among = [], busiest = []] = medians;
	return {
		verdicts: [
			...PERIODS.map((period, j) => {
				const [own, peer] = [among[j] ?? Number.NaN, alone[j] ?? Number.NaN];
				return {
					what: `overview's questions, ${period}, at 5 million responses`,
					own: formatMs(own),
					peer: `at 50,000: ${formatMs(peer)}`,
					ratio: formatRatio(own / peer),
					target: `at most ${MOST_GROWTH}x`,
					isMet: own / peer <= MOST_GROWTH,
				};
			}),
			...PERIODS.map((period, j) => ({
				what: `the same, ${period}, the busiest of ${large.people.length}`,
				own: formatMs(busiest[j] ?? Number.NaN),
				peer: "",
				ratio: "",
				target: `at most ${MOST_MS} ms`,
				isMet: (busiest[j] ?? Number.NaN) <= MOST_MS,
			})),
		],
		head: [`overview's questions, median of ${ROUNDS}`, ...PERIODS],
		rows: asked.map(({ who }, i) => [who, ...(medians[i] ?? []).map(formatMs)]),
	};
}

async function timeOf(db: Database, user: number, period: string): Promise<number> {
	const asker = await findUser(db, user);
	if (!asker) throw new Error("the person is gone");
	const prices = createPriceBook(...builtInPrices());
	const source = {
		db,
		asker,
		zone: asker.zone,
		prices,
		pricesOf: "",
		asOf: TEAM_NOW,
		isSample: false,
		looked: [],
		version: "",
	};
	const started = performance.now();
	const url = new URL(`http://localhost/?range=${period}`);
	await readOverview(await readingOf(overviewPage, { url, now: TEAM_NOW, params: {} }, source, LISTED));
	return performance.now() - started;
}
