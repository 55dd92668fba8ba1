import { join } from "node:path";
import { packEvents } from "../src/collector/pack.ts";
import { saveAccount } from "../src/ledger/accounts.ts";
import { saveNewKey } from "../src/ledger/api-keys.ts";
import { openCloudLedger } from "../src/ledger/cloud-ledger.ts";
import type { Database } from "../src/ledger/database.ts";
import { openLedger } from "../src/ledger/open.ts";
import { findLedgerUuid } from "../src/ledger/settings.ts";
import { saveNewSession } from "../src/ledger/web-sessions.ts";
import { builtInPrices, createPriceBook } from "../src/usage/price.ts";
import { Limiter } from "../src/web/gates/limits.ts";
import { parseProxies } from "../src/web/gates/proxies.ts";
import { sessionCookie } from "../src/web/gates/session-cookie.ts";
import { HealthCheck } from "../src/web/health.ts";
import { Metrics } from "../src/web/metrics.ts";
import { createServer, type Server } from "../src/web/server.ts";
import { type BenchSetting, tellStep } from "./bench.ts";
import { FarDatabase } from "./cloud/far-database.ts";
import { median } from "./measure.ts";
import type { Section } from "./results.ts";
import { makeBatch, makeTeam, TEAM_NOW } from "./server/made-team.ts";
import { formatMs, table } from "./table.ts";
import { type Verdict, verdictTable } from "./verdict.ts";

/** So many ms are put before each reply: the same machine, the same region, the next one. */
const DELAYS = [0, 5, 20];
const MOST_TRIPS = 6;
const SITE = "https://usage.example.com";
const TOGETHER = 20;

/** A request, how often it is made at once, and how its body is. */
type Task = { what: string; once: (asker: Asker, turn: number) => Promise<void>; mostTrips?: number };

const TASKS: readonly Task[] = [
	{
		what: "upload of 1,000 responses",
		once: (asker, turn) => asker.upload(turn, 1_000),
		mostTrips: MOST_TRIPS,
	},
	{
		what: "upload of 2,500 responses",
		once: (asker, turn) => asker.upload(turn, 2_500),
		mostTrips: MOST_TRIPS,
	},
	{ what: "overview, 30 days", once: (asker) => asker.visit("/"), mostTrips: MOST_TRIPS },
	{ what: "overview, 12 months", once: (asker) => asker.visit("/?range=12m"), mostTrips: MOST_TRIPS },
	{
		what: `${TOGETHER} overviews at once`,
		once: async (asker) => void (await Promise.all(Array.from({ length: TOGETHER }, () => asker.visit("/")))),
	},
];

/** What serving from SQLite Cloud costs beside a file: round trips, and time by how far away it is. */
export async function benchCloud({ options, folder }: BenchSetting): Promise<Section> {
	tellStep("Making a team of 20 people …");
	const path = join(folder, "team.db");
	const prices = createPriceBook(...builtInPrices());
	const db = await openLedger(path, TEAM_NOW);
	await makeTeam(db, prices, { people: 20, events: 200_000 }, () => undefined);
	const near = await Asker.start(db);
	const times = new Map(TASKS.map(({ what }) => [what, [] as number[]]));
	const trips = new Map<string, number>();
	tellStep("Asking the file …");
	for (const task of TASKS) times.get(task.what)?.push(await timeOf(task, near, options.runs));
	await near.close();
	for (const [i, delayMs] of DELAYS.entries()) {
		tellStep(`Asking with ${delayMs} ms before each reply …`);
		const far = await FarDatabase.start(path);
		const pool = { maxConnections: 10, idleMs: 30_000, retry: { attempts: 3, delayMs: 1_000 } };
		const asker = await Asker.start(
			await openCloudLedger(far.url, { ...pool, note: () => undefined }, TEAM_NOW),
		);
		// What each question's columns are called is learned when it is asked for the first time.
		for (const task of TASKS) await timeOf(task, asker, 2);
		await far.delay(delayMs);
		for (const task of TASKS) {
			times.get(task.what)?.push(await timeOf(task, asker, options.runs));
			if (i > 0) continue;
			await far.takeTrips();
			await task.once(asker, asker.nextTurn());
			trips.set(task.what, await far.takeTrips());
		}
		await asker.close();
		await far.stop();
	}
	const head = [
		`median of ${options.runs}`,
		"round trips",
		"file",
		...DELAYS.map((ms) => `cloud, +${ms} ms`),
	];
	const rows = TASKS.map(({ what }) => [
		what,
		String(trips.get(what)),
		...(times.get(what) ?? []).map((ms) => formatMs(ms)),
	]);
	const verdicts = TASKS.flatMap(({ what, mostTrips }): Verdict[] => {
		const made = trips.get(what) ?? Number.NaN;
		if (mostTrips === undefined) return [];
		const target = `at most ${mostTrips}`;
		return [
			{
				what: `${what}: round trips`,
				own: String(made),
				peer: "",
				ratio: "",
				target,
				isMet: made <= mostTrips,
			},
		];
	});
	return {
		name: "SQLite Cloud",
		text: [
			"200,000 responses of 20 people, in a file and behind the tests' SQLite Cloud server (TLS, its own process, the same disk).",
			"Who asks has 10,000 of their own, and more with each upload.",
			verdictTable(verdicts),
			table(head, rows),
		].join("\n\n"),
	};
}

