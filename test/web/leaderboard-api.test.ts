import { beforeEach, describe, expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { DAY, eventOf, HOUR, ingestAll, MINUTE, PRICES } from "../support/ledger.ts";
import { saveReportedDay } from "../support/reported.ts";
import { type Person, TestServer } from "../support/server.ts";

let server: TestServer;
let ada: Person;
let grace: Person;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start();
	server.now = Date.UTC(2026, 10, 24, 13, 37);
	({ ada, grace, alice, bob } = await server.joinAll());
});

type Body = Record<string, unknown> & { entries: Record<string, unknown>[] };

async function turn(isOn: boolean): Promise<void> {
	const answer = await grace.send("PATCH", "/api/admin/settings", { leaderboard: isOn });
	expect([answer.status, await answer.json()]).toEqual([200, { leaderboard: isOn }]);
}

function settle(person: Person, isIn: boolean, name?: string | null): Promise<Response> {
	const body = { leaderboard_enabled: isIn, ...(name === undefined ? {} : { display_name: name }) };
	return person.send("PUT", "/api/user/leaderboard-settings", body);
}

let made = 0;

/** Responses of 100 tokens each, so long ago. */
async function use(person: Person, count: number, ago = HOUR, part: Partial<UsageEvent> = {}): Promise<void> {
	const user = await findUser(server.db, person.account.user);
	if (!user) throw new Error("nobody is there");
	const events = Array.from({ length: count }, (_, i) =>
		eventOf({ id: `m${++made}`, at: server.now - ago + i, ...part }),
	);
	await ingestAll({ db: server.db, user }, events, { now: server.now, prices: PRICES });
}

/** All but Ada take part, Alice with most. */
async function fill(): Promise<void> {
	await turn(true);
	for (const [person, name, count] of [
		[alice, "Queen", 5],
		[bob, "Rook", 3],
		[grace, "Bishop", 3],
	] as const) {
		expect((await settle(person, true, name)).status).toBe(200);
		await use(person, count);
	}
}

async function board(person: Person, path = "weekly"): Promise<Body> {
	const answer = await person.ask(`/api/leaderboard/${path}`);
	expect(answer.status).toBe(200);
	return (await answer.json()) as Body;
}

async function names(person: Person, path = "weekly"): Promise<unknown[]> {
	return (await board(person, path)).entries.map(({ display_name }) => display_name);
}

