import { beforeAll, describe, expect, test } from "bun:test";
import type { Reader, Value } from "../../src/ledger/database.ts";
import { joinLeaderboard, saveExclusion } from "../../src/ledger/preferences.ts";
import { listBoardPeople } from "../../src/reports/board-people.ts";
import { listStandings } from "../../src/reports/leaderboard.ts";
import { BOARD_PERIODS, boardOf, type Standing } from "../../src/usage/leaderboard.ts";
import { NO_USAGE } from "../../src/usage/usage.ts";
import {
	addUser,
	DAY,
	eventOf,
	HOUR,
	ingestAll,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { scansIn } from "../support/query-plans.ts";

/** Ten minutes past a quarter of an hour, on the first of a month. */
const NOW = Date.UTC(2026, 10, 1, 12, 25);

let ledgers: TestLedger[];

beforeAll(async () => {
	const first = await openTestLedger();
	const { db } = first;
	const others = [2, 3, 4].map(async (id) => ({
		db,
		user: await addUser(db, { id, zone: "Asia/Kathmandu" }),
	}));
	ledgers = [first, ...(await Promise.all(others))];
	for (const ledger of ledgers) {
		const { id } = ledger.user;
		await db.run(
			"insert into accounts (user, id, username, role, zone_set, created_at) values (?, ?, ?, 'member', 0, 0)",
			[id, `id${id}`, `user${id}`],
		);
		await db.transaction((tx) => joinLeaderboard(tx, id, { text: `N${id}`, key: `n${id}` }, NOW));
	}
});

async function standings(period: (typeof BOARD_PERIODS)[number]): Promise<Standing[]> {
	return listStandings(ledgers[0]?.db as Reader, { period, now: NOW });
}

describe("who stands where", () => {
	test("is nobody while nothing was used", async () => {
		for (const period of BOARD_PERIODS) expect(await standings(period)).toEqual([]);
	});

	test("counts what lies at the ends of days and months once, in each period that has it", async () => {
		const [ledger] = ledgers;
		if (!ledger) throw new Error("there is a ledger");
		const midnight = Date.UTC(2026, 10, 1);
		const times = [
			midnight - 1,
			midnight,
			NOW,
			NOW + 5 * 60_000 - 1,
			midnight - 6 * DAY,
			midnight - 6 * DAY - 1,
			midnight - 29 * DAY,
			midnight - 29 * DAY - 1,
			Date.UTC(2026, 0, 1),
			Date.UTC(2026, 0, 1) - 1,
			0,
		];
		const later = [
			NOW + 5 * 60_000,
			midnight + DAY - 1,
			midnight + DAY,
			midnight + 40 * DAY,
			Date.UTC(9_999, 11, 31),
		];
		await ingestAll(
			ledger,
			[...times, ...later].map((at, i) => eventOf({ id: `m${i}`, at })),
			{ now: NOW },
		);
		const counted = await Promise.all(
			BOARD_PERIODS.map(async (period) =>
				(await standings(period)).map((row) => [row.responses, row.activeDays]),
			),
		);
		expect(counted).toEqual([[[3, 1]], [[5, 3]], [[7, 5]], [[11, 9]]]);
	});

	test("leaves out a day of which all is still to come", async () => {
		const ledger = ledgers[1];
		if (!ledger) throw new Error("there is a ledger");
		await ingestAll(ledger, [eventOf({ id: "later", at: NOW + HOUR })], { now: NOW });
		expect((await standings("all")).map(({ user }) => user)).toEqual([1]);
		await ingestAll(ledger, [eventOf({ id: "before", at: NOW - 40 * DAY })], { now: NOW });
		expect((await standings("all")).find(({ user }) => user === 2)).toMatchObject({
			responses: 1,
			activeDays: 1,
		});
	});

	test("is found without a look at all events or all days", async () => {
		const db = ledgers[0]?.db;
		if (!db) throw new Error("there is a ledger");
		const questions = new Map<string, readonly Value[]>();
		const watched: Reader = {
			all: (sql, parameters = []) => {
				questions.set(sql, parameters);
				return db.all(sql, parameters);
			},
			get: (sql, parameters = []) => db.get(sql, parameters),
		};
		for (const period of BOARD_PERIODS) await listStandings(watched, { period, now: NOW });
		expect(questions.size).toBeGreaterThan(0);
		for (const [sql, parameters] of questions) {
			// One row a person, of all of whom it asks.
			const scans = (await scansIn(db, sql, parameters)).filter(
				(step) => !/^SCAN (preferences|takers|used)\b/.test(step),
			);
			expect(scans).toEqual([]);
		}
	});
});

test("admins are told of who takes part and who is left out, and of nobody else", async () => {
	const db = ledgers[0]?.db;
	if (!db) throw new Error("there is a ledger");
	await db.run("insert into users (id, zone) values (9, 'UTC')");
	await db.transaction((tx) => saveExclusion(tx, 3, NOW));
	const people = await listBoardPeople(db);
	expect(people.map(({ username, name, excludedAt }) => [username, name, excludedAt])).toEqual([
		["user1", "N1", null],
		["user2", "N2", null],
		["user3", "N3", NOW],
		["user4", "N4", null],
	]);
});

describe("cache hits", () => {
	const standing = (user: number, part: Partial<Standing>): Standing => ({
		...NO_USAGE,
		responses: 50,
		user,
		name: `n${user}`,
		activeDays: 1,
		...part,
	});

	test("are compared exactly: equal shares are equal, and the smallest difference is one", () => {
		const huge = Number.MAX_SAFE_INTEGER;
		const board = boardOf(
			[
				standing(1, { input: 1, cacheRead: 2 }),
				standing(2, { input: 3_000_000_000, cacheRead: 6_000_000_000 }),
				standing(3, { input: huge, cacheRead: BigInt(huge) * 2n - 1n }),
				standing(4, { input: 0, output: 5 }),
				standing(5, { responses: 49, cacheRead: 9 }),
			],
			"cache",
		);
		expect(board.map(({ item, rank }) => [item.user, rank])).toEqual([
			[1, 1],
			[2, 1],
			[3, 3],
		]);
	});
});
