import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { Server } from "../../src/collector/server.ts";
import type { Value } from "../../src/ledger/database.ts";
import { dayText, utcDay } from "../../src/usage/day.ts";
import { MOST_KEYS } from "../../src/usage/digest-answer.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { inUploads, sightingsOfMachines } from "../support/histories.ts";
import { noLimits } from "../support/isolation.ts";
import {
	AT,
	DAY,
	DESKTOP,
	eventOf,
	HOUR,
	ingestAll,
	type LAPTOP,
	MINUTE,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { Random } from "../support/random.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { type Person, SERVER, TestServer } from "../support/server.ts";
import { networkTo, pushAs, verifyAs } from "../support/verifying.ts";

setDefaultTimeout(PATIENCE);

let server: TestServer;
let alice: Person;
let ledger: TestLedger;

beforeEach(async () => {
	server = await TestServer.start({ limits: noLimits() });
	alice = await server.join("alice");
	ledger = await openTestLedger();
});

const AGREED = { differences: [], known: 0, unsent: 0, setAside: 0, expired: 0, totals: 0 };
const part = { model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 };

/** Three days, and responses of every kind on each. */
function responses(): UsageEvent[] {
	return [0, 1, 2].flatMap((day) =>
		Array.from({ length: 8 }, (_, n) =>
			eventOf({
				id: `msg_${day}_${n}`,
				at: AT + day * DAY + n * MINUTE,
				countedAt: AT + day * DAY + n * MINUTE + n,
				session: `session-${n % 3}`,
				model: n % 3 === 0 ? "dear" : "cheap",
				webSearches: n % 4,
				speed: n % 5 === 0 ? "fast" : undefined,
				reportedNanoUsd: n % 6 === 0 ? 1_234_567 : undefined,
				extra: n % 2 === 0 ? [part, { ...part, model: "cheap" }] : undefined,
			}),
		),
	);
}

/** What may happen to a row of a server's copy. */
const CORRUPTIONS: Record<string, (random: Random) => string> = {
	deleted: () => "delete from events where change = ?",
	"moved to another day": (random) =>
		`update events set at = at + ${random.pick([-1, 1])} * ${DAY} where change = ?`,
	"moved a little": (random) => `update events set at = at + ${random.pick([-1, 1])} where change = ?`,
	"told later or earlier": () => "update events set counted_after = counted_after + 5 where change = ?",
	"of another model": () =>
		"update events set model = (select max(id) from models where id <> events.model) where change = ?",
	"in fast mode or not": () => "update events set speed = iif(speed is null, 'fast', null) where change = ?",
	"of another tier": () => "update events set tier = 'batch' where change = ?",
	"reported otherwise": () => "update events set reported = ifnull(reported, 0) + 1 where change = ?",
	"with other parts": () =>
		"update events set extra = iif(extra is null, '[[1,1,1,1,1,1,1]]', null) where change = ?",
	"taken for a replay": () => "update events set replay = 1 where change = ?",
	...Object.fromEntries(
		["input", "output", "cache_write_5m", "cache_write_1h", "cache_read", "web_searches"].map((column) => [
			`with other ${column}`,
			(random: Random) =>
				`update events set ${column} = abs(${column} + ${random.pick([-1, 1, 1_000])}) where change = ?`,
		]),
	),
};

test("any single row that is not as it was sent is found, and its day is named", async () => {
	await ingestAll(ledger, responses());
	await pushAs(alice, server, ledger.db);
	expect(await verifyAs(alice, server, ledger.db)).toEqual({ ...AGREED, days: 3, responses: 24 });
	const rows = await server.db.all<Record<string, Value> & { at: number; change: number }>(
		"select * from events order by change",
	);
	await forSeeds(runs(100, 1_000).numRuns, async (seed) => {
		const random = new Random(seed);
		const row = random.pick(rows);
		const [what, corrupt] = random.pick(Object.entries(CORRUPTIONS));
		expect([what, await server.db.run(corrupt(random), [row.change])]).toEqual([what, 1]);
		const { differences } = await verifyAs(alice, server, ledger.db);
		expect([what, ...differences.map(({ day }) => dayText(day))]).toEqual([what, dayText(utcDay(row.at))]);
		await server.db.run("delete from events where change = ?", [row.change]);
		const columns = Object.keys(row);
		await server.db.run(
			`insert into events (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`,
			Object.values(row),
		);
	});
	expect(await verifyAs(alice, server, ledger.db)).toMatchObject(AGREED);
});

test("sending again mends what is missing or less", async () => {
	await ingestAll(ledger, responses());
	await pushAs(alice, server, ledger.db);
	await server.db.run("delete from events where at >= ?", [AT + DAY]);
	await server.db.run("update events set output = 1");
	const { differences } = await verifyAs(alice, server, ledger.db);
	expect(differences.map(({ missing, less, other }) => [missing, less, other])).toEqual([
		[0, 8, 0],
		[8, 0, 0],
		[8, 0, 0],
	]);
	await pushAs(alice, server, ledger.db, { resend: true });
	expect(await verifyAs(alice, server, ledger.db)).toMatchObject(AGREED);
});

describe("no difference is", () => {
	test("what has not been sent yet, or was refused, or is not kept there so long, or is not to be sent", async () => {
		await ingestAll(ledger, responses());
		expect(await verifyAs(alice, server, ledger.db)).toMatchObject({ ...AGREED, unsent: 24 });
		await pushAs(alice, server, ledger.db);
		await ingestAll(ledger, [eventOf({ id: "new" }), eventOf({ id: "msg_0_0", output: 900 })]);
		expect(await verifyAs(alice, server, ledger.db)).toMatchObject({ ...AGREED, unsent: 2 });

		await pushAs(alice, server, ledger.db);
		const [row] = await ledger.db.all<{ key: string }>(
			"select key from events where input = 10 order by key",
		);
		await ledger.db.run(
			"insert into set_aside (target, key, code, refused_at) values (1, ?, 'bad_event', 0)",
			[row?.key ?? ""],
		);
		await server.db.run("delete from events where key = ?", [row?.key ?? ""]);
		expect(await verifyAs(alice, server, ledger.db)).toMatchObject({ ...AGREED, setAside: 1 });

		const horizon = AT + DAY + 2 * MINUTE;
		await server.db.run("update users set horizon = ? where id = ?", [horizon, alice.account.user]);
		await server.db.run("delete from events where at < ?", [horizon]);
		expect(await verifyAs(alice, server, ledger.db)).toMatchObject({ differences: [], expired: 11 });
		await server.db.run("delete from events where at < ?", [AT + 2 * DAY]);
		const since = AT + 2 * DAY;
		expect(await verifyAs(alice, server, ledger.db, { since })).toMatchObject({
			differences: [],
			responses: 8,
		});
	});

	test("what the server has beside it: this ledger may have been made anew", async () => {
		const [first, ...rest] = responses();
		await ingestAll(ledger, responses());
		await pushAs(alice, server, ledger.db);
		const anew = await openTestLedger();
		await ingestAll(anew, rest);
		await pushAs(alice, server, anew.db);
		expect(first).toBeDefined();
		expect(await verifyAs(alice, server, anew.db)).toEqual({ ...AGREED, days: 3, responses: 23 });
	});

	test("what another machine has seen earlier, or more of, or on the day before", async () => {
		const midnight = AT + 14 * HOUR;
		await ingestAll(ledger, [
			eventOf({ id: "same" }),
			eventOf({ id: "more", input: 1 }),
			eventOf({ id: "earlier", at: midnight + 1, countedAt: midnight + 5 }),
		]);
		await pushAs(alice, server, ledger.db);
		const other = await openTestLedger();
		await ingestAll(
			other,
			[
				eventOf({ id: "same", session: "a-fork" }),
				eventOf({ id: "more", input: 2 }),
				eventOf({ id: "earlier", at: midnight - 1, countedAt: midnight + 5 }),
			],
			{ machine: DESKTOP },
		);
		await pushAs(alice, server, other.db, { machine: DESKTOP });
		expect(await verifyAs(alice, server, ledger.db)).toMatchObject({ ...AGREED, known: 2 });
		expect(await verifyAs(alice, server, other.db)).toMatchObject({ ...AGREED, known: 0 });
		await server.db.run("delete from events");
		expect((await verifyAs(alice, server, ledger.db)).differences).toHaveLength(2);
	});

	test("anything that machines with the same responses do to each other", async () => {
		await fc.assert(
			fc.asyncProperty(sightingsOfMachines, async (sightings) => {
				const server = await TestServer.start({ limits: noLimits() });
				const alice = await server.join("alice");
				const ledgers = new Map<string, TestLedger & { machine: typeof LAPTOP }>();
				for (const { machine, lines } of inUploads(sightings)) {
					const own = ledgers.get(machine.uuid) ?? { ...(await openTestLedger()), machine };
					ledgers.set(machine.uuid, own);
					const events = lines.map(({ event }) => event);
					await ingestAll(own, events, { machine });
					expect(await pushAs(alice, server, own.db, { machine })).toMatchObject({ unsent: 0 });
				}
				for (const { db } of ledgers.values()) {
					expect(await verifyAs(alice, server, db)).toMatchObject({ differences: [], unsent: 0 });
				}
				await server.db.run("delete from events");
				for (const { db } of ledgers.values()) {
					expect((await verifyAs(alice, server, db)).differences).not.toEqual([]);
				}
			}),
			runs(25, 500),
		);
	});
});

test("Bob's copy of the same responses is not Alice's", async () => {
	const bob = await server.join("bob");
	await ingestAll(ledger, responses());
	await pushAs(alice, server, ledger.db);
	const his = await openTestLedger();
	await ingestAll(his, responses(), { machine: DESKTOP });
	await pushAs(bob, server, his.db, { machine: DESKTOP });
	await server.db.run("delete from events where user = ?", [bob.account.user]);
	expect(await verifyAs(alice, server, ledger.db)).toMatchObject(AGREED);
	expect((await verifyAs(bob, server, his.db)).differences).toHaveLength(3);
});

test("a history of more days than come in one answer is compared whole", async () => {
	const days = Array.from({ length: 1_201 }, (_, n) => eventOf({ id: `msg_${n}`, at: AT - n * DAY }));
	await ingestAll(ledger, days);
	await pushAs(alice, server, ledger.db);
	expect(await verifyAs(alice, server, ledger.db)).toEqual({ ...AGREED, days: 1_201, responses: 1_201 });
	await server.db.run("delete from events where at in (?, ?)", [AT, AT - 1_200 * DAY]);
	expect((await verifyAs(alice, server, ledger.db)).differences.map(({ day }) => day)).toEqual([
		utcDay(AT) - 1_200,
		utcDay(AT),
	]);
});

test("a day with more responses than one question can name is compared whole", async () => {
	const many = Array.from({ length: 2 * MOST_KEYS + 1 }, (_, n) => eventOf({ id: `msg_${n}`, at: AT + n }));
	await ingestAll(ledger, many);
	await pushAs(alice, server, ledger.db);
	await server.db.run("update events set output = output - 1");
	expect((await verifyAs(alice, server, ledger.db)).differences).toEqual([
		{ day: utcDay(AT), missing: 0, less: many.length, other: 0 },
	]);
});

describe("a comparison ends", () => {
	test("where the key is not good", async () => {
		const wrong = { ...alice, keys: { ...alice.keys, ingest: "pp_wrong" } };
		await expect(verifyAs(wrong, server, ledger.db)).rejects.toMatchObject({
			code: "no_key",
			message: "usage.example.com does not accept the key (it answered 401).",
		});
	});

	test("where the server stays busy, and not before", async () => {
		await ingestAll(ledger, responses());
		await pushAs(alice, server, ledger.db);
		let failures = 2;
		const network = networkTo(server);
		const busy = new Server(
			{ address: SERVER, key: alice.keys.ingest },
			{
				...network,
				fetch: async (url, request) =>
					failures-- > 0 ? new Response(null, { status: 503 }) : network.fetch(url, request),
			},
		);
		const waits: number[] = [];
		const sleep = async (ms: number) => void waits.push(ms);
		expect(await verifyAs(alice, server, ledger.db, { server: busy, sleep })).toMatchObject(AGREED);
		expect(waits).toEqual([500, 1_000]);
		failures = Number.POSITIVE_INFINITY;
		await expect(verifyAs(alice, server, ledger.db, { server: busy })).rejects.toMatchObject({
			code: "server_unreachable",
			message: "The server usage.example.com answered 503: it was not compared.",
		});
	});
});