describe("the leaderboard", () => {
	test("is off until an admin turns it on, and then nobody is on it who did not say so", async () => {
		await use(alice, 5);
		const off = await alice.ask("/api/leaderboard/daily");
		expect([off.status, ((await off.json()) as Body).code]).toEqual([404, "leaderboard_off"]);
		expect((await settle(alice, true, "Queen")).status).toBe(404);
		expect((await alice.send("PATCH", "/api/admin/settings", { leaderboard: true })).status).toBe(403);
		await turn(true);
		expect(await board(alice, "daily")).toMatchObject({
			entries: [],
			total_participants: 0,
			user_rank: null,
		});
		const log = await server.db.all("select action, detail from audit_log where action = 'settings.changed'");
		expect(log).toEqual([
			{
				action: "settings.changed",
				detail: JSON.stringify({ by: grace.account.id, setting: "leaderboard", value: "on" }),
			},
		]);
		await turn(true);
		expect(await server.db.all("select 1 from audit_log where action = 'settings.changed'")).toHaveLength(1);
	});

	test("has the old program's fields, with places shared by equals", async () => {
		await fill();
		const { entries, ...rest } = await board(alice, "daily");
		expect(rest).toEqual({
			period: "daily",
			metric: "tokens",
			timezone: "UTC",
			since: "2026-11-24",
			until: "2026-11-24",
			self_reported: true,
			smallest_group: 3,
			user_rank: 1,
			total_participants: 3,
		});
		expect(entries[0]).toEqual({
			user_id: alice.account.id,
			username: "alice",
			display_name: "Queen",
			total_tokens: 500,
			total_cost: 0.0005,
			daily_average: 500,
			active_days: 1,
			cache_hit_share: 0,
			rank: 1,
			percentile: 34,
			is_current_user: true,
		});
		expect(entries.map(({ display_name, rank, percentile }) => [display_name, rank, percentile])).toEqual([
			["Queen", 1, 34],
			["Bishop", 2, 67],
			["Rook", 2, 67],
		]);
	});

	test("knows four periods of UTC days, and nothing of what is dated later than now", async () => {
		await fill();
		await use(bob, 10, 13 * HOUR + 38 * MINUTE);
		await use(bob, 10, 7 * DAY);
		await use(bob, 10, 30 * DAY);
		await use(bob, 10, 400 * DAY);
		for (const ahead of [HOUR, 5 * HOUR, 11 * HOUR, DAY, 40 * DAY, 900 * DAY]) await use(bob, 100, -ahead);
		const tokensOf = async (period: string) =>
			(await board(bob, period)).entries.find(({ display_name }) => display_name === "Rook");
		expect(await tokensOf("daily")).toMatchObject({ total_tokens: 300, active_days: 1 });
		expect(await tokensOf("weekly")).toMatchObject({ total_tokens: 1_300, active_days: 2 });
		expect(await tokensOf("monthly")).toMatchObject({ total_tokens: 2_300, active_days: 3 });
		expect(await tokensOf("all")).toMatchObject({ total_tokens: 4_300, active_days: 5, daily_average: 860 });
		for (const period of ["hourly", "Daily", "", "yearly", "__proto__"])
			expect((await bob.ask(`/api/leaderboard/${period}`)).status).toBe(404);
		expect((await bob.ask("/api/leaderboard/all?metric=projects")).status).toBe(422);
	});

	test("compares cache hits from 50 responses on, so that a single one out of the cache does not win", async () => {
		await fill();
		await use(ada, 60, HOUR, { cacheRead: 80 });
		await settle(ada, true, "King");
		await use(alice, 1, HOUR, { input: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 1_000_000 });
		expect((await board(alice, "weekly?metric=cache")).entries).toEqual([]);
		await use(alice, 60, HOUR);
		await use(bob, 60, HOUR, { cacheRead: 800 });
		expect((await board(alice, "weekly?metric=cache")).entries).toMatchObject([
			{ display_name: "Queen", rank: 1 },
			{ display_name: "Rook", rank: 2 },
			{ display_name: "King", rank: 3 },
		]);
	});

	test("does not count totals that came without responses", async () => {
		await fill();
		const day = Math.floor(server.now / DAY);
		await saveReportedDay(server.db, bob.account.user, { day, input: 1_000_000 });
		expect((await board(bob)).entries.at(-1)).toMatchObject({ display_name: "Rook", total_tokens: 300 });
	});

	test("is a table for admins alone", async () => {
		await fill();
		expect((await alice.ask("/api/leaderboard/all?format=csv")).status).toBe(403);
		await settle(alice, true, "=1+1");
		const csv = await (await grace.ask("/api/leaderboard/all?format=csv")).text();
		expect(csv.split("\r\n")).toHaveLength(5);
		expect(csv).toContain(",'=1+1,");
	});
});

describe("taking part", () => {
	test("is settled with the old program's fields, and told as it is", async () => {
		await turn(true);
		const nothing = {
			leaderboard_enabled: false,
			display_name: null,
			team_leaderboard_enabled: false,
			team_display_name: null,
			excluded_at: null,
			available: true,
		};
		const read = async () => (await alice.ask("/api/user/leaderboard-settings")).json();
		expect(await read()).toEqual(nothing);
		const old = { leaderboard_enabled: true, display_name: " Queen ", team_leaderboard_enabled: true };
		const answer = await alice.send("PUT", "/api/user/leaderboard-settings", old);
		const settled = { ...nothing, leaderboard_enabled: true, display_name: "Queen" };
		expect(await answer.json()).toEqual({ message: expect.any(String), ...settled });
		expect(await read()).toEqual(settled);
		expect(await (await settle(alice, false)).json()).toMatchObject({
			...settled,
			leaderboard_enabled: false,
		});
		expect(await (await settle(alice, true)).json()).toMatchObject(settled);
		expect(await (await settle(alice, false, null)).json()).toMatchObject(nothing);
		expect((await settle(alice, true)).status).toBe(422);
	});

	test.each(["", "\u202eeve", "a\nb", "x".repeat(51), "x".repeat(201)])("not as %j", async (name) => {
		await turn(true);
		const answer = await settle(alice, true, name);
		expect([answer.status, ((await answer.json()) as Body).code]).toEqual([422, "invalid_body"]);
		expect(
			await server.db.all("select leaderboard_at from preferences where leaderboard_at is not null"),
		).toEqual([]);
	});

	test("under no name that somebody else has there or is known by, or one that looks the same", async () => {
		await turn(true);
		expect((await settle(alice, true, "Queen")).status).toBe(200);
		for (const name of [
			"Queen",
			"QUEEN",
			" que en",
			"Qu\u00e9en",
			"\uff31ueen",
			"alice",
			"Alice",
			"ALICE",
			"\u00e1lice",
		])
			expect([name, (await settle(bob, true, name)).status]).toEqual([name, 409]);
		expect((await settle(bob, true, "Bob")).status).toBe(200);
		expect((await settle(alice, true, "queen")).status).toBe(200);
		await settle(alice, false);
		expect((await settle(bob, true, "Queen")).status).toBe(200);
		expect((await settle(alice, true)).status).toBe(409);
		expect((await settle(alice, true, "Queen B")).status).toBe(200);
	});

	test("ends at once: with the next answer nobody is told of who has left, whoever else is there", async () => {
		await fill();
		await use(ada, 1);
		await settle(ada, true, "King");
		expect(await names(bob)).toEqual(["Queen", "Bishop", "Rook", "King"]);
		await settle(alice, false);
		for (const period of ["daily", "weekly", "monthly", "all"])
			expect(await names(bob, period)).toEqual(["Bishop", "Rook", "King"]);
		expect(await names(alice)).toEqual(["Bishop", "Rook", "King"]);
	});

	test("two who want one name at the same time do not both get it", async () => {
		await turn(true);
		const people = await Promise.all(Array.from({ length: 8 }, (_, i) => server.join(`p${i}`)));
		const answers = await Promise.all(people.map((person) => settle(person, true, "Queen")));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, ...new Array<number>(7).fill(409)]);
	});

	test("ends with the account: whoever is disabled is on it no more, and nothing comes back by settling it", async () => {
		await fill();
		await use(ada, 1);
		await settle(ada, true, "King");
		await ada.send("PATCH", `/api/admin/users/${bob.account.id}`, { disabled: true });
		expect(await names(alice)).toEqual(["Queen", "Bishop", "King"]);
		expect((await settle(bob, true, "Rook 2")).status).toBe(401);
		await alice.send("DELETE", "/api/user", { confirm: "alice" });
		expect(await names(ada)).toEqual([]);
		expect((await settle(alice, true, "Queen")).status).toBe(401);
		const left = await server.db.all("select 1 from preferences where user = ?", [alice.account.user]);
		expect(left).toEqual([]);
	});
});

