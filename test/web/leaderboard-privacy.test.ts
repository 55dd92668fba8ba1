import { beforeEach, describe, expect, test } from "bun:test";
import { BoardTeam } from "../support/board-team.ts";
import { DAY, HOUR } from "../support/ledger.ts";
import type { Person, TestServer } from "../support/server.ts";

let team: BoardTeam;
let server: TestServer;
let ada: Person;
let grace: Person;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	team = await BoardTeam.start();
	server = team.server;
	({ ada, grace, alice, bob } = team.people);
});

test("S29: nobody changes whether another is seen, whatever is named in the request", async () => {
	await team.fill();
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
	await team.fill();
	await server.db.run(
		"update accounts set email = username || '@example.com', display_name = 'Dr ' || username",
	);
	const users = (await (await alice.ask("/api/users")).json()) as Record<string, unknown>[];
	for (const row of users) {
		const fields = ["created_at", "display_name", "id", "username"];
		expect(Object.keys(row).sort()).toEqual(row.username === "alice" ? [...fields, "email"].sort() : fields);
	}
	const said = JSON.stringify(await team.board(alice));
	for (const { account } of [ada, grace, bob]) {
		expect(said).not.toContain(account.id);
		expect(said).not.toContain(`"${account.username}"`);
		expect(said).not.toContain(`Dr ${account.username}`);
	}
	expect(JSON.stringify(users)).not.toContain("Rook");
	const { entries } = await team.board(alice);
	for (const { user_id, username, display_name, is_current_user } of entries) {
		if (is_current_user) expect([user_id, username]).toEqual([alice.account.id, "alice"]);
		else expect([user_id, username]).toEqual([expect.stringMatching(/^shown_[\w-]{16}$/), display_name]);
	}
	for (const field of ["project", "machine", "session", "hour", "model", "email"])
		expect(said).not.toContain(field);
});

test("S72: a flood of lies is told to be self-reported, and an admin leaves its author out, who is told; others stay as they were", async () => {
	await team.fill();
	await team.use(ada, 1);
	await team.settle(ada, true, "King");
	const before = (await team.board(alice)).entries.filter(({ display_name }) => display_name !== "Rook");
	await team.use(bob, 500, HOUR, { input: 1_000_000_000, output: 1_000_000_000 });
	const lied = await team.board(alice);
	expect([lied.self_reported, lied.entries[0]?.display_name]).toEqual([true, "Rook"]);
	const out = await grace.send("PUT", `/api/admin/leaderboard/${bob.account.id}`, { excluded: true });
	expect(await out.json()).toEqual({
		id: bob.account.id,
		username: "bob",
		excluded_at: new Date(server.now).toISOString(),
	});
	const after = (await team.board(alice)).entries;
	expect(after.map(({ display_name, total_tokens }) => [display_name, total_tokens])).toEqual(
		before.map(({ display_name, total_tokens }) => [display_name, total_tokens]),
	);
	const settings = await (await bob.ask("/api/user/leaderboard-settings")).json();
	expect(settings).toMatchObject({ leaderboard_enabled: true, excluded_at: expect.any(String) });
	for (const isIn of [false, true]) await team.settle(bob, isIn, "Knight");
	expect(await team.names(alice)).toEqual(["Queen", "Bishop", "King"]);
	expect(await team.names(bob)).toEqual(["Queen", "Bishop", "King"]);
	const known = (await (await grace.ask("/api/admin/leaderboard")).json()) as Record<string, unknown>[];
	expect(known.find(({ username }) => username === "bob")).toMatchObject({
		display_name: "Knight",
		excluded_at: expect.any(String),
	});
	const log = await server.db.all(
		"select user, action from audit_log where action like 'leaderboard.%cluded'",
	);
	expect(log).toEqual([{ user: bob.account.user, action: "leaderboard.excluded" }]);
	await grace.send("PUT", `/api/admin/leaderboard/${bob.account.id}`, { excluded: false });
	expect((await team.names(alice))[0]).toBe("Knight");
	expect((await grace.send("PUT", "/api/admin/leaderboard/nobody", { excluded: true })).status).toBe(404);
});

describe("S74: what small groups would tell", () => {
	const ALL = ["daily", "weekly", "monthly", "all"].flatMap((period) =>
		["tokens", "cost", "days", "cache"].map((metric) => `${period}?metric=${metric}`),
	);

	test("is not told: with fewer than three who have usage in the days there are no numbers and no count", async () => {
		await team.turn(true);
		await team.settle(alice, true, "Queen");
		await team.settle(bob, true, "Rook");
		await team.settle(grace, true, "Bishop");
		for (const person of [alice, bob]) await team.use(person, 60);
		await team.use(ada, 60);
		for (const path of ALL)
			expect(await team.board(alice, path)).toMatchObject({
				entries: [],
				user_rank: null,
				total_participants: 0,
			});
		await team.use(grace, 60, 8 * DAY);
		for (const path of ALL) {
			const isWide = path.startsWith("monthly") || path.startsWith("all");
			expect([path, (await team.names(alice, path)).length]).toEqual([path, isWide ? 3 : 0]);
		}
	});

	test("is not told by leaving either: with the third everyone's numbers go", async () => {
		await team.fill();
		expect(await team.names(ada)).toHaveLength(3);
		await team.settle(bob, false);
		for (const path of ALL)
			expect(await team.board(ada, path)).toMatchObject({ entries: [], total_participants: 0 });
	});

	test("is not told by asking for less: no name, zone or day narrows it, and nothing adds people up", async () => {
		await team.fill();
		const plain = await team.board(alice, "weekly");
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
			expect(await team.board(alice, `weekly?${filter}`)).toEqual(plain);
		const sums = Object.entries(plain).filter(
			([name, value]) =>
				typeof value === "number" && !["user_rank", "total_participants", "smallest_group"].includes(name),
		);
		expect(sums).toEqual([]);
	});

	test("is not told of those who are in by those who come and go: their rows are the same but for their places", async () => {
		await team.fill();
		const rowsOf = async () =>
			(await team.board(grace)).entries
				.filter(({ display_name }) => display_name !== "King")
				.map(({ rank: _, percentile: __, ...row }) => row);
		const before = await rowsOf();
		await team.use(ada, 50);
		await team.settle(ada, true, "King");
		expect(await rowsOf()).toEqual(before);
		await team.settle(ada, false);
		expect(await rowsOf()).toEqual(before);
	});
});
