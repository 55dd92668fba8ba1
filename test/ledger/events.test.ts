import { beforeEach, describe, expect, test } from "bun:test";
import type { UsageEvent } from "../../src/usage/event.ts";
import {
	AT,
	addUser,
	DAY,
	dumpLedger,
	type EventOptions,
	eventOf,
	HOUR,
	ingestAll,
	NOW,
	openTestLedger,
	pricesOf,
	type Row,
	type TestLedger,
} from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { OWN_CHANGES } from "../support/test-database.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

async function events(): Promise<Row[]> {
	return (await dumpLedger(ledger.db)).events;
}

/** Change number by message, as far as there are some. */
async function changeNumbers(): Promise<Record<string, number>> {
	const rows = await ledger.db.all<{ change: number; output: number }>(
		"select change, output from events order by change",
	);
	return Object.fromEntries(rows.map((row) => [row.output, row.change]));
}

/** Responses told apart by their output, which is their number. */
function numbered(...numbers: number[]): UsageEvent[] {
	return numbers.map((number) => eventOf({ id: `msg_${number}`, output: number }));
}

describe("what became of an upload", () => {
	test("is told event by event, and adds up", async () => {
		await ingestAll(ledger, numbered(1, 2, 3));
		ledger.user.horizon = AT - DAY;
		const result = await ingestAll(ledger, [
			...numbered(1, 4, 4),
			eventOf({ id: "msg_2", output: 20 }),
			eventOf({ id: "msg_3", output: 3, at: AT - HOUR }),
			eventOf({ id: "msg_3", output: 3, at: AT - HOUR }),
			eventOf({ id: "old", at: AT - DAY - 1 }),
			eventOf({ id: "msg_1", session: "not an id" }),
			eventOf({ id: "msg_1", output: -1 }),
		]);
		expect(result).toEqual({
			stored: 1,
			raised: 2,
			duplicates: 3,
			expired: 1,
			rejected: [
				{ index: 7, code: "bad_id" },
				{ index: 8, code: "bad_counter" },
			],
		});
	});

	test("is that it is refused where its cost could not be summed any more, and all else is kept", async () => {
		const prices = pricesOf({ cheap: 1, dear: 1_000, dearest: 10_000 });
		const most = { input: 1e9, output: 1e9, cacheRead: 1e9, cacheWrite5m: 1e9, cacheWrite1h: 1e9 };
		const madeUp = Array.from({ length: 2_000 }, (_, n) =>
			eventOf({ id: `made_up_${n}`, model: n === 1_999 ? "dearest" : "dear", ...most }),
		);
		const { stored, rejected } = await ingestAll(ledger, [...madeUp, eventOf({ id: "sound" })], { prices });
		expect({ stored, rejected: rejected.length }).toEqual({ stored: 21, rejected: 1_980 });
		expect(new Set(rejected.map(({ code }) => code))).toEqual(new Set(["implausible"]));
		expect(await ingestAll(ledger, madeUp.slice(50), { prices })).toMatchObject({ stored: 0, duplicates: 0 });
		expect(await ingestAll(ledger, numbered(1, 2), { prices })).toMatchObject({ stored: 2, rejected: [] });
		const dump = await dumpLedger(ledger.db);
		expect(rollupsOf(dump)).toEqual(countRollups(dump.events, "UTC"));
	});

	test("is nothing for none, and the machine is known all the same", async () => {
		expect(await ingestAll(ledger, [])).toEqual({
			stored: 0,
			raised: 0,
			duplicates: 0,
			expired: 0,
			rejected: [],
		});
		expect((await dumpLedger(ledger.db)).machines).toMatchObject([{ label: "laptop" }]);
	});
});

describe("an event is refused, and only it, for", () => {
	test.each<[string, EventOptions]>([
		["bad_key", { key: "short" }],
		["bad_key", { message: 2 ** 48 }],
		["bad_id", { session: "a/b" }],
		["bad_id", { session: "s".repeat(129) }],
		["bad_id", { session: "a\0b" }],
		["bad_id", { agent: "a b" }],
		["bad_time", { at: -1 }],
		["bad_time", { at: AT + 0.5 }],
		["bad_time", { countedAt: Number.NaN }],
		["bad_counter", { input: 1e9 + 1 }],
		["bad_counter", { cacheRead: 0.5 }],
		[
			"bad_counter",
			{ extra: [{ model: "dear", input: -1, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 }] },
		],
	])("%s: %j", async (code, bad) => {
		const result = await ingestAll(ledger, [
			eventOf(),
			eventOf({ id: "bad", ...bad }),
			eventOf({ id: "good" }),
		]);
		expect(result).toMatchObject({ stored: 2, rejected: [{ index: 1, code }] });
		expect(await events()).toHaveLength(2);
	});
});

