import { beforeEach, describe, expect, test } from "bun:test";
import { Clock } from "../../src/jobs/clock.ts";
import { APPLY_RETENTION, FINISH_ERASURES } from "../../src/jobs/forget.ts";
import { SERVER_JOBS } from "../../src/jobs/server-jobs.ts";
import { saveAccount } from "../../src/ledger/accounts.ts";
import type { Database } from "../../src/ledger/database.ts";
import { eraseAccount, listErasures } from "../../src/ledger/erase.ts";
import { saveRetentionChoice, saveRetentionRules } from "../../src/ledger/retention.ts";
import { findUser } from "../../src/ledger/users.ts";
import { horizonAt } from "../../src/usage/retention.ts";
import { DAY, eventOf, HOUR, ingestAll, machineNamed, NOW } from "../support/ledger.ts";
import { openTestDatabase } from "../support/test-database.ts";
import { addWholePerson, placesOf } from "../support/whole-person.ts";

let db: Database;
const never = () => false;

beforeEach(async () => {
	db = await openTestDatabase(NOW);
});

/** Somebody with one response in each of so many months past. */
async function addPerson(number: number, months: number): Promise<void> {
	const made = await db.transaction((tx) =>
		saveAccount(tx, { username: `person-${number}`, role: "member" }, NOW),
	);
	if (typeof made === "string" || made.user !== number) throw new Error("people come in order");
	const user = await findUser(db, number);
	if (!user) throw new Error("the person was not made");
	const events = Array.from({ length: months }, (_, i) =>
		eventOf({ id: `msg_${i}`, at: NOW - i * 31 * DAY - HOUR }),
	);
	await ingestAll({ db, user }, events, { machine: machineNamed("m", number) });
}

async function kept(): Promise<Record<string, number>> {
	const rows = await db.all<{ user: number; n: number }>(
		`select users.id as user, (select count(*) from events where events.user = users.id) as n
		from users order by users.id`,
	);
	return Object.fromEntries(rows.map(({ user, n }) => [user, n]));
}

const apply = (now = NOW, isOver = never) => APPLY_RETENTION.run(db, now, isOver);
const choose = (user: number, months: number | null) =>
	db.transaction((tx) => saveRetentionChoice(tx, user, months));
const rule = (usual: number | null, most: number | null) =>
	db.transaction((tx) => saveRetentionRules(tx, { usual, most }));

describe("how long usage is kept", () => {
	test("is for good where nobody settled anything", async () => {
		await addPerson(1, 24);
		expect(await apply()).toEqual({ people: 0, events: 0 });
		expect(await kept()).toEqual({ 1: 24 });
		expect((await findUser(db, 1))?.horizon).toBe(0);
	});

	test("is each person's own, or what the server has, and no longer than that allows", async () => {
		for (const user of [1, 2, 3, 4]) await addPerson(user, 24);
		await choose(2, 3);
		await choose(3, 0);
		await choose(4, 20);
		await rule(12, 18);
		expect(await apply()).toEqual({ people: 4, events: 45 });
		expect(await kept()).toEqual({ 1: 12, 2: 3, 3: 18, 4: 18 });
		const slots = await db.all("select user, count(*) as n from usage_slots group by user order by user");
		expect(slots).toEqual([1, 2, 3, 4].map((user) => ({ user, n: 24 })));
	});

	test("goes on with the days, and never gives back what went", async () => {
		await addPerson(1, 6);
		await choose(1, 3);
		await apply();
		const horizon = async () => (await findUser(db, 1))?.horizon ?? 0;
		const first = await horizon();
		await apply(NOW + 2 * DAY);
		expect(await horizon()).toBe(first + 2 * DAY);
		await choose(1, 0);
		await apply(NOW + 40 * DAY);
		expect(await horizon()).toBe(first + 2 * DAY);
		expect(await kept()).toEqual({ 1: 3 });
	});

	test("is not cut short by a clock that jumps ahead by years", async () => {
		await addPerson(1, 24);
		await choose(1, 12);
		await apply();
		const horizon = async () => (await findUser(db, 1))?.horizon ?? 0;
		const [first, events] = [await horizon(), await kept()];
		const told = await apply(NOW + 3 * 365 * DAY);
		expect(told).toMatchObject({ events: 0, clockAheadDays: 3 * 365 - 8 });
		expect((await horizon()) - first).toBe(8 * DAY);
		expect(await kept()).toEqual(events);
		// Put right, it goes on from where it is.
		expect(await apply(NOW + DAY)).toEqual({ people: 0, events: 0 });
		expect(await horizon()).toBe(first + 8 * DAY);
		await apply(NOW + 12 * DAY);
		expect(await horizon()).toBeLessThanOrEqual(first + 12 * DAY);
	});

	test("is not cut short by a clock that was wrong from the first run on", async () => {
		expect(await apply(NOW + 73 * 365 * DAY)).toEqual({ people: 0, events: 0 });
		await addPerson(1, 24);
		await choose(1, 12);
		const told = await apply(NOW + 73 * 365 * DAY);
		expect(told).toMatchObject({ clockAheadDays: 73 * 365 - 8 });
		expect(await kept()).toEqual({ 1: 12 });
		// Put right, it has not gone too far.
		expect(await apply()).toEqual({ people: 0, events: 0 });
		const horizon = (await findUser(db, 1))?.horizon ?? 0;
		expect(horizon).toBeLessThanOrEqual(horizonAt(NOW, 12) + 8 * DAY);
	});

	test("is caught up with in some days after a long rest", async () => {
		await addPerson(1, 6);
		await choose(1, 3);
		await apply(NOW);
		const times: number[] = [];
		for (let day = 60; day < 70; day++) {
			const told = await apply(NOW + day * DAY);
			times.push("clockAheadDays" in told ? Number(told.clockAheadDays) : 0);
		}
		expect(times).toEqual([52, 45, 38, 31, 24, 17, 10, 3, 0, 0]);
	});

	test("is brought about the next day where the server was stopped meanwhile", async () => {
		await addPerson(1, 6);
		await choose(1, 3);
		await apply(NOW, () => true);
		expect(await kept()).toEqual({ 1: 6 });
		await apply(NOW + DAY);
		expect(await kept()).toEqual({ 1: 3 });
	});
});

test("what an erased account left is removed where a server was stopped before it was done", async () => {
	await addPerson(1, 1);
	const gone = await addWholePerson(db, 987_654_321, { responses: 6_000 });
	await db.transaction((tx) => eraseAccount(tx, gone, { by: "self" }, NOW));
	expect(await FINISH_ERASURES.run(db, NOW, () => true)).toEqual({ erasures: 1, finished: 0 });
	expect(await listErasures(db)).toHaveLength(1);
	expect(await FINISH_ERASURES.run(db, NOW, never)).toEqual({ erasures: 1, finished: 1 });
	expect(await placesOf(db, gone)).toEqual([]);
	expect(await FINISH_ERASURES.run(db, NOW, never)).toEqual({ erasures: 0, finished: 0 });
});

test("every server does both by its clock", async () => {
	await addPerson(1, 6);
	await choose(1, 2);
	const gone = await addWholePerson(db, 987_654_321);
	await db.transaction((tx) => eraseAccount(tx, gone, { by: "self" }, NOW));
	const errors: unknown[] = [];
	const log = { info: () => undefined, error: (...told: unknown[]) => errors.push(told) };
	await new Clock(db, SERVER_JOBS, "one", () => NOW, log as never).look();
	expect(errors).toEqual([]);
	expect(await kept()).toEqual({ 1: 2 });
	expect(await placesOf(db, gone)).toEqual([]);
});
