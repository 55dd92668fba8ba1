import { beforeEach, describe, expect, test } from "bun:test";
import {
	AT,
	dumpLedger,
	eventOf,
	ingestAll,
	LAPTOP,
	openTestLedger,
	pricesOf,
	type Row,
	type TestLedger,
} from "../support/ledger.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

async function events(): Promise<Row[]> {
	return (await dumpLedger(ledger.db)).events;
}

describe("an event is kept", () => {
	test("with everything it says", async () => {
		const extra = [{ model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 }];
		const event = eventOf({
			agent: "agent-1",
			version: "2.1.39",
			folder: "-home-ada-app",
			countedAt: AT + 5,
			cacheRead: 50,
			webSearches: 6,
			speed: "fast",
			geo: "us",
			tier: "batch",
			reportedNanoUsd: 99_999_999_999_999,
			fork: true,
			progress: true,
			sidechain: true,
			extra,
		});
		await ingestAll(ledger, [event]);
		expect(await events()).toEqual([
			{
				user: 1,
				key: event.key,
				message: event.message ?? null,
				at: AT,
				session: "s1",
				folder: "-home-ada-app",
				project: "/home/ada/app",
				branch: "main",
				agent: "agent-1",
				machine: "laptop",
				version: "2.1.39",
				fork: 1,
				progress: 1,
				sidechain: 1,
				sidechain_only: 1,
				replay: 0,
				model: "cheap",
				counted_after: 5,
				input: 10,
				output: 20,
				cache_write_5m: 30,
				cache_write_1h: 40,
				cache_read: 50,
				web_searches: 6,
				speed: "fast",
				geo: "us",
				tier: "batch",
				reported: 99_999_999_999_999,
				extra: '[["dear",1,2,3,4,5,82500]]',
				// 150 tokens × 1,000 nano-dollars × 1.1 (us) / 2 (batch), and six searches.
				cost: 82_500 + 60_000_000,
				unpriced: 0,
			},
		]);
	});

	test("with nothing where it says nothing", async () => {
		await ingestAll(ledger, [eventOf({ message: undefined, project: undefined, branch: undefined })]);
		expect(await events()).toMatchObject([
			{
				message: null,
				folder: null,
				project: "",
				branch: "",
				agent: null,
				version: null,
				extra: null,
				reported: null,
			},
		]);
	});

	test("with names of at most 256 characters, without control characters", async () => {
		const long = `\u0000\u001b[31m${"x".repeat(300)}`;
		const name = `[31m${"x".repeat(252)}`;
		const machine = { ...LAPTOP, label: long };
		await ingestAll(ledger, [eventOf({ project: long, branch: long, version: long, model: long })], {
			machine,
		});
		expect(await events()).toMatchObject([
			{ project: name, branch: name, version: name, model: name, machine: name },
		]);
	});

	test.each(["😀 é 日本", "'; drop table events; --", "__proto__", "half \ud83d"])(
		"with a name like %j",
		async (name) => {
			await ingestAll(ledger, [eventOf({ project: name, branch: name, model: name })]);
			await ingestAll(ledger, [eventOf({ id: "msg_2", project: name, branch: name, model: name })]);
			const kept = name.toWellFormed();
			expect(await events()).toMatchObject([
				{ project: kept, branch: kept, model: kept },
				{ project: kept, branch: kept, model: kept },
			]);
		},
	);

	test("as of an unknown model where it names none", async () => {
		await ingestAll(ledger, [eventOf({ model: "" })]);
		expect(await events()).toMatchObject([{ model: "unknown", cost: null, unpriced: 1 }]);
	});

	test("with the largest counters, and the sums are exact beyond 2^53", async () => {
		const many = 999_999_800;
		const counters = {
			input: many,
			output: many,
			cacheWrite5m: many,
			cacheWrite1h: many,
			cacheRead: many - 1,
		};
		const upload = Array.from({ length: 20 }, (_, i) => eventOf({ id: `msg_${i}`, ...counters }));
		await ingestAll(ledger, upload.slice(0, 13), { prices: pricesOf({ cheap: 1000.000001 }) });
		await ingestAll(ledger, upload.slice(13), { prices: pricesOf({ cheap: 1000.000001 }) });
		// 4,999,998,999 tokens at 1,000,000.001 nano-dollars, rounded half up.
		const cost = 20n * 4_999_999_003_999_999n;
		const { person_days, usage_slots, session_parts, blocks } = await dumpLedger(ledger.db);
		for (const table of [person_days, usage_slots, session_parts, blocks]) {
			expect(table).toMatchObject([{ input: 20 * many, cost }]);
		}
	});
});
