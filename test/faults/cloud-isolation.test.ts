import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
import { type CloudDatabase, openCloud } from "../../src/ledger/cloud/cloud-database.ts";
import type { Transaction } from "../../src/ledger/database.ts";
import { countFaults, makeTrouble, PATIENT, SHORT } from "../support/cloud-trouble.ts";
import { Random } from "../support/random.ts";
import { forSeeds, runs } from "../support/runs.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";

setDefaultTimeout(3_600_000);

const SEEDS = runs(1, 5).numRuns;
const FAULTS = runs(100, 1_000).numRuns;
const STEPS = 3;

let cloud: CloudServer;

beforeEach(async () => {
	cloud = await CloudServer.start({ busyMs: 200 });
	const db = await openCloud(cloud.url(), PATIENT);
	await db.run(
		"create table steps (id integer primary key, tag text not null, step integer not null) strict",
	);
	await db.close();
});

afterEach(async () => {
	expect(cloud.violations).toEqual([]);
	await cloud.stop();
});

type Step = { id: number; tag: string; step: number };

/** Transactions of many callers, each try with a tag of its own. */
class Tagged {
	/** Tags of the tries that were told to be kept. */
	readonly kept = new Set<string>();
	/** Those of which it could not be found out. */
	readonly doubtful = new Set<string>();
	#tags = 0;

	constructor(
		readonly db: CloudDatabase,
		readonly random: Random,
	) {}

	/** One transaction, which sees to it that nobody else's statements run in it. */
	async transact(): Promise<void> {
		const tries: string[] = [];
		const isMeant = this.random.next() < 0.7;
		const trouble = new Error("taken back");
		const work = async (tx: Transaction) => {
			const tag = `tag ${++this.#tags}`;
			tries.push(tag);
			await this.#writeSteps(tx, tag);
			if (!isMeant) throw trouble;
			return tag;
		};
		try {
			this.kept.add(await this.db.transaction(work));
		} catch (error) {
			if (!isMeant && error === trouble) return;
			if (!(error instanceof AppError) || error.code !== "database_unreachable") throw error;
			if (error.message.includes("could not be found out")) this.doubtful.add(tries.at(-1) ?? "");
		}
	}

	/** Writes in three trips, and looks each time at what is there that was not there when it began. */
	async #writeSteps(tx: Transaction, tag: string): Promise<void> {
		const before = await tx.all<Step>("select id, tag, step from steps order by id");
		expectWhole(before);
		const last = before.at(-1)?.id ?? 0;
		for (let step = 1; step <= STEPS; step++) {
			const row = [tag, step];
			if (this.random.next() < 0.5) await tx.run("insert into steps (tag, step) values (?, ?)", row);
			else await tx.batch([{ sql: "insert into steps (tag, step) values (?, ?)", rows: [row] }]);
			await Bun.sleep(this.random.integer(0, 3));
			const [added, own] = await Promise.all([
				tx.all<Step>("select id, tag, step from steps where id > ? order by id", [last]),
				tx.get<{ n: number }>("select count(*) as n from steps where tag = ?", [tag]),
			]);
			const expected = Array.from({ length: step }, (_, i) => ({ id: last + i + 1, tag, step: i + 1 }));
			expect(added).toEqual(expected);
			expect(own).toEqual({ n: step });
		}
	}
}

/** Whatever is there was committed: every tag has all of its steps. */
function expectWhole(rows: readonly Step[]): Set<string> {
	const tags = Map.groupBy(rows, ({ tag }) => tag);
	for (const [tag, own] of tags) {
		expect({ tag, steps: own.map(({ step }) => step) }).toEqual({ tag, steps: [1, 2, 3] });
	}
	return new Set(tags.keys());
}

describe.each([2, 8])("%p requests at once", (callers) => {
	test.each([1, 2, 4])("on %p connections see nothing of each other's transactions", (maxConnections) =>
		forSeeds(SEEDS, async (seed) => {
			const random = new Random(seed * 100 + callers * 10 + maxConnections);
			const db = await openCloud(cloud.url(), { ...SHORT, maxConnections });
			const tagged = new Tagged(db, random);
			const earlier = countFaults(cloud);
			const isEnough = () => countFaults(cloud) - earlier >= FAULTS / 4 && tagged.kept.size >= 5;
			const caller = async () => {
				while (!isEnough()) await tagged.transact();
			};
			const reader = async () => {
				while (!isEnough()) await expectOnlyWhole(db);
			};
			const calm = makeTrouble(cloud, random);
			await Promise.all([...Array.from({ length: callers }, caller), reader()]).finally(calm);
			await db.close();

			const left = await openCloud(cloud.url(), PATIENT);
			const there = expectWhole(await left.all<Step>("select id, tag, step from steps order by id"));
			await left.run("delete from steps");
			await left.close();
			expect([...tagged.kept].filter((tag) => !there.has(tag))).toEqual([]);
			const unexpected = [...there].filter((tag) => !tagged.kept.has(tag) && !tagged.doubtful.has(tag));
			expect(unexpected).toEqual([]);
		}),
	);
});

/** What is asked beside the transactions sees only whole ones. */
async function expectOnlyWhole(db: CloudDatabase): Promise<void> {
	try {
		expectWhole(await db.all<Step>("select id, tag, step from steps order by id"));
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
	}
}
