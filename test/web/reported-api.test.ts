import { beforeEach, describe, expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import { eventOf, HOUR, ingestAll, LAPTOP, MINUTE } from "../support/ledger.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, TestServer } from "../support/server.ts";

/** The day that the program before uploads at ten in the morning, UTC, and once more the evening after. */
const DAY = "2026-03-02";
const MORNING = Date.UTC(2026, 2, 2, 10);

let server: TestServer;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start();
	({ alice, bob } = await server.joinAll());
	server.now = MORNING;
});

const counted = (tokens: number, machine = "laptop") => ({
	machine_id: machine,
	user_id: 1,
	input_tokens: tokens,
	output_tokens: 0,
	cache_creation_tokens: 0,
	cache_read_tokens: 0,
	total_tokens: tokens,
	total_cost: tokens / 1_000,
	models_used: ["cheap"],
});
const day = (tokens: number, machine?: string, date = DAY) => ({
	...counted(tokens, machine),
	date,
	model_breakdowns: [{ modelName: "cheap", cost: tokens / 1_000 }],
	thinking_tokens: 7,
});
const session = (tokens: number, id = "-home-ada-app") => ({
	...counted(tokens),
	session_id: id,
	project_path: "/home/ada/app",
	start_time: `${DAY}T12:00:00.000Z`,
	end_time: `${DAY}T12:00:00.000Z`,
	duration_minutes: null,
	model_breakdowns: "[]",
});
const block = (tokens: number) => ({
	...counted(tokens),
	block_id: `${DAY}T08:00:00.000Z`,
	start_time: `${DAY}T08:00:00.000Z`,
	end_time: `${DAY}T13:00:00.000Z`,
	actual_end_time: `${DAY}T09:30:00.000Z`,
	is_active: 1,
	entry_count: 3,
});

/** Sends what there is, as the program before does on each run. */
async function sendAll(person: Person, tokens: number): Promise<void> {
	for (const [kind, record] of [
		["daily", day(tokens)],
		["sessions", session(tokens)],
		["blocks", block(tokens)],
	] as const) {
		const path = `/api/usage/${kind}/batch`;
		const response = await person.send("POST", path, { records: [record] });
		expect(await replyOf<object>(server, ["POST", path], response)).toMatchObject({
			processed: 1,
			skipped: 0,
			total: 1,
		});
	}
}

async function get<Body>(person: Person, path: string): Promise<Body> {
	const response = await person.ask(path);
	expect(response.status).toBe(200);
	return (await response.json()) as Body;
}

type Aggregate = { daily: Record<string, unknown>[]; totals: Record<string, number> };

async function useClaude(at: number, person = alice): Promise<void> {
	const user = await findUser(server.db, person.account.user);
	if (!user) throw new Error("nobody");
	await ingestAll({ db: server.db, user }, [eventOf({ at, session: "-home-ada-app" })], {
		machine: { ...LAPTOP, label: "laptop" },
	});
}

