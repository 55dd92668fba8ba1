import { afterEach, beforeEach, expect, test } from "bun:test";
import { Clock, type Job } from "../../src/jobs/clock.ts";
import { HOUR, MINUTE, NOW, openTestLedger, type TestLedger } from "../support/ledger.ts";

let ledger: TestLedger;
let now = NOW;
let errors: unknown[] = [];
/** Who did the job, and when. */
let done: { by: string; at: number }[] = [];

beforeEach(async () => {
	ledger = await openTestLedger();
	now = NOW;
	errors = [];
	done = [];
});

afterEach(() => ledger.db.close());

function clockOf(holder: string, run?: Job["run"]): Clock {
	const note: Job["run"] = async (_db, at) => {
		done.push({ by: holder, at });
		return {};
	};
	const job = { name: "count", everyMs: HOUR, run: run ?? note };
	const log = { info: () => undefined, error: (_event: string, fields: unknown) => errors.push(fields) };
	return new Clock(ledger.db, [job], holder, () => now, log);
}

test("a job is done once in each period, however many servers look and however often", async () => {
	const clocks = ["one", "two", "three"].map((holder) => clockOf(holder));
	const begun = Math.floor(NOW / HOUR);
	for (; now < NOW + 5 * HOUR; now += 7 * MINUTE) await Promise.all(clocks.map((clock) => clock.look()));
	expect(done.map(({ at }) => Math.floor(at / HOUR) - begun)).toEqual([0, 1, 2, 3, 4]);
	expect(errors).toEqual([]);
});

test("a server that is started anew does not do it again", async () => {
	await clockOf("one").look();
	await clockOf("one, started anew").look();
	expect(done).toHaveLength(1);
});

test("what a server did not come to an end with, another one does when its time is over", async () => {
	const never = clockOf("dying", () => new Promise(() => undefined));
	void never.look();
	await Bun.sleep(0);
	const other = clockOf("other");
	now += MINUTE;
	await other.look();
	expect(done).toEqual([]);
	now += 10 * MINUTE;
	await other.look();
	expect(done.map(({ by }) => by)).toEqual(["other"]);
});

test("a job rests no longer where the clock ran far ahead and was put back", async () => {
	now = NOW + 1_000 * HOUR;
	await clockOf("one").look();
	now += HOUR;
	void clockOf("dying", () => new Promise(() => undefined)).look();
	await Bun.sleep(0);
	now = NOW;
	await clockOf("one").look();
	await clockOf("two").look();
	expect(done.map(({ at }) => at)).toEqual([NOW + 1_000 * HOUR, NOW]);
});

test("a job is not done again by a server whose clock is a little behind", async () => {
	await clockOf("one").look();
	now -= HOUR;
	await clockOf("behind").look();
	expect(done.map(({ by }) => by)).toEqual(["one"]);
});

test("a job that fails is told, and tried again in the same period", async () => {
	let tries = 0;
	const clock = clockOf("one", async () => {
		tries++;
		if (tries === 1) throw new Error("no luck");
		return {};
	});
	await clock.look();
	expect(errors).toEqual([{ job: "count", error: "Error: no luck" }]);
	now += 11 * MINUTE;
	await clock.look();
	now += 11 * MINUTE;
	await clock.look();
	expect(tries).toBe(2);
});

test("stopping waits for what is running and begins nothing", async () => {
	const go = Promise.withResolvers<void>();
	let isDone = false;
	const clock = clockOf("one", async () => {
		await go.promise;
		isDone = true;
		return {};
	});
	const looking = clock.look();
	await Bun.sleep(0);
	const stopped = clock.stop();
	go.resolve();
	await stopped;
	await looking;
	expect(isDone).toBe(true);
	now += HOUR;
	await clock.look();
	expect(done).toEqual([]);
});
