import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { UsageEvent } from "../../src/usage/event.ts";
import {
	addUser,
	DAY,
	dumpLedger,
	type EventOptions,
	eventOf,
	HOUR,
	ingestAll,
	MINUTE,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { countRollups } from "../support/naive-rollups.ts";
import { PATIENCE, runs } from "../support/runs.ts";

const MIDNIGHT = Date.UTC(2026, 2, 2);

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

/** A moment of the day: `10:30`, `10:30:00.001`, or of a later one: `34:30`. */
function time(text: string): number {
	const [hours = 0, minutes = 0, seconds = 0] = text.split(":").map(Number);
	return MIDNIGHT + hours * HOUR + minutes * MINUTE + Math.round(seconds * 1000);
}

function at(text: string, part: EventOptions = {}): UsageEvent {
	return eventOf({ id: text, at: time(text), ...part });
}

/** Hours and minutes of a moment, counted from the first day's beginning. */
function clock(moment: unknown): string {
	const minutes = (Number(moment) - MIDNIGHT) / MINUTE;
	return `${Math.floor(minutes / 60)}:${String(Math.floor(minutes % 60)).padStart(2, "0")}`;
}

/** Each block as `start first–last responses`, after a look at whether they are what the events come to. */
async function blocks(of = ledger): Promise<string[]> {
	const dump = await dumpLedger(of.db);
	expect(dump.blocks).toEqual(countRollups(dump.events, "UTC").blocks);
	return dump.blocks.map(
		(row) => `${clock(row.start)} ${clock(row.first_at)}–${clock(row.last_at)} ${row.responses}`,
	);
}

describe("blocks", () => {
	test.each<[string, string[], string[]]>([
		["begin at the hour of their first response", ["10:59"], ["10:00 10:59–10:59 1"]],
		["hold what comes within five hours", ["10:30", "14:59", "12:00"], ["10:00 10:30–14:59 3"]],
		["hold what comes just five hours after their start", ["10:30", "15:00"], ["10:00 10:30–15:00 2"]],
		["end a millisecond later", ["10:30", "15:00:00.001"], ["10:00 10:30–10:30 1", "15:00 15:00–15:00 1"]],
		[
			"may begin in the hour in which another one's last response was",
			["10:30", "15:00", "15:20"],
			["10:00 10:30–15:00 2", "15:00 15:20–15:20 1"],
		],
		["begin anew after a long silence", ["10:30", "40:10"], ["10:00 10:30–10:30 1", "40:00 40:10–40:10 1"]],
		[
			"begin on the hour exactly",
			["10:00", "15:00", "20:00"],
			["10:00 10:00–15:00 2", "20:00 20:00–20:00 1"],
		],
		[
			"are cut in UTC over midnight",
			["23:30", "28:00", "28:01"],
			["23:00 23:30–28:00 2", "28:00 28:01–28:01 1"],
		],
	])("%s", async (_rule, times, expected) => {
		await ingestAll(
			ledger,
			times.map((text) => at(text)),
		);
		expect(await blocks()).toEqual(expected);
	});

	test("are of the whole account: sessions, projects and zones cut nothing", async () => {
		const zoned = await openTestLedger({ zone: "Asia/Kathmandu" });
		await ingestAll(zoned, [at("10:30", { session: "s1" }), at("11:00", { session: "s2", project: "/srv" })]);
		expect(await blocks(zoned)).toEqual(["10:00 10:30–11:00 2"]);
	});

	test.each([2, 4, 5, 30])("name %d models of one quarter of an hour in that order", async (count) => {
		const names = Array.from({ length: count }, (_, n) => `model-${(n * 7) % count}-${n}`);
		const events = names.flatMap((model, n) =>
			[0, 1].map((again) => at(`10:30:${n}.${again}`, { model, id: `${n} ${again}` })),
		);
		await ingestAll(ledger, [at("10:01", { model: "first" }), ...events.toReversed()]);
		expect(await blocks()).toHaveLength(1);
		const [block] = (await dumpLedger(ledger.db)).blocks;
		expect(block?.models).toBe(["first", ...names].join(", "));
	});

	test("name models in the order in which they come up, those of extra parts too", async () => {
		const extra = [{ model: "extra", input: 1, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 }];
		await ingestAll(ledger, [
			at("12:00", { model: "cheap" }),
			at("11:00", { model: "dear", extra }),
			at("13:00", { model: "unheard-of" }),
			at("14:00", { model: "dear" }),
		]);
		await blocks();
		const [block] = (await dumpLedger(ledger.db)).blocks;
		expect(block).toMatchObject({ models: "dear, extra, cheap, unheard-of", responses: 4, unpriced: 2 });
	});

	test("take no notice of replays", async () => {
		await ingestAll(ledger, [
			at("10:00"),
			at("10:00", { request: "req_2", sidechain: true, at: time("16:00") }),
		]);
		expect(await blocks()).toEqual(["10:00 10:00–10:00 1"]);
	});
});

describe("what comes later cuts blocks anew", () => {
	test("in front, so that every later block shifts", async () => {
		await ingestAll(ledger, [at("10:30"), at("15:20"), at("20:10"), at("25:05")]);
		expect(await blocks()).toHaveLength(4);
		await ingestAll(ledger, [at("9:50")]);
		expect(await blocks()).toEqual([
			"9:00 9:50–10:30 2",
			"15:00 15:20–15:20 1",
			"20:00 20:10–20:10 1",
			"25:00 25:05–25:05 1",
		]);
		await ingestAll(ledger, [at("6:40")]);
		expect(await blocks()).toEqual([
			"6:00 6:40–10:30 3",
			"15:00 15:20–15:20 1",
			"20:00 20:10–20:10 1",
			"25:00 25:05–25:05 1",
		]);
	});

	test("at a block's very start, where the block before it takes it in", async () => {
		await ingestAll(ledger, [at("10:30"), at("15:20")]);
		await ingestAll(ledger, [at("15:00")]);
		expect(await blocks()).toEqual(["10:00 10:30–15:00 2", "15:00 15:20–15:20 1"]);
	});

	test("between a block's start and its first response", async () => {
		await ingestAll(ledger, [at("10:30"), at("15:20")]);
		await ingestAll(ledger, [at("15:10")]);
		expect(await blocks()).toEqual(["10:00 10:30–10:30 1", "15:00 15:10–15:20 2"]);
	});

	test("where a response left: its block shrinks, or goes", async () => {
		await ingestAll(ledger, [at("10:30"), at("30:00"), at("30:30"), at("50:00")]);
		await ingestAll(ledger, [at("30:00", { at: time("11:00") })]);
		expect(await blocks()).toEqual(["10:00 10:30–11:00 2", "30:00 30:30–30:30 1", "50:00 50:00–50:00 1"]);
		await ingestAll(ledger, [at("30:30", { at: time("11:30") }), at("50:00", { at: time("9:00") })]);
		expect(await blocks()).toEqual(["9:00 9:00–11:30 4"]);
	});

	test("at several places at once, and only there", async () => {
		const days = [0, 1, 2, 3, 4].map((day) => time("10:30") + day * DAY);
		await ingestAll(
			ledger,
			days.map((moment, i) => eventOf({ id: `day_${i}`, at: moment })),
		);
		// Whatever is cut anew loses this mark.
		await ledger.db.run("update blocks set web_searches = 99");
		await ingestAll(
			ledger,
			[1, 3].map((i) => eventOf({ id: `more_${i}`, at: (days[i] ?? 0) + HOUR })),
		);
		const rows = await ledger.db.all<{ web_searches: number; responses: number }>(
			"select web_searches, responses from blocks order by start",
		);
		expect(rows).toEqual([
			{ web_searches: 99, responses: 1 },
			{ web_searches: 0, responses: 2 },
			{ web_searches: 99, responses: 1 },
			{ web_searches: 0, responses: 2 },
			{ web_searches: 99, responses: 1 },
		]);
	});

	test("for its own user alone", async () => {
		const second = { ...ledger, user: await addUser(ledger.db, { id: 2 }) };
		await ingestAll(second, [at("10:30"), at("40:30")]);
		const before = await dumpLedger(ledger.db);
		await ingestAll(ledger, [at("8:00"), at("40:30")]);
		await blocks();
		const after = await dumpLedger(ledger.db);
		expect(after.blocks.filter((row) => row.user === 2)).toEqual(before.blocks);
	});

	test("in a history that is longer than what is read at a time", async () => {
		const busy = Array.from({ length: 6_000 }, (_, i) =>
			eventOf({ id: `msg_${i}`, at: time("10:30") + i * 10_000 }),
		);
		await ingestAll(ledger, busy.slice(1));
		await blocks();
		await ingestAll(ledger, busy.slice(0, 1));
		expect(await blocks()).toHaveLength(4);
	});
});

describe("any responses", () => {
	// Whole and half hours, and the milliseconds about them: all that decides blocks.
	const moment = fc
		.tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: -1, max: 1 }))
		.map(([halves, ms]) => MIDNIGHT + halves * 30 * MINUTE + ms);
	const upload = fc.array(fc.record({ id: fc.nat(30), at: moment }), { minLength: 1, maxLength: 12 });

	test(
		"that come and move, upload by upload, are cut as if all had been there from the beginning",
		async () => {
			await fc.assert(
				fc.asyncProperty(fc.array(upload, { minLength: 1, maxLength: 5 }), async (uploads) => {
					const one = await openTestLedger();
					for (const events of uploads) {
						await ingestAll(
							one,
							events.map((event) => eventOf({ ...event, id: `msg_${event.id}` })),
						);
						await blocks(one);
					}
					await one.db.close();
				}),
				runs(100),
			);
		},
		PATIENCE,
	);
});