describe("an event from before the horizon", () => {
	test("is told to be expired, and nothing is kept of it", async () => {
		ledger.user.horizon = AT;
		const result = await ingestAll(ledger, [eventOf({ at: AT - 1, countedAt: AT })]);
		expect(result).toMatchObject({ stored: 0, expired: 1 });
		expect(await dumpLedger(ledger.db)).toMatchObject({ events: [], machine_days: [], usage_slots: [] });
	});

	test("does not take a kept one with it", async () => {
		ledger.user.horizon = AT;
		await ingestAll(ledger, [eventOf()]);
		expect(await ingestAll(ledger, [eventOf({ at: AT - 1, output: 99 })])).toMatchObject({
			raised: 0,
			expired: 1,
		});
		expect(await events()).toMatchObject([{ at: AT, output: 20 }]);
	});
});

describe("change numbers", () => {
	test("rise with every event that is new or changed, and are no one's twice", async () => {
		await ingestAll(ledger, numbered(1, 2));
		expect(await changeNumbers()).toEqual({ 1: 1, 2: 2 });
		await ingestAll(ledger, [...numbered(3), eventOf({ id: "msg_1", output: 10 })]);
		expect(await changeNumbers()).toEqual({ 2: 2, 3: 3, 10: 4 });
	});

	test("stay with events that did not change", async () => {
		await ingestAll(ledger, numbered(1, 2));
		await ingestAll(ledger, [...numbered(2, 1), eventOf({ id: "msg_2", output: 0 })]);
		expect(await changeNumbers()).toEqual({ 1: 1, 2: 2 });
	});

	test("are not given again after deletions", async () => {
		await ingestAll(ledger, numbered(1, 2, 3));
		await ledger.db.run("delete from events where output >= 2");
		await ingestAll(ledger, numbered(4));
		expect(await changeNumbers()).toEqual({ 1: 1, 4: 4 });
		await ledger.db.run("delete from events");
		await ingestAll(ledger, numbered(5));
		expect(await changeNumbers()).toEqual({ 5: 5 });
	});

	test("are those of one ledger, whoever its users are", async () => {
		await ingestAll(ledger, numbered(1));
		await ingestAll({ ...ledger, user: await addUser(ledger.db, { id: 2 }) }, numbered(1, 2));
		const rows = await ledger.db.all<object>("select user, change from events order by change");
		expect(rows).toEqual([
			{ user: 1, change: 1 },
			{ user: 2, change: 2 },
			{ user: 2, change: 3 },
		]);
	});
});

describe("an unchanged upload", () => {
	test("writes nothing but when the machine was last seen", async () => {
		const upload = [...numbered(1, 2, 3), eventOf({ id: "msg_2", output: 1, at: AT + 1 })];
		await ingestAll(ledger, upload);
		const before = await dumpLedger(ledger.db);
		const changes = () =>
			ledger.db.get<{ n: number }>("select total_changes() as n").then((row) => row?.n ?? 0);
		const changesBefore = await changes();
		expect(await ingestAll(ledger, upload.toReversed(), { now: NOW + 1 })).toMatchObject({ duplicates: 4 });
		expect(await changes()).toBe(changesBefore + OWN_CHANGES + 1);
		expect(await dumpLedger(ledger.db)).toEqual(before);
		expect(await ledger.db.all<object>("select first_seen, last_seen from machines")).toEqual([
			{ first_seen: NOW, last_seen: NOW + 1 },
		]);
	});
});

describe("the days of a machine", () => {
	test("are the UTC days of all events that it sent, duplicates too", async () => {
		const day = AT / DAY - ((AT / DAY) % 1);
		await ingestAll(ledger, [
			eventOf(),
			eventOf({ at: AT + DAY }),
			eventOf({ id: "bad", at: AT + 9 * DAY, output: -1 }),
		]);
		await ingestAll(ledger, [eventOf({ at: AT + 2 * DAY })]);
		expect((await dumpLedger(ledger.db)).machine_days).toEqual([
			{ user: 1, machine: "laptop", day },
			{ user: 1, machine: "laptop", day: day + 1 },
			{ user: 1, machine: "laptop", day: day + 2 },
		]);
	});
});

test("users of one ledger have their own, though it is the same", async () => {
	const second = { ...ledger, user: await addUser(ledger.db, { id: 2, zone: "Asia/Tokyo" }) };
	await ingestAll(second, numbered(1, 2));
	const { events: before } = await dumpLedger(ledger.db);
	await ingestAll(ledger, [eventOf({ id: "msg_1", output: 10, session: "s0" })]);
	const rows = await events();
	expect(rows.filter((row) => row.user === 2)).toEqual(before);
	expect(rows.filter((row) => row.user === 1)).toMatchObject([{ output: 10, session: "s0" }]);
});