async function timeOf({ once }: Task, asker: Asker, runs: number): Promise<number> {
	const took: number[] = [];
	for (let i = 0; i < runs; i++) {
		const turn = asker.nextTurn();
		const started = performance.now();
		await once(asker, turn);
		took.push(performance.now() - started);
	}
	return median(took);
}

/** Somebody with usage, and a server in this process that is asked without a socket. */
class Asker {
	#turn = 0;

	private constructor(
		readonly db: Database,
		readonly server: Server,
		readonly user: number,
		readonly key: string,
		readonly cookie: string,
	) {}

	static async start(db: Database): Promise<Asker> {
		const limiter = () => new Limiter({ most: 1e9, perMinute: 1e9 });
		const server = createServer({
			db,
			ledger: await findLedgerUuid(db),
			prices: createPriceBook(...builtInPrices()),
			pricesOf: "",
			registration: "invite",
			limits: {
				addresses: limiter(),
				failures: limiter(),
				people: limiter(),
				changes: limiter(),
				signUps: { most: 1, windowMs: 1 },
			},
			metrics: new Metrics(TEAM_NOW),
			health: new HealthCheck(db, undefined),
			proxies: { publicUrl: SITE, trusted: parseProxies(undefined) },
			now: () => TEAM_NOW,
			report: (error) => {
				throw error;
			},
		});
		const { user, key, secret } = await db.transaction(async (tx) => {
			const name = `asker-${crypto.randomUUID().slice(0, 8)}`;
			const account = await saveAccount(tx, { username: name, role: "member" }, TEAM_NOW);
			if (typeof account === "string") throw new Error(`the ${account} is taken`);
			const wanted = { kind: "full", name: "bench", expiresAt: null } as const;
			const { text } = await saveNewKey(tx, account.user, wanted, TEAM_NOW);
			const session = await saveNewSession(tx, { user: account.user, key: null, agent: null }, TEAM_NOW);
			return { user: account.user, key: text, secret: session.secret };
		});
		const asker = new Asker(db, server, user, key, sessionCookie(secret, true).split(";")[0] ?? "");
		for (let i = 0; i < 4; i++) await asker.upload(asker.nextTurn(), 2_500);
		return asker;
	}

	nextTurn(): number {
		return this.#turn++;
	}

	/** All of them new. */
	async upload(turn: number, count: number): Promise<void> {
		const { machine, events } = makeBatch(this.user, this.user * 1_000 + turn, count);
		await this.#ask("/api/usage/events", {
			method: "POST",
			headers: { "x-api-key": this.key, "content-type": "application/json", "content-encoding": "gzip" },
			body: packEvents(machine, events) ?? null,
		});
	}

	visit(path: string): Promise<void> {
		return this.#ask(path, { headers: { cookie: this.cookie } });
	}

	async #ask(path: string, init: RequestInit): Promise<void> {
		const response = await this.server.handle(new Request(`${SITE}${path}`, init));
		const text = await response.text();
		if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}: ${text}`);
	}

	async close(): Promise<void> {
		this.server.close();
		await this.db.close();
	}
}
