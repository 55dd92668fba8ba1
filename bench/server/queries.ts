import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { findUser } from "../../src/ledger/users.ts";
import { builtInPrices, createPriceBook } from "../../src/usage/price.ts";
import type { ViewQuery } from "../../src/usage/view-query.ts";
import { blocksPage } from "../../src/web/pages/blocks.ts";
import { machinesPage } from "../../src/web/pages/machines.ts";
import { modelsPage } from "../../src/web/pages/models.ts";
import { overviewPage } from "../../src/web/pages/overview.ts";
import { patternsPage } from "../../src/web/pages/patterns.ts";
import { projectsPage } from "../../src/web/pages/projects.ts";
import { sessionPage } from "../../src/web/pages/session.ts";
import { sessionsPage } from "../../src/web/pages/sessions.ts";
import { readingOf, type UsagePage } from "../../src/web/pages/usage-page.ts";
import { median } from "../measure.ts";
import { personWith, type Team } from "../server.ts";
import { formatMs, formatRatio } from "../table.ts";
import type { Verdict } from "../verdict.ts";
import { TEAM_NOW } from "./made-team.ts";

const ROUNDS = 25;
const MOST_MS = 5;
const MOST_GROWTH = 1.5;
const PERIODS = ["30d", "12m"] as const;

type Timed = { head: string[]; rows: string[][] };

type Found = Timed & { verdicts: Verdict[] };

/** Asks all that one page asks, and gives how long it took in ms. */
type Asked = (db: Database, user: number, period: string) => Promise<number>;

const overview = askedBy(overviewPage);

const PAGES: readonly { name: string; ask: Asked }[] = [
	{ name: "Overview", ask: overview },
	{ name: "Sessions", ask: askedBy(sessionsPage) },
	{ name: "Session, the one with most responses", ask: askedBy(sessionPage) },
	{ name: "Blocks", ask: askedBy(blocksPage) },
	{ name: "Patterns", ask: askedBy(patternsPage) },
	{ name: "Projects", ask: askedBy(projectsPage) },
	{ name: "Models", ask: askedBy(modelsPage) },
	{ name: "Machines", ask: askedBy(machinesPage) },
];

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
				times[i]?.[j]?.push(await overview(db, personWith(team, events).user, period));
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

/** What each page asks of the ledger of the busiest person. */
export async function benchPageQueries(large: Team): Promise<Timed> {
	const db = await openLedger(large.path, TEAM_NOW);
	const { user } = personWith(large, Number.MAX_SAFE_INTEGER);
	const times = PAGES.map(() => PERIODS.map(() => [] as number[]));
	for (let round = 0; round < ROUNDS; round++) {
		for (const [i, { ask }] of PAGES.entries()) {
			for (const [j, period] of PERIODS.entries()) times[i]?.[j]?.push(await ask(db, user, period));
		}
	}
	await db.close();
	const medians = times.map((own) => own.map(median));
	return {
		head: [`a page's questions, the busiest person, median of ${ROUNDS}`, ...PERIODS],
		rows: PAGES.map(({ name }, i) => [name, ...(medians[i] ?? []).map(formatMs)]),
	};
}

function askedBy<Query extends ViewQuery, Data>(page: UsagePage<Query, Data>): Asked {
	return async (db, user, period) => {
		const asker = await findUser(db, user);
		if (!asker) throw new Error("the person is gone");
		const source = {
			db,
			asker,
			zone: asker.zone,
			weekStart: 0,
			prices: createPriceBook(...builtInPrices()),
			pricesOf: "",
			asOf: TEAM_NOW,
			isSample: false,
			looked: [],
			version: "",
		};
		const params = page.path.includes(":session") ? { session: await largestSession(db, user) } : {};
		const url = new URL(`http://localhost/?range=${period}`);
		const started = performance.now();
		const reading = await readingOf(page, { url, now: TEAM_NOW, params }, source, page.listed);
		await Promise.all([reading.known(), page.read(reading)]);
		return performance.now() - started;
	};
}

async function largestSession(db: Database, user: number): Promise<string> {
	const [row] = await db.all<{ name: string }>(
		`select sessions.name
		from session_parts join sessions on sessions.id = session_parts.session
		where session_parts.user = ?
		group by sessions.id
		order by sum(responses) desc, sessions.id
		limit 1`,
		[user],
	);
	return row?.name ?? "";
}
