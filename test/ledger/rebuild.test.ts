import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { rebuildRollups } from "../../src/ledger/rebuild.ts";
import { LOCAL_USER, saveLocalUser, saveZone } from "../../src/ledger/users.ts";
import { dayText } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import {
	AT,
	addUser,
	DAY,
	type Dump,
	dumpLedger,
	eventOf,
	HOUR,
	ingestAll,
	MINUTE,
	openTestLedger,
	type TestLedger,
	USAGE_TABLES,
} from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { PATIENCE, runs } from "../support/runs.ts";

const EXTRA = { model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 };

/** A week and a half of usage with all that rollups tell apart. */
const HISTORY: UsageEvent[] = Array.from({ length: 40 }, (_, i) =>
	eventOf({
		id: `msg_${i}`,
		at: AT + i * 7 * HOUR + i * MINUTE,
		session: `s${i % 5}`,
		project: `/home/ada/${i % 3}`,
		branch: i % 2 ? "main" : "dev",
		model: i % 3 ? (i % 2 ? "dear" : "unheard-of") : "cheap",
		extra: i % 4 ? undefined : [EXTRA],
	}),
);

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

async function rebuild({ db, user }: TestLedger): Promise<Dump> {
	await db.transaction((tx) => rebuildRollups(tx, user));
	return dumpLedger(db);
}

async function changeZone({ db, user }: TestLedger, zone: string): Promise<TestLedger> {
	return { db, user: await db.transaction((tx) => saveZone(tx, user, zone)) };
}

describe("rollups made anew from the events", () => {
	test("are those that ingest kept", async () => {
		await ingestAll(ledger, HISTORY);
		const before = await dumpLedger(ledger.db);
		expect(before.blocks.length).toBeGreaterThan(30);
		expect(await rebuild(ledger)).toEqual(before);
	});

	test.each(USAGE_TABLES.filter((table) => table !== "events"))(
		"mend %s, whatever was done to it",
		async (table) => {
			await ingestAll(ledger, HISTORY);
			const before = await dumpLedger(ledger.db);
			await ledger.db.run(`update ${table} set output = output + 1, cost = 0`);
			expect(await rebuild(ledger)).toEqual(before);
			await ledger.db.run(`delete from ${table}`);
			expect(await rebuild(ledger)).toEqual(before);
		},
	);

	test("hold nothing that no event tells of", async () => {
		await ingestAll(ledger, HISTORY);
		await ledger.db.run("delete from events");
		expect(rollupsOf(await rebuild(ledger))).toEqual(countRollups([], "UTC"));
	});

	test("can be ingested into as before", async () => {
		await ingestAll(ledger, HISTORY.slice(0, 20));
		await rebuild(ledger);
		await ingestAll(ledger, HISTORY.slice(20));
		const dump = await dumpLedger(ledger.db);
		expect(rollupsOf(dump)).toEqual(countRollups(dump.events, "UTC"));
	});

	test("leave those of other users alone", async () => {
		const second = { ...ledger, user: await addUser(ledger.db, { id: 2 }) };
		await ingestAll(ledger, HISTORY);
		await ingestAll(second, HISTORY);
		await ledger.db.run("update usage_days set output = 0");
		await ledger.db.run("delete from blocks");
		const { usage_days, blocks } = await rebuild(ledger);
		expect(usage_days.filter((row) => row.user === 2 && row.output !== 0)).toEqual([]);
		expect(blocks.filter((row) => row.user === 2)).toEqual([]);
		expect(blocks.length).toBeGreaterThan(30);
	});
});

