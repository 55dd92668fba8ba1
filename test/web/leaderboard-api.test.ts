import { beforeEach, describe, expect, test } from "bun:test";
import { type BoardAnswer, BoardTeam } from "../support/board-team.ts";
import { DAY, HOUR, MINUTE } from "../support/ledger.ts";
import { saveReportedDay } from "../support/reported.ts";
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

describe("the leaderboard", () => {
	test("is off until an admin turns it on, and then nobody is on it who did not say so", async () => {
		await team.use(alice, 5);
		const off = await alice.ask("/api/leaderboard/daily");
		expect([off.status, ((await off.json()) as BoardAnswer).code]).toEqual([404, "leaderboard_off"]);
		expect((await team.settle(alice, true, "Queen")).status).toBe(404);
		expect((await alice.send("PATCH", "/api/admin/settings", { leaderboard: true })).status).toBe(403);
		await team.turn(true);
		expect(await team.board(alice, "daily")).toMatchObject({
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
		await team.turn(true);
		expect(await server.db.all("select 1 from audit_log where action = 'settings.changed'")).toHaveLength(1);
	});

	test("has the old program's fields, with places shared by equals", async () => {
		await team.fill();
		const { entries, ...rest } = await team.board(alice, "daily");
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
		await team.fill();
		await team.use(bob, 10, 13 * HOUR + 38 * MINUTE);
		await team.use(bob, 10, 7 * DAY);
		await team.use(bob, 10, 30 * DAY);
		await team.use(bob, 10, 400 * DAY);
		for (const ahead of [HOUR, 5 * HOUR, 11 * HOUR, DAY, 40 * DAY, 900 * DAY])
			await team.use(bob, 100, -ahead);
		const tokensOf = async (period: string) =>
			(await team.board(bob, period)).entries.find(({ display_name }) => display_name === "Rook");
		expect(await tokensOf("daily")).toMatchObject({ total_tokens: 300, active_days: 1 });
		expect(await tokensOf("weekly")).toMatchObject({ total_tokens: 1_300, active_days: 2 });
		expect(await tokensOf("monthly")).toMatchObject({ total_tokens: 2_300, active_days: 3 });
		expect(await tokensOf("all")).toMatchObject({ total_tokens: 4_300, active_days: 5, daily_average: 860 });
		for (const period of ["hourly", "Daily", "", "yearly", "__proto__"])
			expect((await bob.ask(`/api/leaderboard/${period}`)).status).toBe(404);
		expect((await bob.ask("/api/leaderboard/all?metric=projects")).status).toBe(422);
	});

	test("compares cache hits from 50 responses on, so that a single one out of the cache does not win", async () => {
		await team.fill();
		await team.use(ada, 60, HOUR, { cacheRead: 80 });
		await team.settle(ada, true, "King");
		await team.use(alice, 1, HOUR, { input: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 1_000_000 });
		expect((await team.board(alice, "weekly?metric=cache")).entries).toEqual([]);
		await team.use(alice, 60, HOUR);
		await team.use(bob, 60, HOUR, { cacheRead: 800 });
		expect((await team.board(alice, "weekly?metric=cache")).entries).toMatchObject([
			{ display_name: "Queen", rank: 1 },
			{ display_name: "Rook", rank: 2 },
			{ display_name: "King", rank: 3 },
		]);
	});

	test("does not count totals that came without responses", async () => {
		await team.fill();
		const day = Math.floor(server.now / DAY);
		await saveReportedDay(server.db, bob.account.user, { day, input: 1_000_000 });
		expect((await team.board(bob)).entries.at(-1)).toMatchObject({ display_name: "Rook", total_tokens: 300 });
	});

	test("is a table for admins alone", async () => {
		await team.fill();
		expect((await alice.ask("/api/leaderboard/all?format=csv")).status).toBe(403);
		await team.settle(alice, true, "=1+1");
		const csv = await (await grace.ask("/api/leaderboard/all?format=csv")).text();
		expect(csv.split("\r\n")).toHaveLength(5);
		expect(csv).toContain(",'=1+1,");
	});
});

describe("taking part", () => {
	test("is settled with the old program's fields, and told as it is", async () => {
		await team.turn(true);
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
		expect(await (await team.settle(alice, false)).json()).toMatchObject({
			...settled,
			leaderboard_enabled: false,
		});
		expect(await (await team.settle(alice, true)).json()).toMatchObject(settled);
		expect(await (await team.settle(alice, false, null)).json()).toMatchObject(nothing);
		expect((await team.settle(alice, true)).status).toBe(422);
	});

	test("is noted in one's audit log, with a new name and the end of it, and never by the name itself", async () => {
		await team.turn(true);
		await team.settle(alice, true, "Queen");
		await team.settle(alice, true, "Queen");
		await team.settle(alice, true, "King");
		await team.settle(alice, false);
		await team.settle(alice, false);
		const audit = (await (await alice.ask("/api/user/audit")).json()) as { action: string }[];
		const own = audit.filter(({ action }) => action.startsWith("leaderboard."));
		expect(own.map(({ action }) => action)).toEqual([
			"leaderboard.left",
			"leaderboard.renamed",
			"leaderboard.joined",
		]);
		expect(JSON.stringify(audit)).not.toMatch(/Queen|King/);
	});

	test.each(["", "\u202eeve", "a\nb", "x".repeat(51), "x".repeat(201)])("not as %j", async (name) => {
		await team.turn(true);
		const answer = await team.settle(alice, true, name);
		expect([answer.status, ((await answer.json()) as BoardAnswer).code]).toEqual([422, "invalid_body"]);
		expect(
			await server.db.all("select leaderboard_at from preferences where leaderboard_at is not null"),
		).toEqual([]);
	});

	test("under no name that somebody else has there or is known by, or one that looks the same", async () => {
		await team.turn(true);
		expect((await team.settle(alice, true, "Queen")).status).toBe(200);
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
			expect([name, (await team.settle(bob, true, name)).status]).toEqual([name, 409]);
		expect((await team.settle(bob, true, "Bob")).status).toBe(200);
		expect((await team.settle(alice, true, "queen")).status).toBe(200);
		await team.settle(alice, false);
		expect((await team.settle(bob, true, "Queen")).status).toBe(200);
		expect((await team.settle(alice, true)).status).toBe(409);
		expect((await team.settle(alice, true, "Queen B")).status).toBe(200);
	});

	test("ends at once: with the next answer nobody is told of who has left, whoever else is there", async () => {
		await team.fill();
		await team.use(ada, 1);
		await team.settle(ada, true, "King");
		expect(await team.names(bob)).toEqual(["Queen", "Bishop", "Rook", "King"]);
		await team.settle(alice, false);
		for (const period of ["daily", "weekly", "monthly", "all"])
			expect(await team.names(bob, period)).toEqual(["Bishop", "Rook", "King"]);
		expect(await team.names(alice)).toEqual(["Bishop", "Rook", "King"]);
	});

	test("two who want one name at the same time do not both get it", async () => {
		await team.turn(true);
		const people = await Promise.all(Array.from({ length: 8 }, (_, i) => server.join(`p${i}`)));
		const answers = await Promise.all(people.map((person) => team.settle(person, true, "Queen")));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, ...new Array<number>(7).fill(409)]);
	});

	test("ends with the account: whoever is disabled is on it no more, and nothing comes back by settling it", async () => {
		await team.fill();
		await team.use(ada, 1);
		await team.settle(ada, true, "King");
		await ada.send("PATCH", `/api/admin/users/${bob.account.id}`, { disabled: true });
		expect(await team.names(alice)).toEqual(["Queen", "Bishop", "King"]);
		expect((await team.settle(bob, true, "Rook 2")).status).toBe(401);
		await alice.send("DELETE", "/api/user", { confirm: "alice" });
		expect(await team.names(ada)).toEqual([]);
		expect((await team.settle(alice, true, "Queen")).status).toBe(401);
		const left = await server.db.all("select 1 from preferences where user = ?", [alice.account.user]);
		expect(left).toEqual([]);
	});
});
