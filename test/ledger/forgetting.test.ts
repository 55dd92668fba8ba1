import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { forgetBefore } from "../../src/ledger/forgetting.ts";
import { rebuildRollups } from "../../src/ledger/rebuild.ts";
import { saveReportedBlocks, saveReportedSessions } from "../../src/ledger/reported.ts";
import { findUser, type LedgerUser } from "../../src/ledger/users.ts";
import { utcDay } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import {
	AT,
	addUser,
	DAY,
	DESKTOP,
	type Dump,
	dumpLedger,
	eventOf,
	HOUR,
	ingestAll,
	LAPTOP,
	MINUTE,
	openTestLedger,
	type Row,
	type TestLedger,
} from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { PATIENCE, runs } from "../support/runs.ts";

const EXTRA = { model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 };
const MIDNIGHT = utcDay(AT) * DAY;
const HORIZON = MIDNIGHT + 5 * DAY;

/** Ten days and more, with sessions and blocks that reach over every midnight. */
const HISTORY: UsageEvent[] = Array.from({ length: 120 }, (_, i) =>
	eventOf({
		id: `msg_${i}`,
		at: AT + i * 2 * HOUR + i * MINUTE,
		session: `s${i >> 3}`,
		project: `/home/ada/${i % 3}`,
		branch: `b${i >> 5}`,
		agent: i % 5 ? undefined : `a${i}`,
		model: i % 3 ? (i % 2 ? "dear" : "unheard-of") : "cheap",
		extra: i % 4 ? undefined : [EXTRA],
	}),
);

/** What stays of everything there ever was, and what is made from events. */
const LASTING = ["usage_slots", "usage_days", "usage_months", "model_days", "person_days", "person_months"];
const OF_EVENTS = ["branch_days", "session_parts", "blocks"];

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger({ zone: "America/St_Johns" });
});

async function forget(horizon = HORIZON): Promise<LedgerUser> {
	const { db, user } = ledger;
	const { isDone } = await forgetBefore(db, user, horizon);
	expect(isDone).toBe(true);
	const found = await findUser(db, user.id);
	if (!found) throw new Error("the user was lost");
	return found;
}

function pick(dump: Record<string, unknown>, tables: readonly string[]): Record<string, unknown> {
	return Object.fromEntries(tables.map((table) => [table, dump[table]]));
}

async function names(table: string): Promise<string[]> {
	const rows = await ledger.db.all<{ name: string }>(`select name from ${table} order by name`);
	return rows.map(({ name }) => name);
}

/** That sums which last are those of before, and the others those of the events that are left. */
function expectForgotten(before: Dump, after: Dump, zone: string, horizon: number): void {
	expect(pick(after, LASTING)).toEqual(pick(before, LASTING));
	expect(after.events).toEqual(before.events.filter(({ at }) => Number(at) >= horizon));
	const counted = countRollups(after.events, zone) as Record<string, unknown>;
	expect(pick(rollupsOf(after) as Record<string, unknown>, OF_EVENTS)).toEqual(pick(counted, OF_EVENTS));
}