describe("the program before", () => {
	test("uploads what it has on every run, and a day that goes on is not frozen", async () => {
		await sendAll(alice, 100);
		server.now = MORNING + 12 * HOUR;
		await sendAll(alice, 900);
		const { daily, totals } = await get<Aggregate>(alice, "/api/usage/aggregate");
		expect(daily).toMatchObject([
			{ machine_id: "laptop", machine: null, date: DAY, total_tokens: 900, total_cost: 0.9, reported: true },
		]);
		expect(totals).toMatchObject({ total_tokens: 900, total_cost: 0.9 });
		expect(await get<object[]>(alice, "/api/usage/sessions")).toMatchObject([
			{ session_id: "-home-ada-app", total_tokens: 900, reported: true },
		]);
		expect(await get<object[]>(alice, "/api/usage/blocks")).toMatchObject([
			{ block_id: `${DAY}T08:00:00.000Z`, total_tokens: 900, reported: true },
		]);
	});

	test("keeps what was once reported when there is less left to read", async () => {
		await sendAll(alice, 900);
		await sendAll(alice, 100);
		const { totals } = await get<Aggregate>(alice, "/api/usage/aggregate");
		expect(totals).toMatchObject({ total_tokens: 900 });
	});

	test("is told only of what is final that it is known", async () => {
		await sendAll(alice, 100);
		const ask = async () => {
			const records = [
				{ upload_type: "daily", identifier: DAY },
				{ upload_type: "daily", identifier: "2026-03-01" },
				{ upload_type: "session", identifier: "-home-ada-app" },
				{ upload_type: "block", identifier: `${DAY}T08:00:00.000Z` },
			];
			const body = { machine_id: "laptop", records };
			const response = await alice.send("POST", "/api/upload-history/check", body);
			return replyOf<object>(server, ["POST", "/api/upload-history/check"], response);
		};
		expect(await ask()).toEqual({ daily: [], session: [], block: [] });
		server.now = MORNING + 40 * HOUR;
		await sendAll(alice, 100);
		expect(await ask()).toEqual({ daily: [DAY], session: [], block: [`${DAY}T08:00:00.000Z`] });
		const one = { machine_id: "laptop", records: [{ upload_type: "session", identifier: "x" }] };
		const response = await alice.send("POST", "/api/upload-history/check", one);
		expect(await response.json()).toEqual({ session: [] });
	});

	test("sends days in its oldest form as well", async () => {
		const body = {
			machineId: "laptop",
			data: [
				{
					date: DAY,
					inputTokens: 1,
					outputTokens: 2,
					cacheCreationTokens: 3,
					cacheReadTokens: 4,
					totalTokens: 10,
					totalCost: 0.5,
					modelsUsed: ["cheap"],
					modelBreakdowns: [],
				},
			],
		};
		const response = await alice.send("POST", "/api/usage", body);
		expect(await replyOf<object>(server, ["POST", "/api/usage"], response)).toMatchObject({
			recordsProcessed: 1,
		});
		expect((await get<Aggregate>(alice, "/api/usage/aggregate")).daily).toMatchObject([
			{ date: DAY, cache_creation_tokens: 3, cache_read_tokens: 4, total_tokens: 10, total_cost: 0.5 },
		]);
	});
});

describe("what events tell more exactly", () => {
	test.each(["after", "before"])("is counted once, where it comes %s the totals", async (when) => {
		if (when === "before") await useClaude(MORNING - HOUR);
		await sendAll(alice, 900);
		if (when === "after") await useClaude(MORNING - HOUR);
		const { daily, totals } = await get<Aggregate>(alice, "/api/usage/aggregate");
		expect(daily).toMatchObject([{ machine: LAPTOP.uuid, total_tokens: 100, reported: false }]);
		expect(totals).toMatchObject({ total_tokens: 100 });
		expect(await get<object[]>(alice, "/api/usage/sessions")).toMatchObject([{ total_tokens: 100 }]);
		expect(await get<object[]>(alice, "/api/usage/blocks")).toMatchObject([{ total_tokens: 100 }]);
	});

	test("leaves other days, machines and blocks as they were reported", async () => {
		const records = [day(900), day(50, "desktop"), day(70, "laptop", "2026-02-20")];
		await alice.send("POST", "/api/usage/daily/batch", { records });
		await alice.send("POST", "/api/usage/blocks/batch", { records: [block(80)] });
		await useClaude(Date.UTC(2026, 2, 2, 14, 1) - MINUTE);
		const { totals } = await get<Aggregate>(alice, "/api/usage/aggregate");
		expect(totals).toMatchObject({ total_tokens: 100 + 50 + 70 });
		expect(await get<object[]>(alice, "/api/usage/blocks")).toHaveLength(2);
	});
});

