import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
import { type CloudDatabase, openCloud } from "../../src/ledger/cloud/cloud-database.ts";
import type { Reader } from "../../src/ledger/database.ts";
import {
	afterLogIn,
	clearFaults,
	countFaults,
	FOREIGN,
	GARBAGE,
	makeTrouble,
	SHORT,
} from "../support/cloud-trouble.ts";
import { Random } from "../support/random.ts";
import { forSeeds, runs } from "../support/runs.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(3_600_000);

const SEEDS = runs(1, 5).numRuns;
const FAULTS = runs(100, 1_000).numRuns;
const AT_ONCE = 300;
const QUERY_MS = 40;

let cloud: CloudServer;

beforeEach(async () => {
	cloud = await CloudServer.start();
});

afterEach(async () => {
	expect(cloud.violations).toEqual([]);
	await cloud.stop();
});

/** Questions to which a number is the only right answer, in the forms that travel in different ways. */
const QUESTIONS: ((db: Reader, number: number) => Promise<unknown>)[] = [
	(db, number) => db.get("select ? as value", [number]),
	(db, number) => db.all("select ? as value", [String(number)]),
	(db, number) =>
		db.all("select value, ? as number from json_each(?)", [number, JSON.stringify(listOf(number))]),
	// A new text each time goes alone.
	(db, number) => db.get(`select ${number} as value`),
	// As does what JSON cannot tell.
	(db, number) => db.get("select ? as value", [2n ** 53n + BigInt(number)]),
	(db, number) => db.get("select ? as value where ? < 0", [number, number]),
];

const ANSWERS: ((number: number) => unknown)[] = [
	(number) => ({ value: number }),
	(number) => [{ value: String(number) }],
	(number) => listOf(number).map((value) => ({ value, number })),
	(number) => ({ value: number }),
	(number) => ({ value: 2n ** 53n + BigInt(number) }),
	() => undefined,
];

function listOf(number: number): string[] {
	return Array.from({ length: 1 + (number % 40) }, (_, i) => `${number} é😀 ${i}`);
}

/**
 * Asks a question of which the answer names the asker.
 *
 * @returns whether it was answered: with nothing else than its own answer
 */
async function askOwn(db: Reader, number: number): Promise<boolean> {
	const form = number % QUESTIONS.length;
	let answer: unknown;
	try {
		answer = await QUESTIONS[form]?.(db, number);
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== "database_unreachable") throw error;
		return false;
	}
	expect(answer).toEqual(ANSWERS[form]?.(number));
	return true;
}

/** Asks so many at once, some of them in the same turn. @returns how many were answered */
async function askMany(db: Reader, first: number, random: Random, count = AT_ONCE): Promise<number> {
	const answered = await Promise.all(
		Array.from({ length: count }, async (_, i) => {
			await Bun.sleep(random.integer(0, 20));
			return askOwn(db, first + i);
		}),
	);
	return answered.filter(Boolean).length;
}

test.each([1, 4, 10])(
	"hundreds of questions at once on %p connections get each its own answer",
	(maxConnections) =>
		forSeeds(SEEDS, async (seed) => {
			const random = new Random(seed * 100 + maxConnections);
			const db = await openCloud(cloud.url(), { ...SHORT, maxConnections });
			const earlier = countFaults(cloud);
			const calm = makeTrouble(cloud, random, 0.2);
			let answered = 0;
			let asked = 0;
			while (countFaults(cloud) - earlier < FAULTS / 2) {
				answered += await askMany(db, asked, random);
				asked += AT_ONCE;
			}
			calm();
			expect(answered).toBeGreaterThan(0);
			await until("all are answered", async () => (await askMany(db, asked, random)) === AT_ONCE);
			await db.close();
		}),
);

test.each([1, 2, 3, 4, 5, 6, 7])(
	"answers in pieces of %p bytes are whole, or lost with their connection",
	async (bytes) => {
		const random = new Random(bytes);
		const db = await openCloud(cloud.url(), { ...SHORT, queryMs: 10_000, acquireMs: 10_000 });
		cloud.faults.fragment = bytes;
		await db.run("create table things (name text) strict");
		expect(await db.run("insert into things values (?), (?)", ["a", "b"])).toBe(2);
		expect(await askMany(db, 0, random, 12)).toBe(12);
		expect(db.figures.discarded).toBe(0);
		cloud.faults.dropMidReply = () => random.next() < 0.1;
		expect(await askMany(db, 0, random, 12)).toBeGreaterThan(0);
		clearFaults(cloud);
		expect(await askMany(db, 0, random, 12)).toBe(12);
		await db.close();
	},
);