describe("another zone", () => {
	/** Responses by local day. */
	async function days(of: TestLedger): Promise<Record<string, unknown>> {
		const dump = await dumpLedger(of.db);
		expect(rollupsOf(dump)).toEqual(countRollups(dump.events, of.user.zone));
		return Object.fromEntries(dump.usage_days.map((row) => [dayText(Number(row.day)), row.responses]));
	}

	test("moves usage to the days that its moments have there, and back", async () => {
		await ingestAll(ledger, [
			eventOf(),
			eventOf({ id: "msg_2", at: AT + 5 * HOUR }),
			eventOf({ id: "msg_3", at: AT - 10 * HOUR }),
		]);
		expect(await days(ledger)).toEqual({ "2026-03-02": 3 });
		const before = await dumpLedger(ledger.db);
		expect(await days(await changeZone(ledger, "Asia/Tokyo"))).toEqual({ "2026-03-02": 2, "2026-03-03": 1 });
		expect(await days(await changeZone(ledger, "America/Los_Angeles"))).toEqual({
			"2026-03-01": 1,
			"2026-03-02": 2,
		});
		await changeZone(ledger, "UTC");
		expect(await dumpLedger(ledger.db)).toEqual(before);
	});

	test("is that of the events that come afterwards", async () => {
		await ingestAll(ledger, HISTORY.slice(0, 20));
		const moved = await changeZone(ledger, "Asia/Kathmandu");
		await ingestAll(moved, HISTORY.slice(20));
		const inOneGo = await openTestLedger({ zone: "Asia/Kathmandu" });
		await ingestAll(inOneGo, HISTORY);
		expect(await dumpLedger(ledger.db)).toEqual(await dumpLedger(inOneGo.db));
	});

	test("leaves other users' days where they are", async () => {
		const second = { ...ledger, user: await addUser(ledger.db, { id: 2 }) };
		await ingestAll(second, HISTORY);
		const before = await dumpLedger(ledger.db);
		await ingestAll(ledger, HISTORY);
		await changeZone(ledger, "Asia/Tokyo");
		const { usage_days, branch_days } = await dumpLedger(ledger.db);
		expect(usage_days.filter((row) => row.user === 2)).toEqual(before.usage_days);
		expect(branch_days.filter((row) => row.user === 2)).toEqual(before.branch_days);
	});

	test("can be set where there is no usage yet", async () => {
		expect((await changeZone(ledger, "Asia/Tokyo")).user.zone).toBe("Asia/Tokyo");
		expect((await dumpLedger(ledger.db)).users).toEqual([{ zone: "Asia/Tokyo", horizon: 0 }]);
	});

	test("of the machine is that of its own user, who is made on first use", async () => {
		const { db } = ledger;
		await db.run("delete from users");
		const user = await db.transaction((tx) => saveLocalUser(tx, "UTC"));
		expect(user).toEqual({ id: LOCAL_USER, zone: "UTC", horizon: 0 });
		await ingestAll({ db, user }, [eventOf({ at: AT + 5 * HOUR })]);
		const moved = await db.transaction((tx) => saveLocalUser(tx, "Asia/Tokyo"));
		expect(moved).toEqual({ ...user, zone: "Asia/Tokyo" });
		expect(await days({ db, user: moved })).toEqual({ "2026-03-03": 1 });
	});
});

describe("days of any zone, from ingest or made anew, are the same", () => {
	const zone = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));

	/** Ledgers of the same moments: by ingest, by a rebuild and by a change of zone. */
	async function dumpsOf(name: string, moments: readonly number[]): Promise<Dump[]> {
		const events = moments.map((at, i) => eventOf({ id: `msg_${i}`, at, branch: `branch-${i}` }));
		const [one, other] = [await openTestLedger({ zone: name }), await openTestLedger()];
		await ingestAll(one, events);
		await ingestAll(other, events);
		await changeZone(other, name);
		const dumps = [await dumpLedger(one.db), await rebuild(one), await dumpLedger(other.db)];
		await one.db.close();
		await other.db.close();
		return dumps;
	}

	test(
		"in these days, and those that their moments have there",
		async () => {
			const moment = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) });
			await fc.assert(
				fc.asyncProperty(zone, fc.array(moment, { minLength: 1, maxLength: 20 }), async (name, moments) => {
					const [kept, rebuilt, moved] = await dumpsOf(name, moments);
					expect(rebuilt).toEqual(kept as Dump);
					expect(moved).toEqual(kept as Dump);
					expect(kept && rollupsOf(kept)).toEqual(countRollups(kept?.events ?? [], name));
				}),
				runs(40),
			);
		},
		PATIENCE,
	);

	// A clock that has lost its time begins at 1970, when some zones were not yet a quarter of an hour off UTC.
	test(
		"at all times, from the first moment of 1970 to the last of 9999",
		async () => {
			const moment = fc.oneof(fc.nat(DAY), fc.nat(60 * 365 * DAY), fc.nat(Date.UTC(10_000, 0) - 1));
			await fc.assert(
				fc.asyncProperty(zone, fc.array(moment, { minLength: 1, maxLength: 20 }), async (name, moments) => {
					const [kept, rebuilt, moved] = await dumpsOf(name, moments);
					expect(rebuilt).toEqual(kept as Dump);
					expect(moved).toEqual(kept as Dump);
				}),
				runs(40),
			);
		},
		PATIENCE,
	);

	test.each([
		["before 1970, where it was not 1970 yet", "America/New_York", [0, 5 * HOUR - 1, 5 * HOUR]],
		["44 minutes and a half off UTC", "Africa/Monrovia", [44 * MINUTE, 45 * MINUTE, DAY + 44.5 * MINUTE]],
		[
			"put back at a minute past midnight",
			"America/St_Johns",
			[-1, 0, 1, 14, 16].map((minutes) => Date.UTC(2010, 10, 7, 2, 31) + minutes * MINUTE),
		],
	])("%s", async (_when, name, moments) => {
		const [kept, rebuilt, moved] = await dumpsOf(name, moments);
		expect(rebuilt).toEqual(kept as Dump);
		expect(moved).toEqual(kept as Dump);
	});
});