describe("records", () => {
	test("are the key's owner's, whoever they say they are of", async () => {
		await alice.send("POST", "/api/usage/daily/batch", {
			records: [{ ...day(100), user_id: bob.account.user, user: bob.account.id, role: "owner" }],
		});
		expect((await get<Aggregate>(bob, "/api/usage/aggregate")).daily).toEqual([]);
		expect((await get<Aggregate>(alice, "/api/usage/aggregate")).daily).toHaveLength(1);
	});

	test.each([
		["negative", { input_tokens: -1 }],
		["fractional", { total_tokens: 1.5 }],
		["huge", { total_tokens: 1e300 }],
		["a text", { total_tokens: "100" }],
		["no cost", { total_cost: null }],
		["an endless cost", { total_cost: 1e9 }],
		["more tokens than anyone has", { input_tokens: 1e12 + 1 }],
		["no day", { date: "2026-02-30" }],
		["another form of day", { date: "yesterday" }],
		["no machine", { machine_id: "" }],
		["no list of models", { models_used: "{" }],
	])("that are wrong cost only themselves: %s", async (_, wrong) => {
		const records = [{ ...day(900), ...wrong }, day(100), null, "x"];
		const response = await alice.send("POST", "/api/usage/daily/batch", { records });
		expect(await response.json()).toMatchObject({ processed: 1, skipped: 3, total: 4 });
		expect((await get<Aggregate>(alice, "/api/usage/aggregate")).totals).toMatchObject({ total_tokens: 100 });
	});

	test.each([
		["that ends before it begins", { end_time: `${DAY}T07:00:00.000Z` }],
		["that has no length", { end_time: `${DAY}T08:00:00.000Z` }],
		["that is a gap of days", { end_time: "2026-03-04T08:00:00.000Z" }],
		["of no time", { start_time: "soon" }],
		["of before all time", { start_time: "-000001-01-01T00:00:00.000Z" }],
	])("of a block %s cost only themselves", async (_, wrong) => {
		const records = [{ ...block(1), ...wrong }, block(2)];
		const response = await alice.send("POST", "/api/usage/blocks/batch", { records });
		expect(await response.json()).toMatchObject({ processed: 1, skipped: 1 });
	});

	test("keep of their parts by model what is known of such", async () => {
		const parts = [
			{ modelName: "cheap", cost: 1, inputTokens: 2, note: "x".repeat(1_000), deep: [[[[]]]] },
			{ cost: 1 },
			"cheap",
		];
		const records = [{ ...session(1), model_breakdowns: JSON.stringify(parts) }];
		await alice.send("POST", "/api/usage/sessions/batch", { records });
		expect(await get<object[]>(alice, "/api/usage/sessions")).toMatchObject([
			{ model_breakdowns: [{ modelName: "cheap", cost: 1, inputTokens: 2 }] },
		]);
		const kept = await server.db.get<{ text: string }>("select breakdowns as text from reported_sessions");
		expect(kept?.text).not.toContain("note");
	});

	test("of a year come at once, and more than two megabytes do not", async () => {
		const dates = Array.from({ length: 365 }, (_, i) =>
			new Date(Date.UTC(2025, 2, 2 + i)).toISOString().slice(0, 10),
		);
		const records = dates.map((date) => day(10, "laptop", date));
		expect((await alice.send("POST", "/api/usage/daily/batch", { records })).status).toBe(200);
		expect((await get<Aggregate>(alice, "/api/usage/aggregate")).totals).toMatchObject({
			total_tokens: 3_650,
		});
		const many = Array.from({ length: 9_000 }, () => day(1));
		expect((await alice.send("POST", "/api/usage/daily/batch", { records: many })).status).toBe(413);
	});

	test("may be sent by a key that only sends, and by none that only reads", async () => {
		const send = (key: string) =>
			server.ask("/api/usage/daily/batch", {
				method: "POST",
				headers: { "x-api-key": key, "content-type": "application/json" },
				body: JSON.stringify({ records: [day(1)] }),
			});
		expect((await send(alice.keys.ingest)).status).toBe(200);
		expect((await send(alice.keys.read)).status).toBe(403);
	});
});