test("S29: nobody changes whether another is seen, whatever is named in the request", async () => {
	await fill();
	const { id, username, user } = bob.account;
	for (const whose of [id, username, user]) {
		const body = { leaderboard_enabled: false, user_id: whose, user: whose, id: whose, username: whose };
		await alice.send("PUT", "/api/user/leaderboard-settings", body);
		await alice.send("PUT", `/api/user/leaderboard-settings?user_id=${whose}`, body);
		expect((await alice.send("PUT", `/api/user/${whose}/leaderboard-settings`, body)).status).toBe(404);
		expect((await alice.send("PUT", `/api/admin/leaderboard/${whose}`, { excluded: true })).status).toBe(403);
	}
	for (const kind of ["read", "ingest"] as const) {
		const headers = { "x-api-key": bob.keys[kind], "content-type": "application/json" };
		const body = JSON.stringify({ leaderboard_enabled: false });
		const answer = await server.ask("/api/user/leaderboard-settings", { method: "PUT", headers, body });
		expect(answer.status).toBe(403);
	}
	const read = async (person: Person) => (await person.ask("/api/user/leaderboard-settings")).json();
	expect(await read(bob)).toMatchObject({ leaderboard_enabled: true, display_name: "Rook" });
	expect(await read(alice)).toMatchObject({ leaderboard_enabled: false, display_name: "Queen" });
});

test("S32: a member is told of others no more than their user names, and of those on the leaderboard what they chose to show", async () => {
	await fill();
	await server.db.run(
		"update accounts set email = username || '@example.com', display_name = 'Dr ' || username",
	);
	const users = (await (await alice.ask("/api/users")).json()) as Record<string, unknown>[];
	for (const row of users) {
		const fields = ["created_at", "display_name", "id", "username"];
		expect(Object.keys(row).sort()).toEqual(row.username === "alice" ? [...fields, "email"].sort() : fields);
	}
	const said = JSON.stringify(await board(alice));
	for (const { account } of [ada, grace, bob]) {
		expect(said).not.toContain(account.id);
		expect(said).not.toContain(`"${account.username}"`);
		expect(said).not.toContain(`Dr ${account.username}`);
	}
	expect(JSON.stringify(users)).not.toContain("Rook");
	const { entries } = await board(alice);
	for (const { user_id, username, display_name, is_current_user } of entries) {
		if (is_current_user) expect([user_id, username]).toEqual([alice.account.id, "alice"]);
		else expect([user_id, username]).toEqual([expect.stringMatching(/^shown_[\w-]{16}$/), display_name]);
	}
	for (const field of ["project", "machine", "session", "hour", "model", "email"])
		expect(said).not.toContain(field);
});