describe("an answer that comes after its deadline", () => {
	/** Some answers come in time, some too late, and some at the very deadline. */
	function delayAround(random: Random): void {
		const delays = [0, QUERY_MS - 2, QUERY_MS, QUERY_MS + 2, QUERY_MS + 30];
		cloud.faults.delayMs = afterLogIn(() => random.pick(delays));
	}

	test.each([1, 2])("is nobody else's, on %p connections", (maxConnections) =>
		forSeeds(SEEDS, async (seed) => {
			const random = new Random(seed * 100 + maxConnections);
			const retry = { attempts: 0, delayMs: 0 };
			const options = { ...SHORT, maxConnections, queryMs: QUERY_MS, acquireMs: 5_000, retry };
			const db = await openCloud(cloud.url(), options);
			delayAround(random);
			let next = 0;
			const outcomes: boolean[] = [];
			const caller = async () => {
				while (next < FAULTS / 2) outcomes.push(await askOwn(db, next++));
			};
			await Promise.all(Array.from({ length: 4 }, caller));
			clearFaults(cloud);
			// Late ones may still be on their way.
			await until("all are answered", async () => (await askMany(db, next, random, 30)) === 30);
			expect(outcomes).toContain(true);
			expect(outcomes).toContain(false);
			await db.close();
		}),
	);
});

describe("what nobody asked for", () => {
	const [one, other] = ["*15 0:1 1 1 +1 a:1 ", "*15 0:1 1 1 +1 a:2 "];
	const once = <Value>(value: Value) => {
		let left = 1;
		return afterLogIn(() => (left-- > 0 ? value : undefined));
	};
	let db: CloudDatabase;

	beforeEach(async () => {
		db = await openCloud(cloud.url(), { ...SHORT, maxConnections: 1, queryMs: 10_000 });
	});
	afterEach(() => db.close());

	test("and comes with an answer makes that one no answer", async () => {
		cloud.faults.garbage = once(one + other);
		expect(await db.get<object>("select 7 as a")).toEqual({ a: 7 });
		expect(db.figures.discarded).toBe(1);
	});

	test("and comes after an answer is not the next one's", async () => {
		cloud.faults.garbage = once(one + other);
		cloud.faults.fragment = one.length;
		// This is what the server says.
		expect(await db.get<object>("select 7 as a")).toEqual({ a: 1 });
		await Bun.sleep(30);
		expect(await db.get<object>("select 8 as a")).toEqual({ a: 8 });
		expect(db.figures.discarded).toBe(1);
	});
});

describe("what is no answer to a question", () => {
	/** Rows that are there, but of another question. */
	const ROWS = ["*15 0:1 1 1 +1 z:1 ", "*16 0:1 1 1 +2 v0:1 "];

	/** In place of the first one that is no log-in. */
	function answerOnce(garbage: string): void {
		let left = 1;
		cloud.faults.garbage = afterLogIn(() => (left-- > 0 ? garbage : undefined));
	}

	test.each([...GARBAGE, ...FOREIGN])("%j is not taken for one", async (garbage) => {
		const db = await openCloud(cloud.url(), { ...SHORT, maxConnections: 1 });
		answerOnce(garbage);
		const asked = [1, 2, 3].map((number) => db.get<object>(`select ${number} as a`));
		expect(await Promise.all(asked)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
		await db.close();
	});

	test.each([...GARBAGE, ...FOREIGN, ...ROWS])("%j is not taken for one of several", async (garbage) => {
		const db = await openCloud(cloud.url(), { ...SHORT, maxConnections: 1 });
		await db.all("select ? as a", [0]);
		answerOnce(garbage);
		const [first, second] = [db.all<object>("select ? as a", [1]), db.get<object>("select ? as a", [2])];
		expect(await Promise.all([first, second])).toEqual([[{ a: 1 }], { a: 2 }]);
		answerOnce(garbage);
		const inside = db.transaction((tx) =>
			Promise.all([tx.all("select ? as a", [3]), tx.get("select ? as a", [4])]),
		);
		expect(await inside).toEqual([[{ a: 3 }], { a: 4 }]);
		await db.close();
	});
});

test.each([...GARBAGE, ...FOREIGN.slice(1)])(
	"%j is not taken for the answer to a log-in",
	async (garbage) => {
		const db = await openCloud(cloud.url(), {
			...SHORT,
			connectMs: 200,
			idleMs: 0,
			retry: { attempts: 10, delayMs: 5 },
		});
		await until("no connection is left", () => cloud.connections === 0);
		let left = 1;
		cloud.faults.garbage = (sql) => /\bAUTH\b/.test(sql) && left-- > 0 && garbage;
		expect(await db.get<object>("select 7 as a")).toEqual({ a: 7 });
		expect(cloud.injected.garbage).toBe(1);
		await db.close();
	},
);
