import { beforeEach, describe, expect, test } from "bun:test";
import { parse } from "node:path";
import { forgetBefore } from "../../src/ledger/forgetting.ts";
import { findUser } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { exported, type Line, linesOf } from "../support/exported.ts";
import { schemaColumns } from "../support/full-ledger.ts";
import { makeWorld, noLimits } from "../support/isolation.ts";
import { DAY, DESKTOP, eventOf, HOUR, ingestAll, LAPTOP } from "../support/ledger.ts";
import { type Person, TestServer } from "../support/server.ts";
import { unzipped } from "../support/unzipped.ts";

let server: TestServer;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start({ limits: noLimits() });
	({ alice, bob } = await server.joinAll());
});

async function give(person: Person, events: readonly UsageEvent[], machine = LAPTOP): Promise<void> {
	const user = await findUser(server.db, person.account.user);
	if (!user) throw new Error("the account has no user");
	await ingestAll({ db: server.db, user }, events, { machine, now: server.now });
}

const EXTRA = { model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 };

describe("an export", () => {
	test("has a file for everything that is kept, and says what is what", async () => {
		const answer = await alice.ask("/api/user/export");
		expect(answer.headers.get("content-type")).toBe("application/zip");
		expect(answer.headers.get("content-disposition")).toBe(
			`attachment; filename="promptpulse-alice-${new Date(server.now).toISOString().slice(0, 10)}.zip"`,
		);
		expect(answer.headers.get("cache-control")).toBe("no-store");
		const files = unzipped(new Uint8Array(await answer.arrayBuffer()));
		const names = [...files.keys()];
		expect(names).toEqual([
			"README.txt",
			"settings.json",
			"events.ndjson",
			"events.csv",
			"reported_days.ndjson",
			"reported_sessions.ndjson",
			"reported_blocks.ndjson",
			"mails.ndjson",
			"audit.ndjson",
		]);
		const told = files.get("README.txt")?.toString() ?? "";
		for (const name of names.slice(1)) expect(told).toContain(parse(name).base);
		expect(told.split("\n").every((line) => line.length <= 120)).toBe(true);
		expect(server.reported).toEqual([]);
	});

	test("has each response with all that is kept of it, names and not numbers", async () => {
		const event = eventOf({
			id: "a",
			session: "s1",
			project: "/home/ada/app",
			branch: "main",
			agent: "agent-1",
			version: "2.1.0",
			speed: "fast",
			geo: "us",
			tier: "batch",
			webSearches: 2,
			reportedNanoUsd: 7,
			countedAt: eventOf().at + 5_000,
			extra: [EXTRA],
		});
		const replayed = eventOf({ id: "a", request: "again", sidechain: true });
		await give(alice, [event, replayed, eventOf({ id: "b", project: undefined, model: "unheard-of" })]);
		const files = await exported(alice);
		const events = linesOf(files, "events.ndjson");
		const one = events.find(({ key }) => key === event.key);
		expect(one).toEqual({
			key: event.key,
			at: new Date(event.at).toISOString(),
			countedAt: new Date(event.countedAt).toISOString(),
			session: "s1",
			project: "/home/ada/app",
			branch: "main",
			folder: null,
			agent: "agent-1",
			machine: LAPTOP.uuid,
			model: "cheap",
			version: "2.1.0",
			input: 10,
			output: 20,
			cacheWrite5m: 30,
			cacheWrite1h: 40,
			cacheRead: 0,
			webSearches: 2,
			speed: "fast",
			geo: "us",
			tier: "batch",
			costNanoUsd: expect.any(Number),
			reportedNanoUsd: 7,
			extra: [{ ...EXTRA, costNanoUsd: 82_500 }],
			message: event.message ?? null,
			fork: false,
			progress: false,
			sidechain: false,
			sidechainOnly: false,
			replay: false,
		});
		expect(events.find(({ key }) => key === replayed.key)).toMatchObject({
			replay: true,
			sidechainOnly: true,
		});
		expect(events.find(({ model }) => model === "unheard-of")).toMatchObject({
			project: null,
			costNanoUsd: null,
		});
		// Every column of the ledger's own table is there under some name, but for whose it is and in which order it came.
		const columns = (await schemaColumns()).filter(({ table }) => table === "events");
		expect(Object.keys(one ?? {})).toHaveLength(columns.length - ["user", "change", "unpriced"].length);
	});

	test("has as many responses and tokens as the API tells of, of any number, and the same in both forms", async () => {
		const many = Array.from({ length: 2_501 }, (_, i) =>
			eventOf({ id: `msg_${i}`, at: server.now - i * 60_000, input: i, session: `s${i >> 7}` }),
		);
		await give(alice, many);
		await give(alice, many.slice(0, 10), DESKTOP);
		await give(bob, many.slice(0, 7));
		const files = await exported(alice);
		const events = linesOf(files, "events.ndjson");
		expect(new Set(events.map(({ key }) => key))).toEqual(new Set(many.map(({ key }) => key)));
		expect(events).toHaveLength(many.length);
		const { totals } = (await (await alice.ask("/api/usage/aggregate")).json()) as {
			totals: { total_tokens: number };
		};
		const tokens = (line: Line) =>
			["input", "output", "cacheWrite5m", "cacheWrite1h", "cacheRead"].reduce(
				(sum, name) => sum + Number(line[name]),
				0,
			);
		expect(events.reduce((sum, line) => sum + tokens(line), 0)).toBe(totals.total_tokens);
		const rows = (files.get("events.csv") ?? "").trimEnd().split("\r\n");
		expect(rows).toHaveLength(1 + many.length);
		expect(rows[0]?.split(",").slice(0, 3)).toEqual(["key", "at", "countedAt"]);
		expect(rows.slice(1).map((row) => row.split(",")[0]?.replace(/^'/, ""))).toEqual(
			events.map(({ key }) => String(key)),
		);
	});

	test("has nothing in its table that a spreadsheet would take for a formula", async () => {
		await give(alice, [
			eventOf({ id: "a", project: '=HYPERLINK("http://evil.example","x")', branch: "+1", model: "@sum" }),
			eventOf({ id: "b", project: "-2+3", branch: 'quoted "name", and more', model: "cheap" }),
		]);
		const files = await exported(alice);
		const table = files.get("events.csv") ?? "";
		expect(table).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`);
		for (const cell of ["'+1", "'@sum", "'-2+3", '"quoted ""name"", and more"'])
			expect(table).toContain(cell);
		expect(linesOf(files, "events.ndjson").map(({ project }) => project)).toContain("-2+3");
	});

	test("has what a person settled, has and made, and no secret", async () => {
		await give(alice, [eventOf()]);
		await alice.send("PUT", "/api/user/retention", { months: 24 });
		const [project] = await server.db.all<{ id: number }>("select id from projects");
		await server.db.run("update projects set alias = 'The app', hidden_at = ? where id = ?", [
			server.now,
			project?.id ?? 0,
		]);
		const files = await exported(alice);
		const settings = JSON.parse(files.get("settings.json") ?? "");
		expect(settings).toMatchObject({
			account: { id: alice.account.id, username: "alice", role: "member" },
			zone: "UTC",
			retention: { keptMonths: 24, keptSince: null },
			machines: [{ machine: LAPTOP.uuid, label: "laptop", archivedAt: null }],
			projects: [{ name: "/home/ada/app", alias: "The app", mergedInto: null }],
			browsers: [{ agent: "test" }],
			invites: [],
		});
		expect(settings.keys.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
			"full",
			"ingest",
			"read",
		]);
		const columns = (await schemaColumns()).filter(({ table }) => table === "preferences");
		expect(Object.keys(settings.preferences).sort()).toEqual(
			columns
				.map(({ name }) => name)
				.filter((name) => name !== "user")
				.sort(),
		);
		const everything = [...files.values()].join("\n");
		const cookie = alice.browser.cookie?.split("=")[1] ?? "none";
		for (const secret of [...Object.values(alice.keys), cookie]) expect(everything).not.toContain(secret);
		expect(linesOf(files, "audit.ndjson").map(({ action }) => action)).toEqual(["export", "retention"]);
	});

	test("has sums of what was used before single responses were kept", async () => {
		const events = [0, 1, 40, 41].map((days) =>
			eventOf({ id: `msg_${days}`, at: server.now - days * DAY - HOUR, session: `s${days}` }),
		);
		await give(alice, events);
		const user = await findUser(server.db, alice.account.user);
		if (!user) throw new Error("the account has no user");
		await forgetBefore(server.db, user, server.now - 30 * DAY);
		const files = await exported(alice);
		expect(linesOf(files, "events.ndjson")).toHaveLength(2);
		const older = linesOf(files, "older-usage.ndjson");
		expect(older).toHaveLength(2);
		expect(older[0]).toEqual({
			from: new Date(server.now - 41 * DAY - HOUR).toISOString(),
			machine: LAPTOP.uuid,
			project: "/home/ada/app",
			model: "cheap",
			input: 10,
			output: 20,
			cacheWrite5m: 30,
			cacheWrite1h: 40,
			cacheRead: 0,
			webSearches: 0,
			responses: 1,
			unpriced: 0,
			costNanoUsd: 100_000,
		});
		expect(files.get("README.txt")).toContain("older-usage.ndjson");
	});

	test("is of oneself alone, and has everything that anyone has of oneself", async () => {
		const world = await makeWorld();
		const { person } = world.bob;
		const answer = await person.ask("/api/user/export");
		const files = unzipped(new Uint8Array(await answer.arrayBuffer()));
		const text = [...files.values()].map(String).join("\n");
		for (const other of [world.ada, world.grace, world.alice]) {
			for (const secret of other.secrets) expect(text).not.toContain(secret);
		}
		for (const kind of [
			"session",
			"project",
			"branch",
			"agent",
			"version",
			"model",
			"old",
			"old-session",
			"old-block",
		]) {
			expect(text).toContain(
				kind === "project" ? "/home/zq-bob-only/app" : `zq-bob-only-${kind === "version" ? "1.0" : kind}`,
			);
		}
		for (const word of [world.bob.email, "Dr bob", "zq-bob-only-key", "zq-bob-only-browser"]) {
			expect(text).toContain(word);
		}
	});
});
