import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Machine } from "../../src/account/machine.ts";
import type { Transaction, Value } from "../../src/ledger/database.ts";
import { Superseding } from "../../src/ledger/superseding.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import {
	AT,
	DAY,
	DESKTOP,
	eventOf,
	HOUR,
	ingestAll,
	LAPTOP,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { Random } from "../support/random.ts";
import {
	block,
	counting,
	day,
	saveBlocks,
	saveDays,
	saveSessions,
	session,
	TODAY,
} from "../support/reporting.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";

setDefaultTimeout(PATIENCE);

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

describe("a day is superseded", () => {
	const left = async (events: readonly UsageEvent[], machine: Machine = LAPTOP) => {
		await saveDays(
			ledger,
			day(1, { day: TODAY - 1 }),
			day(2),
			day(3, { day: TODAY + 1 }),
			day(4, { label: "desktop" }),
		);
		await ingestAll(ledger, events, { machine });
		return (await counting(ledger)).map((row) => row.slice("day ".length));
	};

	test("by an event of that day, under its label alone", async () => {
		expect(await left([eventOf()])).toEqual([
			"desktop 2026-03-02: 4",
			"laptop 2026-03-01: 1",
			"laptop 2026-03-03: 3",
		]);
	});

	test("by another machine of the same label too", async () => {
		expect(await left([eventOf()], { ...DESKTOP, label: "laptop" })).not.toContain("laptop 2026-03-02: 2");
	});

	test("in the person's zone, where the UTC day is another one", async () => {
		ledger = await openTestLedger({ zone: "Asia/Tokyo" });
		// 08:30 on March 3 in Tokyo.
		expect(await left([eventOf({ at: Date.UTC(2026, 2, 2, 23, 30) })])).not.toContain("laptop 2026-03-03: 3");
	});

	test("by what the machine saw, though it belongs to another machine", async () => {
		await ingestAll(ledger, [eventOf({ at: AT - HOUR })], { machine: DESKTOP });
		expect(await left([eventOf()])).toEqual(["laptop 2026-03-01: 1", "laptop 2026-03-03: 3"]);
	});

	test("by nothing that is refused or expired", async () => {
		ledger = await openTestLedger({ horizon: AT });
		expect(await left([eventOf({ output: -1 }), eventOf({ at: AT - 1 })])).toHaveLength(4);
	});
});

test("what was reported under a machine's new name is superseded by all that it has, once it bears the name", async () => {
	const renamed = { ...LAPTOP, label: "renamed" };
	await saveDays(ledger, day(1, { label: "renamed" }), day(2, { label: "renamed", day: TODAY + 7 }));
	await saveBlocks(ledger, block(3, { label: "renamed" }), block(4, { label: "desktop" }));
	await ingestAll(ledger, [eventOf()]);
	expect(await counting(ledger)).toHaveLength(4);
	await ingestAll(ledger, [], { machine: renamed });
	expect(await counting(ledger)).toEqual(["block desktop b1: 4", "day renamed 2026-03-09: 2"]);
});

describe("a block is superseded by an event inside it", () => {
	test.each([
		["at its beginning", 0, 0],
		["just before its end", 5 * HOUR - 1, 0],
		["but not just before it", -1, 1],
		["but not at its end", 5 * HOUR, 1],
	])("%s", async (_, offset, left) => {
		await saveBlocks(ledger, block(1));
		await ingestAll(ledger, [eventOf({ at: AT + offset })]);
		expect(await counting(ledger)).toHaveLength(left);
	});

	test("that a machine of its label has", async () => {
		await saveBlocks(ledger, block(1), block(2, { label: "desktop" }));
		await ingestAll(ledger, [eventOf()]);
		expect(await counting(ledger)).toEqual(["block desktop b1: 2"]);
	});
});

test("what is superseded stays so when it is reported again", async () => {
	await ingestAll(ledger, [eventOf()]);
	for (const total of [1, 2]) {
		await saveDays(ledger, day(total));
		await saveSessions(ledger, session(total, { label: "another" }));
		await saveBlocks(ledger, block(total));
		expect(await counting(ledger)).toEqual([]);
	}
});