test("S72: a flood of lies is told to be self-reported, and an admin leaves its author out, who is told; others stay as they were", async () => {
	await fill();
	await use(ada, 1);
	await settle(ada, true, "King");
	const before = (await board(alice)).entries.filter(({ display_name }) => display_name !== "Rook");
	await use(bob, 500, HOUR, { input: 1_000_000_000, output: 1_000_000_000 });
	const lied = await board(alice);
	expect([lied.self_reported, lied.entries[0]?.display_name]).toEqual([true, "Rook"]);
	const out = await grace.send("PUT", `/api/admin/leaderboard/${bob.account.id}`, { excluded: true });
	expect(await out.json()).toEqual({
		id: bob.account.id,
		username: "bob",
		excluded_at: new Date(server.now).toISOString(),
	});
	const after = (await board(alice)).entries;
	expect(after.map(({ display_name, total_tokens }) => [display_name, total_tokens])).toEqual(
		before.map(({ display_name, total_tokens }) => [display_name, total_tokens]),
	);
	const settings = await (await bob.ask("/api/user/leaderboard-settings")).json();
	expect(settings).toMatchObject({ leaderboard_enabled: true, excluded_at: expect.any(String) });
	for (const isIn of [false, true]) await settle(bob, isIn, "Knight");
	expect(await names(alice)).toEqual(["Queen", "Bishop", "King"]);
	expect(await names(bob)).toEqual(["Queen", "Bishop", "King"]);
	const known = (await (await grace.ask("/api/admin/leaderboard")).json()) as Record<string, unknown>[];
	expect(known.find(({ username }) => username === "bob")).toMatchObject({
		display_name: "Knight",
		excluded_at: expect.any(String),
	});
	const log = await server.db.all("select user, action from audit_log where action like 'leaderboard.%'");
	expect(log).toEqual([{ user: bob.account.user, action: "leaderboard.excluded" }]);
	await grace.send("PUT", `/api/admin/leaderboard/${bob.account.id}`, { excluded: false });
	expect((await names(alice))[0]).toBe("Knight");
	expect((await grace.send("PUT", "/api/admin/leaderboard/nobody", { excluded: true })).status).toBe(404);
});

describe("S74: what small groups would tell", () => {
	const ALL = ["daily", "weekly", "monthly", "all"].flatMap((period) =>
		["tokens", "cost", "days", "cache"].map((metric) => `${period}?metric=${metric}`),
	);

	test("is not told: with fewer than three who have usage in the days there are no numbers and no count", async () => {
		await turn(true);
		await settle(alice, true, "Queen");
		await settle(bob, true, "Rook");
		await settle(grace, true, "Bishop");
		for (const person of [alice, bob]) await use(person, 60);
		await use(ada, 60);
		for (const path of ALL)
			expect(await board(alice, path)).toMatchObject({ entries: [], user_rank: null, total_participants: 0 });
		await use(grace, 60, 8 * DAY);
		for (const path of ALL) {
			const isWide = path.startsWith("monthly") || path.startsWith("all");
			expect([path, (await names(alice, path)).length]).toEqual([path, isWide ? 3 : 0]);
		}
	});

	test("is not told by leaving either: with the third everyone's numbers go", async () => {
		await fill();
		expect(await names(ada)).toHaveLength(3);
		await settle(bob, false);
		for (const path of ALL)
			expect(await board(ada, path)).toMatchObject({ entries: [], total_participants: 0 });
	});

	test("is not told by asking for less: no name, zone or day narrows it, and nothing adds people up", async () => {
		await fill();
		const plain = await board(alice, "weekly");
		for (const filter of [
			"project=/home/ada/app",
			"model=cheap",
			"machine=laptop",
			"user_id=x",
			"since=2026-11-24",
			"from=2026-11-24&to=2026-11-24&range=custom",
			"timezone=Asia/Tokyo",
			"limit=1",
			"machineId=x",
		])
			expect(await board(alice, `weekly?${filter}`)).toEqual(plain);
		const sums = Object.entries(plain).filter(
			([name, value]) =>
				typeof value === "number" && !["user_rank", "total_participants", "smallest_group"].includes(name),
		);
		expect(sums).toEqual([]);
	});

	test("is not told of those who are in by those who come and go: their rows are the same but for their places", async () => {
		await fill();
		const rowsOf = async () =>
			(await board(grace)).entries
				.filter(({ display_name }) => display_name !== "King")
				.map(({ rank: _, percentile: __, ...row }) => row);
		const before = await rowsOf();
		await use(ada, 50);
		await settle(ada, true, "King");
		expect(await rowsOf()).toEqual(before);
		await settle(ada, false);
		expect(await rowsOf()).toEqual(before);
	});
});
