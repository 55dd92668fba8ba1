import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Machine } from "../../src/account/machine.ts";
import type { Network } from "../../src/collector/ask-server.ts";
import { saveZone } from "../../src/ledger/users.ts";
import { listDays } from "../../src/reports/days.ts";
import { listReportedBlocks, listReportedDays, listReportedSessions } from "../../src/reports/reported.ts";
import { dayText } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import { noLimits } from "../support/isolation.ts";
import {
	AT,
	DAY,
	DESKTOP,
	eventOf,
	ingestAll,
	LAPTOP,
	MINUTE,
	machineNamed,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { ALL_USAGE, KINDS, pushTotalsAs, responses, TotalsStage } from "../support/pushing-totals.ts";
import { Random } from "../support/random.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { type Person, TestServer } from "../support/server.ts";
import { networkTo, pushAs } from "../support/verifying.ts";

setDefaultTimeout(PATIENCE);

/** Tokens by day; days without any are left out. */
type ByDay = Record<string, number>;

/** What an account shows altogether of each day: responses, and totals in place of them. */
async function shownTo({ account }: Person, server: TestServer): Promise<ByDay> {
	const asker = { id: account.user, zone: "UTC" };
	const shown: ByDay = {};
	for (const day of await listDays(server.db, asker, ALL_USAGE))
		add(shown, day.day, Number(totalTokens(day)));
	for (const { day, total } of await listReportedDays(server.db, asker, ALL_USAGE))
		add(shown, dayText(day), Number(total));
	return shown;
}

function add(to: ByDay, day: string, tokens: number): void {
	if (tokens > 0) to[day] = (to[day] ?? 0) + tokens;
}

function tokensOf({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }: UsageEvent): number {
	return input + output + cacheWrite5m + cacheWrite1h + cacheRead;
}

const dayOfMoment = (at: number) => new Date(at).toISOString().slice(0, 10);

/** A machine of somebody, and what of it reached the server, counted by what went over the network. */
class Sender {
	readonly used: UsageEvent[] = [];
	readonly #events = new Map<string, UsageEvent>();
	readonly #totals: ByDay = {};
	/** After so many more requests every answer gets lost on its way back. */
	losesAfter = Number.POSITIVE_INFINITY;

	constructor(
		readonly server: TestServer,
		readonly person: Person,
		public ledger: TestLedger,
		public machine: Machine,
	) {}

	/** Loses the ledger; the transcripts are all there still. */
	async loseLedger(): Promise<void> {
		this.ledger = await openTestLedger({ zone: this.ledger.user.zone });
		await ingestAll(this.ledger, this.used, { machine: this.machine });
	}

	async use(events: readonly UsageEvent[]): Promise<void> {
		this.used.push(...events);
		await ingestAll(this.ledger, events, { machine: this.machine });
	}

	async send(granularity: "all" | "daily" | "session" | "blocks", resend = false): Promise<void> {
		const { machine, network, person, server } = this;
		const { db } = this.ledger;
		const options = { machine, network, resend };
		if (granularity === "all") await pushAs(person, server, db, options);
		else await pushTotalsAs(person, server, db, { ...options, kind: granularity });
		this.losesAfter = Number.POSITIVE_INFINITY;
	}

	/** What the server has to show of this machine by what reached it. */
	get told(): ByDay {
		const told: ByDay = {};
		for (const event of this.#events.values()) add(told, dayOfMoment(event.at), tokensOf(event));
		return { ...this.#totals, ...told };
	}

	/** What it has to show when everything has reached it. */
	get all(): ByDay {
		const all: ByDay = {};
		for (const event of this.used) add(all, dayOfMoment(event.at), tokensOf(event));
		return all;
	}

	private get network(): Network {
		const network = networkTo(this.server);
		return {
			...network,
			fetch: async (url, request) => {
				const answer = await network.fetch(url, request);
				const { pathname } = new URL(url);
				if (answer.ok && pathname === "/api/usage/events")
					this.#noteEvents(request.body as Uint8Array<ArrayBuffer>);
				if (answer.ok && pathname === "/api/usage/daily/batch") this.#noteTotals(String(request.body));
				if (this.losesAfter-- <= 0) throw new TypeError("the connection was lost");
				return answer;
			},
		};
	}

	#noteEvents(body: Uint8Array<ArrayBuffer>): void {
		const { events } = JSON.parse(Buffer.from(Bun.gunzipSync(body)).toString()) as {
			events: { key: string }[];
		};
		const keys = new Set(events.map(({ key }) => key));
		for (const event of this.used) if (keys.has(event.key)) this.#events.set(event.key, event);
	}

	#noteTotals(body: string): void {
		const { records } = JSON.parse(body) as { records: { date: string; total_tokens: number }[] };
		for (const { date, total_tokens } of records)
			this.#totals[date] = Math.max(this.#totals[date] ?? 0, total_tokens);
	}
}

/** Somebody with so many machines and an account at a server. */
async function senders(count: number): Promise<{ server: TestServer; alice: Person; all: Sender[] }> {
	const server = await TestServer.start({ limits: noLimits() });
	const alice = await server.join("alice");
	const all: Sender[] = [];
	for (let n = 1; n <= count; n++) {
		const ledger = await openTestLedger();
		all.push(new Sender(server, alice, ledger, machineNamed(`machine-${n}`, n)));
	}
	return { server, alice, all };
}

let last = 0;

/** Responses of the first ten days of a month at any moments of them. */
function usageOf(random: Random, most: number): UsageEvent[] {
	return Array.from({ length: random.integer(1, most) }, () => {
		const at = AT + random.integer(0, 9) * DAY + random.integer(-600, 839) * MINUTE;
		const session = `session-${random.integer(1, 9)}`;
		return eventOf({ id: `mixed_${++last}`, at, session, input: random.integer(1, 1_000) });
	});
}

function sum(parts: readonly ByDay[]): ByDay {
	const all: ByDay = {};
	for (const part of parts) for (const [day, tokens] of Object.entries(part)) add(all, day, tokens);
	return all;
}

const inOrder = (days: ByDay) => Object.entries(days).sort();
const altogether = (days: ByDay) => Object.values(days).reduce((all, tokens) => all + tokens, 0);

/** Uses, renames, loses and sends at random. */
async function stepOf(sender: Sender, random: Random, mayLose = true): Promise<string> {
	const chance = random.next();
	if (chance < 0.4) await sender.use(usageOf(random, 6));
	else if (chance < 0.55) {
		const label = `machine-${sender.machine.uuid.slice(-1)}${random.pick(["", ".local", "-new", " (2)"])}`;
		sender.machine = { ...sender.machine, label };
	} else if (chance < 0.65) sender.losesAfter = random.integer(0, 2);
	else if (chance < 0.7 && mayLose) await sender.loseLedger();
	const granularity = random.pick(["all", "daily", "daily", "session", "blocks"] as const);
	const resend = random.next() < 0.1;
	const step = `${sender.machine.label} ${granularity} ${resend} ${sender.losesAfter}`;
	await sender.send(granularity, resend);
	return step;
}

describe("whatever is sent, responses or totals, under whatever name", () => {
	test("each day counts once at the server, and in the end all of it does", async () => {
		await forSeeds(runs(25).numRuns, async (seed) => {
			const random = new Random(seed);
			const { server, alice, all } = await senders(random.integer(1, 2));
			const steps: string[] = [];
			for (let step = random.integer(3, 14); step > 0; step--) {
				steps.push(await stepOf(random.pick(all), random));
				try {
					expect(inOrder(await shownTo(alice, server))).toEqual(inOrder(sum(all.map(({ told }) => told))));
				} catch (error) {
					throw new Error(`after ${steps.join(", ")}: ${error instanceof Error ? error.message : error}`);
				}
			}
			for (const sender of all) await sender.send("all");
			expect(inOrder(await shownTo(alice, server))).toEqual(inOrder(sum(all.map(({ all: used }) => used))));
		});
	});

	test("nothing counts twice where days of the machine are not the account's, and change on the way", async () => {
		await forSeeds(runs(12).numRuns, async (seed) => {
			const random = new Random(seed);
			const { server, alice, all } = await senders(random.integer(1, 2));
			for (let step = random.integer(3, 10); step > 0; step--) {
				const sender = random.pick(all);
				const { ledger } = sender;
				const zone = random.pick(["Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"]);
				if (random.next() < 0.3)
					ledger.user = await ledger.db.transaction((tx) => saveZone(tx, ledger.user, zone));
				// In which zone totals were first sent stands in the ledger alone.
				await stepOf(sender, random, false);
				const used = altogether(sum(all.map((one) => one.all)));
				expect(altogether(await shownTo(alice, server))).toBeLessThanOrEqual(used);
			}
			for (const sender of all) await sender.send("all");
			expect(inOrder(await shownTo(alice, server))).toEqual(inOrder(sum(all.map((one) => one.all))));
		});
	});
});

describe("totals, and responses of a machine that is called otherwise by then,", () => {
	let stage: TotalsStage;
	const renamed = { ...LAPTOP, label: "laptop-2.local" };

	beforeEach(async () => {
		stage = await TotalsStage.set();
	});

	const counted = () => shownTo(stage.alice, stage.server);
	const asker = () => ({ id: stage.alice.account.user, zone: "UTC" });
	const sendAll = (machine: Machine) => pushAs(stage.alice, stage.server, stage.ledger.db, { machine });

	test("count once, days, sessions and blocks alike", async () => {
		await ingestAll(stage.ledger, responses(12));
		for (const kind of KINDS) await stage.send({ kind });
		const before = await counted();
		await sendAll(renamed);
		expect(await counted()).toEqual(before);
		const { db } = stage.server;
		for (const list of [listReportedDays, listReportedSessions, listReportedBlocks])
			expect(await list(db, asker(), ALL_USAGE)).toEqual([]);
	});

	test("count once the other way round, too", async () => {
		await ingestAll(stage.ledger, responses(12));
		await sendAll(LAPTOP);
		const before = await counted();
		for (const kind of KINDS) await stage.send({ kind, machine: renamed });
		expect(await counted()).toEqual(before);
		expect(await listReportedBlocks(stage.server.db, asker(), ALL_USAGE)).toEqual([]);
	});

	test("count once where the answer to the first totals was lost", async () => {
		await ingestAll(stage.ledger, responses(12));
		const network = stage.watched(async ({ path }, answer) => {
			const reply = await answer();
			return path.endsWith("/batch") ? new Response(null, { status: 502 }) : reply;
		});
		expect(await stage.send({ network })).toMatchObject({ sent: 0, stop: { code: "unreachable" } });
		const before = await counted();
		expect(Object.keys(before)).toHaveLength(1 + 1);
		await stage.send({ machine: renamed });
		expect((await stage.days()).map(([, label]) => label)).toEqual(["laptop", "laptop"]);
		expect(await counted()).toEqual(before);
		await sendAll(renamed);
		expect(await counted()).toEqual(before);
	});

	test("count once at a server that was restored from a copy", async () => {
		await ingestAll(stage.ledger, responses(12));
		await stage.send();
		const before = await counted();
		const { db } = stage.server;
		await db.run("update settings set value = ? where name = 'ledger'", [crypto.randomUUID()]);
		stage.server = await TestServer.start({ db, limits: noLimits() });
		await ingestAll(stage.ledger, responses(1, 12), { machine: renamed });
		expect(await stage.send({ machine: renamed })).toMatchObject({ sent: 2 });
		expect(altogether(await counted())).toBe(altogether(before) + 100);
		expect((await stage.days()).map(([, label]) => label)).toEqual(["laptop", "laptop"]);
	});

	test("count once where the machine's ledger was lost or taken from an old copy", async () => {
		await ingestAll(stage.ledger, responses(12));
		await stage.send();
		const before = await counted();
		const anew = await openTestLedger();
		await ingestAll(anew, responses(12), { machine: renamed });
		const network = networkTo(stage.server);
		await pushTotalsAs(stage.alice, stage.server, anew.db, { machine: renamed, network });
		expect(await counted()).toEqual(before);
		await pushAs(stage.alice, stage.server, anew.db, { machine: renamed });
		expect(await counted()).toEqual(before);
	});

	test("count once where its whole home was, and it has the name that it had", async () => {
		await ingestAll(stage.ledger, responses(12));
		await stage.send();
		const before = await counted();
		const anew = await openTestLedger();
		const machine = machineNamed("laptop", 9);
		await ingestAll(anew, responses(12), { machine });
		await pushTotalsAs(stage.alice, stage.server, anew.db, { machine });
		expect(await counted()).toEqual(before);
		await pushAs(stage.alice, stage.server, anew.db, { machine });
		expect(await counted()).toEqual(before);
	});

	test("leave another machine's totals alone that has its name from before", async () => {
		const other = await openTestLedger();
		const desktop = machineNamed("desktop", 2);
		await ingestAll(other, responses(6, 100), { machine: desktop });
		await ingestAll(stage.ledger, responses(12));
		await stage.send();
		await pushTotalsAs(stage.alice, stage.server, other.db, { machine: desktop });
		const before = await counted();
		// The names are swapped.
		await pushAs(stage.alice, stage.server, stage.ledger.db, { machine: { ...LAPTOP, label: "desktop" } });
		expect(await counted()).toEqual(before);
		await pushAs(stage.alice, stage.server, other.db, { machine: { ...desktop, label: "laptop" } });
		expect(await counted()).toEqual(before);
		expect(await stage.days()).toEqual([]);
	});

	test("count once, and say the same, when people rename or merge machines at the server", async () => {
		await ingestAll(stage.ledger, responses(12));
		await ingestAll(stage.ledger, responses(6, 12), { machine: DESKTOP });
		await stage.send();
		const before = await counted();
		await sendAll(renamed);
		const merge = { mergedInto: LAPTOP.uuid, alias: "work" };
		expect((await stage.alice.send("PATCH", `/api/machines/${DESKTOP.uuid}`, merge)).status).toBe(200);
		expect(await counted()).toEqual(before);
		await ingestAll(stage.ledger, responses(1, 18), { machine: DESKTOP });
		await stage.send({ machine: renamed });
		await sendAll(renamed);
		expect(altogether(await counted())).toBe(altogether(before) + 100);
	});
});