test("what is superseded stays so when its machine has another name and it is reported again", async () => {
	await saveDays(ledger, day(1));
	await saveBlocks(ledger, block(1));
	await ingestAll(ledger, [eventOf()]);
	expect(await counting(ledger)).toEqual([]);
	await ingestAll(ledger, [eventOf({ id: "later", at: AT + DAY })], {
		machine: { ...LAPTOP, label: "renamed" },
	});
	await saveDays(ledger, day(2));
	await saveBlocks(ledger, block(2));
	expect(await counting(ledger)).toEqual([]);
});

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
	return items
		.map((item) => ({ item, place: random.next() }))
		.toSorted((a, b) => a.place - b.place)
		.map(({ item }) => item);
}

test("what counts is the same in whatever order totals and events come", async () => {
	await forSeeds(runs(15, 200).numRuns, async (seed) => {
		const random = new Random(seed);
		const zone = random.pick(["UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Chatham"]);
		const label = () => random.pick(["laptop", "desktop", "gone"]);
		const moment = () => AT + random.integer(-3 * DAY, 3 * DAY);
		const steps: ((to: TestLedger) => Promise<unknown>)[] = [];
		for (let n = 0; n < 12; n++) {
			const event = eventOf({ id: `m${n}`, at: moment(), session: `s${random.integer(0, 5)}` });
			const machine = random.pick([LAPTOP, DESKTOP]);
			const days = day(n + 1, { label: label(), day: TODAY + random.integer(-4, 4) });
			const start = moment();
			const blocks = block(n + 1, {
				label: label(),
				block: `b${n}`,
				startedAt: start,
				endedAt: start + random.integer(1, DAY),
			});
			const sessions = session(n + 1, { label: label(), session: `s${random.integer(0, 9)}` });
			steps.push(
				(to) => ingestAll(to, [event], { machine }),
				(to) => saveDays(to, days),
				(to) => saveBlocks(to, blocks),
				(to) => saveSessions(to, sessions),
			);
		}
		const [one, other] = [await openTestLedger({ zone }), await openTestLedger({ zone })];
		for (const step of steps) await step(one);
		for (const step of shuffled(steps, random)) await step(other);
		expect(await counting(other)).toEqual(await counting(one));
		expect((await counting(one)).length).toBeGreaterThan(0);
	});
});

test("an ingest finds what was reported by keys, and blocks by their time", async () => {
	const { db, user } = ledger;
	const steps: string[] = [];
	const explain = async (sql: string, parameters: readonly Value[] = []) => {
		const plan = await db.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
		steps.push(...plan.map(({ detail }) => detail));
	};
	const watched: Transaction = {
		all: (sql, parameters) => explain(sql, parameters).then(() => db.all(sql, parameters)),
		batch: (batches) => db.batch(batches),
		get: (sql, parameters) => explain(sql, parameters).then(() => db.get(sql, parameters)),
		run: (sql, parameters) => db.run(sql, parameters),
	};
	await ingestAll(ledger, [eventOf()]);
	for (let n = 1; n <= 20; n++) await saveBlocks(ledger, block(n, { block: `b${n}`, startedAt: AT + 1 }));
	expect(await Superseding.look(watched, user.id, LAPTOP.uuid)).toEqual({ sender: undefined });
	const superseding = new Superseding(user.id, LAPTOP.label, undefined);
	superseding.note(eventOf());
	await superseding.finish(watched, LAPTOP.label);
	expect(steps.filter((step) => step.startsWith("SCAN") && !/json_each|CONSTANT|VIRTUAL/.test(step))).toEqual(
		[],
	);
	expect(steps).toContainEqual(
		expect.stringMatching(/^SEARCH reported_blocks USING INDEX reported_blocks_started .*started_at/),
	);
	// Once in the question about days. Many blocks of one time pass over the events of that time once, not each by itself.
	expect(steps.filter((step) => /^SEARCH e USING INDEX events_at .*at>\? AND at<\?/.test(step))).toHaveLength(
		2,
	);
	expect(steps).toContainEqual(
		expect.stringMatching(/^SEARCH r USING (COVERING )?INDEX reported_sessions_session/),
	);
	expect(steps).toContainEqual(expect.stringMatching(/^SEARCH r .*\(user=\? AND label=\? AND day=\?\)/));
});
