import { beforeEach, describe, expect, test } from "bun:test";
import {
	changeSetAside,
	findAccount,
	findTarget,
	findWait,
	forgetAcknowledged,
	listSetAside,
	saveTarget,
	saveWait,
	summarizeUnsent,
} from "../../src/ledger/push-targets.ts";
import { DAY, eventOf, ingestAll, MINUTE, NOW, openTestLedger, type TestLedger } from "../support/ledger.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

const TARGET = {
	server: "https://one",
	account: "ada",
	ledger: "ledger-1",
	keyDigest: "digest-1",
	acknowledged: 0,
	since: 0,
};

function save(over: Partial<typeof TARGET> = {}, now = NOW) {
	return ledger.db.transaction((tx) => saveTarget(tx, 1, { ...TARGET, ...over }, now));
}

describe("what has not been sent", () => {
	beforeEach(async () => {
		const ages = [MINUTE, DAY, DAY + 1, 7 * DAY, 7 * DAY + 1, 90 * DAY];
		for (const [n, age] of ages.entries())
			await ingestAll(ledger, [eventOf({ id: `msg_${n}`, at: NOW - age })]);
	});

	test("is everything while no server was reached, counted by age", async () => {
		expect(await summarizeUnsent(ledger.db, 1, NOW)).toEqual({
			server: undefined,
			acknowledged: 0,
			events: 6,
			oldestAt: NOW - 90 * DAY,
			newestAt: NOW - MINUTE,
			byAge: { day: 2, week: 2, older: 2 },
		});
	});

	test("is what lies above the number that the last server acknowledged", async () => {
		await save({ acknowledged: 4 });
		expect(await summarizeUnsent(ledger.db, 1, NOW)).toEqual({
			server: "https://one",
			acknowledged: 4,
			events: 2,
			oldestAt: NOW - 90 * DAY,
			newestAt: NOW - 7 * DAY - 1,
			byAge: { day: 0, week: 0, older: 2 },
		});
		await save({ server: "https://two", acknowledged: 6 }, NOW + 1);
		expect(await summarizeUnsent(ledger.db, 1, NOW)).toEqual({
			server: "https://two",
			acknowledged: 6,
			events: 0,
			oldestAt: undefined,
			newestAt: undefined,
			byAge: { day: 0, week: 0, older: 0 },
		});
	});

	test("is another user's own affair", async () => {
		expect(await summarizeUnsent(ledger.db, 2, NOW)).toMatchObject({ server: undefined, events: 0 });
	});
});

describe("an account of a server", () => {
	test("is found by its key and by its id, each server's apart", async () => {
		const one = await save({ acknowledged: 3 });
		const two = await save({ server: "https://two", acknowledged: 5 });
		expect(await findTarget(ledger.db, 1, "https://one", "digest-1")).toEqual(one);
		expect(await findTarget(ledger.db, 1, "https://two", "digest-1")).toEqual(two);
		expect(await findAccount(ledger.db, 1, "https://two", "ada")).toEqual(two);
		expect(await findTarget(ledger.db, 1, "https://one", "digest-2")).toBeUndefined();
		expect(await findAccount(ledger.db, 1, "https://one", "bob")).toBeUndefined();
		expect(await findTarget(ledger.db, 2, "https://one", "digest-1")).toBeUndefined();
	});

	test("is one, whatever its key and its server's ledger", async () => {
		const { id } = await save({ acknowledged: 3 });
		await save({ ledger: "ledger-2", keyDigest: "digest-2", acknowledged: 0 });
		expect(await findTarget(ledger.db, 1, "https://one", "digest-1")).toBeUndefined();
		expect(await findTarget(ledger.db, 1, "https://one", "digest-2")).toMatchObject({
			id,
			ledger: "ledger-2",
			acknowledged: 0,
		});
	});
});

describe("what was set aside", () => {
	const change = (target: number, refused: [string, string][], accepted: string[] = [], now = NOW) =>
		ledger.db.transaction((tx) =>
			changeSetAside(
				tx,
				target,
				refused.map(([key, code]) => ({ key, code })),
				accepted,
				now,
			),
		);

	test("is listed by reason, the most frequent first, with the time of the first", async () => {
		const { id } = await save();
		await change(id, [["a", "bad_id"]], [], NOW);
		await change(
			id,
			[
				["b", "bad_time"],
				["c", "bad_time"],
				["d", "bad_id"],
				["e", "refused"],
			],
			[],
			NOW + 1,
		);
		expect(await listSetAside(ledger.db)).toEqual([
			{ code: "bad_id", events: 2, oldestAt: NOW },
			{ code: "bad_time", events: 2, oldestAt: NOW + 1 },
			{ code: "refused", events: 1, oldestAt: NOW + 1 },
		]);
	});

	test("has the last reason, and goes once it is accepted, for that account alone", async () => {
		const { id: one } = await save();
		const { id: two } = await save({ server: "https://two" });
		await change(one, [["a", "bad_id"]]);
		await change(one, [["a", "refused"]]);
		await change(two, [["a", "refused"]]);
		expect(await listSetAside(ledger.db)).toEqual([{ code: "refused", events: 2, oldestAt: NOW }]);
		await change(one, [], ["a", "b"]);
		expect(await listSetAside(ledger.db)).toEqual([{ code: "refused", events: 1, oldestAt: NOW }]);
	});

	test("is forgotten with what was acknowledged", async () => {
		const { id } = await save({ acknowledged: 3 });
		await change(id, [["a", "bad_id"]]);
		await ledger.db.transaction((tx) => forgetAcknowledged(tx, id));
		expect(await listSetAside(ledger.db)).toEqual([]);
		expect(await findTarget(ledger.db, 1, "https://one", "digest-1")).toMatchObject({ acknowledged: 0 });
	});
});

test("a wait holds from when it was asked for until its end, for one server", async () => {
	await ledger.db.transaction((tx) => saveWait(tx, "https://one", NOW, NOW + MINUTE));
	const found = [NOW - 1, NOW, NOW + MINUTE - 1, NOW + MINUTE].map((at) =>
		findWait(ledger.db, "https://one", at),
	);
	expect(await Promise.all(found)).toEqual([undefined, NOW + MINUTE, NOW + MINUTE, undefined]);
	expect(await findWait(ledger.db, "https://two", NOW)).toBeUndefined();
	await ledger.db.transaction((tx) => saveWait(tx, "https://one", NOW, NOW + 1));
	expect(await findWait(ledger.db, "https://one", NOW)).toBe(NOW + 1);
});
