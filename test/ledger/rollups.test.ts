import { beforeEach, describe, expect, test } from "bun:test";
import { utcDay } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import {
	AT,
	collectAll,
	DESKTOP,
	type Dump,
	dumpLedger,
	type EventOptions,
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

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

/** The ledger, after a look at whether every rollup is what the events come to. */
async function dump(of = ledger): Promise<Dump> {
	const dumped = await dumpLedger(of.db);
	expect(rollupsOf(dumped)).toEqual(countRollups(dumped.events, of.user.zone));
	return dumped;
}

/** Columns of rows, as a table to compare with. */
function columns(rows: readonly Row[], ...names: string[]): unknown[][] {
	return rows.map((row) => names.map((name) => row[name]));
}

/** Responses told apart by their ids. */
function events(...parts: EventOptions[]): UsageEvent[] {
	return parts.map((part, i) => eventOf({ id: `msg_${i}`, ...part }));
}

function partOf(model: string) {
	return { model, input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 };
}

describe("slots", () => {
	test("are quarters of an hour", async () => {
		await ingestAll(
			ledger,
			events({ at: AT }, { at: AT + 15 * MINUTE - 1 }, { at: AT + 15 * MINUTE }, { at: AT - 1 }),
		);
		const slot = AT / (15 * MINUTE);
		expect(columns((await dump()).usage_slots, "slot", "responses", "output")).toEqual([
			[slot - 1, 1, 20],
			[slot, 2, 40],
			[slot + 1, 1, 20],
		]);
	});

	test("tell machines, projects and models apart, and no more", async () => {
		await ingestAll(
			ledger,
			events({}, { model: "dear" }, { project: "/srv" }, { branch: "dev" }, { session: "s2" }),
		);
		await ingestAll(ledger, [eventOf({ id: "msg_9" })], { machine: DESKTOP });
		expect(columns((await dump()).usage_slots, "machine", "project", "model", "responses")).toEqual([
			["desktop", "/home/ada/app", "cheap", 1],
			["laptop", "/home/ada/app", "cheap", 3],
			["laptop", "/home/ada/app", "dear", 1],
			["laptop", "/srv", "cheap", 1],
		]);
	});
});

describe("days", () => {
	test("are those of the user's zone, for branches too", async () => {
		const zoned = await openTestLedger({ zone: "America/New_York" });
		const midnight = Date.UTC(2026, 2, 2, 5);
		await ingestAll(zoned, events({ at: midnight - 1 }, { at: midnight }, { at: midnight, branch: "dev" }));
		const { usage_days, branch_days } = await dump(zoned);
		const day = utcDay(Date.UTC(2026, 2, 2));
		expect(columns(usage_days, "day", "responses")).toEqual([
			[day - 1, 1],
			[day, 2],
		]);
		expect(columns(branch_days, "day", "branch", "responses")).toEqual([
			[day - 1, "main", 1],
			[day, "dev", 1],
			[day, "main", 1],
		]);
	});

	test("of 23 and of 25 hours hold all of their hours", async () => {
		for (const [start, hours] of [
			[Date.UTC(2026, 2, 28, 23), 23],
			[Date.UTC(2026, 9, 24, 22), 25],
		] as const) {
			const zoned = await openTestLedger({ zone: "Europe/Berlin" });
			await ingestAll(
				zoned,
				Array.from({ length: hours }, (_, i) => eventOf({ id: `msg_${i}`, at: start + i * HOUR })),
			);
			expect(columns((await dump(zoned)).usage_days, "responses")).toEqual([[hours]]);
		}
	});

	test("of a person's standing are UTC days and months, whatever the zone", async () => {
		const zoned = await openTestLedger({ zone: "Asia/Tokyo" });
		const april = Date.UTC(2026, 3, 1);
		await ingestAll(zoned, events({ at: april - 1 }, { at: april }, { at: april + HOUR }));
		const { person_days, person_months } = await dump(zoned);
		expect(columns(person_days, "day", "responses")).toEqual([
			[utcDay(april) - 1, 1],
			[utcDay(april), 2],
		]);
		expect(columns(person_months, "month", "responses")).toEqual([
			[56 * 12 + 2, 1],
			[56 * 12 + 3, 2],
		]);
	});
});

describe("sessions", () => {
	test("have a first and a last time in each machine, project and model", async () => {
		await ingestAll(
			ledger,
			events({ at: AT + 5 }, { at: AT }, { at: AT + 9, model: "dear" }, { at: AT + 3 }),
		);
		expect(columns((await dump()).session_parts, "model", "first_at", "last_at", "responses")).toEqual([
			["cheap", AT, AT + 5, 3],
			["dear", AT + 9, AT + 9, 1],
		]);
	});

	test("have their times read again when the response at one of them moves or goes", async () => {
		await ingestAll(ledger, events({ at: AT }, { at: AT + 1 }, { at: AT + 2 }));
		await ingestAll(ledger, [eventOf({ id: "msg_2", at: AT + 1, countedAt: AT + 2 })]);
		expect(columns((await dump()).session_parts, "first_at", "last_at")).toEqual([[AT, AT + 1]]);
		await ingestAll(ledger, events({ at: AT - 1, session: "s2" }));
		expect(columns((await dump()).session_parts, "session", "first_at", "last_at", "responses")).toEqual([
			["s1", AT + 1, AT + 1, 2],
			["s2", AT - 1, AT - 1, 1],
		]);
	});

	test("have the times of a response for its extra parts' models too", async () => {
		await ingestAll(
			ledger,
			events({ at: AT, extra: [partOf("dear")] }, { at: AT + 5, extra: [partOf("dear")] }),
		);
		expect(columns((await dump()).session_parts, "model", "first_at", "last_at", "responses")).toEqual([
			["cheap", AT, AT + 5, 2],
			["dear", AT, AT + 5, 0],
		]);
		await ingestAll(ledger, events({ output: 50 }));
		expect(columns((await dump()).session_parts, "model", "first_at", "last_at")).toEqual([
			["cheap", AT, AT + 5],
			["dear", AT + 5, AT + 5],
		]);
	});
});

describe("extra parts", () => {
	test("count under their own models as tokens and cost, not as responses or searches", async () => {
		await ingestAll(
			ledger,
			events({ webSearches: 1, extra: [partOf("dear"), partOf("cheap"), partOf("dear")] }),
		);
		const { usage_days, person_days } = await dump();
		expect(
			columns(usage_days, "model", "input", "output", "cache_read", "web_searches", "cost", "responses"),
		).toEqual([
			["cheap", 11, 22, 5, 1, 115_000 + 10_000_000, 1],
			["dear", 2, 4, 10, 0, 300_000, 0],
		]);
		expect(columns(person_days, "input", "responses")).toEqual([[13, 1]]);
	});

	test("are replaced as a whole with the counters that they came with", async () => {
		await ingestAll(ledger, events({ extra: [partOf("dear"), partOf("dear")] }));
		await ingestAll(ledger, events({ output: 21, extra: [{ ...partOf("cheap"), input: 7 }] }));
		expect(columns((await dump()).usage_days, "model", "input", "responses")).toEqual([["cheap", 17, 1]]);
		await ingestAll(ledger, events({ output: 22 }));
		expect(columns((await dump()).usage_days, "model", "input", "responses")).toEqual([["cheap", 10, 1]]);
	});

	test("that say nothing are none", async () => {
		const nothing = { model: "dear", input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
		await ingestAll(ledger, events({ extra: [nothing] }));
		expect(columns((await dump()).usage_days, "model", "unpriced")).toEqual([["cheap", 0]]);
	});
});

describe("what has no price", () => {
	test("is counted beside the sum of what has one, part by part", async () => {
		await ingestAll(
			ledger,
			events(
				{},
				{ model: "unheard-of", extra: [partOf("unheard-of"), partOf("cheap")] },
				{ model: "unheard-of" },
			),
		);
		const { usage_days, person_days } = await dump();
		expect(columns(usage_days, "model", "cost", "responses", "unpriced")).toEqual([
			["cheap", 115_000, 1, 0],
			["unheard-of", 0, 2, 3],
		]);
		expect(columns(person_days, "cost", "responses", "unpriced")).toEqual([[115_000, 3, 3]]);
	});
});

describe("rows", () => {
	test("go when nothing is left in them", async () => {
		await ingestAll(
			ledger,
			events({ at: AT + 40 * 24 * HOUR, model: "dear", project: "/srv", branch: "dev" }),
		);
		await ingestAll(ledger, events({ output: 21 }));
		for (const table of Object.values(rollupsOf(await dump()))) expect(table).toHaveLength(1);
	});

	test("stay right where one response takes another's place in one upload", async () => {
		const first = eventOf({ id: "msg_1" });
		const second = eventOf({ id: "msg_2", at: AT + HOUR, session: "s2" });
		await ingestAll(ledger, [first, second]);
		await ingestAll(ledger, [
			{ ...second, session: "s1", at: AT },
			{ ...first, session: "s2", at: AT - 1 },
		]);
		expect(columns((await dump()).session_parts, "session", "first_at", "last_at")).toEqual([
			["s1", AT, AT],
			["s2", AT - 1, AT - 1],
		]);
	});

	test("follow the projects that a later line puts sessions in", async () => {
		const first = eventOf({ id: "msg_1", folder: "-srv" });
		const second = eventOf({ id: "msg_2", folder: "-srv", session: "s2" });
		await collectAll(ledger, [{ event: first, cwd: "/tmp" }]);
		await collectAll(ledger, [{ event: second, cwd: "/srv" }]);
		const { usage_days, branch_days, usage_slots } = await dump();
		for (const table of [usage_days, branch_days, usage_slots]) {
			expect(columns(table, "project", "responses")).toEqual([["/srv", 2]]);
		}
	});

	test("of machines are the one's that a response is attributed to", async () => {
		await ingestAll(ledger, events({}), { machine: LAPTOP });
		await ingestAll(ledger, events({ at: AT - 1 }), { machine: DESKTOP });
		expect(columns((await dump()).usage_days, "machine", "responses")).toEqual([["desktop", 1]]);
		expect(columns((await dump()).session_parts, "machine", "responses")).toEqual([["desktop", 1]]);
	});
});