describe("what is older than a person's horizon", () => {
	test("goes response by response, and its sums by slot, day and month stay", async () => {
		await ingestAll(ledger, HISTORY);
		const before = await dumpLedger(ledger.db);
		const user = await forget();
		const after = await dumpLedger(ledger.db);
		expect(after.events.length).toBeGreaterThan(30);
		expect(after.events.length).toBeLessThan(90);
		expectForgotten(before, after, user.zone, HORIZON);
		expect(after.machine_days).toEqual(before.machine_days);
	});

	test("goes in parts where there is much of it, and can be broken off anywhere", async () => {
		const many = Array.from({ length: 12_500 }, (_, i) =>
			eventOf({ id: `m${i}`, at: AT + i * 37_000, session: `s${i >> 9}`, model: i % 2 ? "cheap" : "none" }),
		);
		await ingestAll(ledger, many);
		const before = await dumpLedger(ledger.db);
		let steps = 0;
		const first = await forgetBefore(ledger.db, ledger.user, HORIZON, () => ++steps > 1);
		expect(first).toEqual({ events: 5_000, isDone: false });
		const broken = await dumpLedger(ledger.db);
		expect(pick(broken, LASTING)).toEqual(pick(before, LASTING));
		const { zone } = ledger.user;
		expect(rollupsOf(broken).branch_days).toEqual(countRollups(broken.events, zone).branch_days);
		await forget();
		expectForgotten(before, await dumpLedger(ledger.db), zone, HORIZON);
	});

	test("goes with its repetitions in side chains, and with the names that nothing bears any more", async () => {
		const copies = HISTORY.slice(0, 2).map(({ at, session, branch }, i) =>
			eventOf({ id: `msg_${i}`, request: "again", at, session, branch, sidechain: true }),
		);
		await ingestAll(ledger, [...HISTORY, ...copies]);
		expect((await ledger.db.all("select 1 from events where replay = 1")).length).toBe(2);
		await forget();
		expect(await ledger.db.all("select 1 from events where replay = 1")).toEqual([]);
		const left = (await dumpLedger(ledger.db)).events;
		const born = (column: string) => [...new Set(left.map((row) => String(row[column])))].sort();
		expect(await names("sessions")).toEqual(born("session"));
		expect(await names("branches")).toEqual(born("branch"));
		expect(await names("projects")).toContain("/home/ada/0");
	});

	test("is refused when it comes again, and nothing is counted twice", async () => {
		await ingestAll(ledger, HISTORY);
		const user = await forget();
		const before = await dumpLedger(ledger.db);
		const again = await ingestAll({ ...ledger, user }, HISTORY);
		const old = HISTORY.filter(({ at }) => at < HORIZON).length;
		expect(again).toMatchObject({ stored: 0, raised: 0, expired: old, duplicates: HISTORY.length - old });
		expect(await dumpLedger(ledger.db)).toEqual(before);
	});

	test("is nobody else's", async () => {
		const other = { ...ledger, user: await addUser(ledger.db, { id: 2, zone: "Asia/Tokyo" }) };
		await ingestAll(ledger, HISTORY);
		await ingestAll(other, HISTORY, { machine: DESKTOP });
		const of2 = (dump: Dump) =>
			Object.fromEntries(
				Object.entries(dump).map(([table, rows]) => [table, rows.filter((row: Row) => row.user === 2)]),
			);
		const before = of2(await dumpLedger(ledger.db));
		await forget();
		expect(of2(await dumpLedger(ledger.db))).toEqual(before);
	});

	test("never comes back: a horizon only goes forward", async () => {
		await ingestAll(ledger, HISTORY);
		await forget();
		expect((await forget(HORIZON - 2 * DAY)).horizon).toBe(HORIZON);
		expect((await forget(HORIZON + DAY)).horizon).toBe(HORIZON + DAY);
	});

	test("is told to pages that are open, once something goes", async () => {
		await ingestAll(ledger, HISTORY);
		const revision = async () =>
			(await ledger.db.get<{ revision: number }>("select revision from users"))?.revision ?? 0;
		const first = await revision();
		await forget(MIDNIGHT - DAY);
		expect(await revision()).toBe(first);
		await forget();
		expect(await revision()).toBeGreaterThan(first);
	});

	test("goes too where a client reported it as sessions and blocks, and is not taken again", async () => {
		const counted = {
			input: 1,
			output: 2,
			cacheWrite: 0,
			cacheRead: 0,
			total: 3,
			costNanoUsd: 4,
			models: [],
		};
		const session = (name: string, at: number) => ({
			...counted,
			...{ label: "old", session: name, project: null, startedAt: at - HOUR, endedAt: at },
			...{ durationMinutes: null, breakdowns: [] },
		});
		const block = (name: string, at: number) => ({
			...counted,
			...{ label: "old", block: name, startedAt: at - HOUR, endedAt: at, actualEnd: null, entries: 1 },
		});
		const save = () =>
			ledger.db.transaction(async (tx) => {
				const from = { source: "test", now: AT };
				const sessions = [session("past", HORIZON - 1), session("kept", HORIZON)];
				const blocks = [block("past", HORIZON - 1), block("kept", HORIZON)];
				return [
					await saveReportedSessions(tx, ledger.user.id, sessions, from),
					await saveReportedBlocks(tx, ledger.user.id, blocks, from),
				];
			});
		expect(await save()).toEqual([2, 2]);
		await forget();
		const left = () =>
			ledger.db.all(
				"select session as kept from reported_sessions union all select block from reported_blocks",
			);
		expect(await left()).toEqual([{ kept: "kept" }, { kept: "kept" }]);
		expect(await save()).toEqual([1, 1]);
		expect(await left()).toHaveLength(2);
	});
});

describe("sums that are made anew", () => {
	test("begin at the horizon, and leave alone what is before it", async () => {
		await ingestAll(ledger, HISTORY);
		const user = await forget();
		const kept = await dumpLedger(ledger.db);
		await ledger.db.transaction((tx) => rebuildRollups(tx, user));
		expect(await dumpLedger(ledger.db)).toEqual(kept);
		for (const table of ["usage_days", "usage_months", "model_days", "person_days", "person_months"]) {
			await ledger.db.run(`delete from ${table}`);
		}
		await ledger.db.run("delete from usage_slots where slot >= ?", [HORIZON / (15 * MINUTE)]);
		await ledger.db.transaction((tx) => rebuildRollups(tx, user));
		expect(await dumpLedger(ledger.db)).toEqual(kept);
	});

	test("are the same where what is older has not gone yet", async () => {
		await ingestAll(ledger, HISTORY);
		const before = await dumpLedger(ledger.db);
		const user = { ...ledger.user, horizon: HORIZON };
		await ledger.db.transaction((tx) => rebuildRollups(tx, user));
		expect(await dumpLedger(ledger.db)).toEqual(before);
	});
});

test(
	"whatever there is and wherever the horizon lies, what is left is what only the rest tells",
	async () => {
		const event = fc.record({
			at: fc.integer({ min: MIDNIGHT, max: MIDNIGHT + 3 * DAY }),
			session: fc.constantFrom("s1", "s2", "s3"),
			branch: fc.constantFrom("main", "dev"),
			model: fc.constantFrom("cheap", "dear", "none"),
			sidechain: fc.boolean(),
			extra: fc.constantFrom(undefined, [EXTRA]),
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(event, { minLength: 1, maxLength: 40 }),
				fc.constantFrom("UTC", "Asia/Kathmandu", "America/Los_Angeles"),
				fc.nat(4),
				async (drawn, zone, days) => {
					const own = await openTestLedger({ zone });
					const events = drawn.map((part, i) => eventOf({ id: `msg_${i}`, ...part }));
					await ingestAll(own, events, { machine: LAPTOP });
					const before = await dumpLedger(own.db);
					const horizon = MIDNIGHT + days * DAY;
					await forgetBefore(own.db, own.user, horizon);
					const after = await dumpLedger(own.db);
					expectForgotten(before, after, zone, horizon);
					await own.db.transaction((tx) => rebuildRollups(tx, { ...own.user, horizon }));
					expect(await dumpLedger(own.db)).toEqual(after);
					await own.db.close();
				},
			),
			runs(40),
		);
	},
	PATIENCE,
);
