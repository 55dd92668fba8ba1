import { describe, expect, test } from "bun:test";
import { SESSION_SORTS } from "../../src/usage/sessions-query.ts";
import { visitDashboard } from "../support/app.ts";
import { DAY, DESKTOP, eventOf, HOUR, ingestAll, MINUTE, openTestLedger } from "../support/ledger.ts";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { NOW } from "../support/scan.ts";
import { TestServer } from "../support/server.ts";

const COUNT = 47;

/** Sessions of one to five responses, one every twelve hours; each fifth also of a sub-agent, on another machine. */
function events() {
	return Array.from({ length: COUNT }, (_, i) =>
		Array.from({ length: 1 + (i % 5) }, (_, j) =>
			eventOf({
				id: `${i}-${j}`,
				session: `session-${String(i).padStart(2, "0")}`,
				at: NOW - i * 12 * HOUR - j * MINUTE,
				project: `/home/ada/${i % 3 === 0 ? "app" : "web"}`,
				branch: i % 4 === 0 ? "feat/search" : "main",
				model: i % 2 === 0 ? "cheap" : "dear",
				sidechain: j === 4,
				cacheRead: i * 10,
			}),
		),
	).flat();
}

async function visit() {
	const ledger = await openTestLedger();
	const all = events();
	await ingestAll(
		ledger,
		all.filter((event) => !event.sidechain),
	);
	await ingestAll(
		ledger,
		all.filter((event) => event.sidechain),
		{ machine: DESKTOP },
	);
	return visitDashboard(ledger.db);
}

type Shown = Record<string, string | number> & { sessionId: string; totalCost: number; totalTokens: number };

async function rowsOf(get: (path: string) => Promise<Response>, query = ""): Promise<Shown[]> {
	return (await (await get(`/api/views/sessions/sessions${query}`)).json()).rows;
}

function costOf(own: ReturnType<typeof events>): number {
	const nano = own.map(
		(e) =>
			(e.input + e.output + e.cacheWrite5m + e.cacheWrite1h + e.cacheRead) *
			(e.model === "dear" ? 10_000 : 1_000),
	);
	return nano.reduce((a, b) => a + b, 0) / 1e9;
}

describe("the numbers of sessions", () => {
	test("are those of the events that were put in", async () => {
		const { get } = await visit();
		const body = await (await get("/api/views/sessions/sessions?range=all")).json();
		const expected = Map.groupBy(events(), ({ session }) => session);
		expect(body.rows).toHaveLength(COUNT);
		for (const row of body.rows) {
			const own = expected.get(row.sessionId) ?? [];
			const agents = own.filter(({ sidechain }) => sidechain);
			expect(row).toMatchObject({
				responses: own.length,
				totalCost: costOf(own),
				subagentCost: costOf(agents),
				machines: agents.length > 0 ? 2 : 1,
				label: "laptop",
				branch: own[0]?.branch,
				projectPath: own[0]?.project,
				firstActivity: new Date(Math.min(...own.map(({ at }) => at))).toISOString(),
				lastActivity: new Date(Math.max(...own.map(({ at }) => at))).toISOString(),
			});
		}
		expect(body.totals.sessions).toBe(COUNT);
		expect(body.totals.responses).toBe(events().length);
		expect(body.totals.totalCost).toBeCloseTo(costOf(events()), 9);
	});

	test("are the same in the list of sessions of the API", async () => {
		const server = await TestServer.start();
		const alice = await server.join("alice");
		const user = { id: alice.account.user, zone: "UTC", horizon: 0 };
		await ingestAll({ db: server.db, user }, events());
		type Listed = { session_id: string; total_cost: number; total_tokens: number; project_path: string };
		const listed: Listed[] = await (await alice.ask("/api/usage/sessions?limit=100")).json();
		const rows = await rowsOf(alice.ask, "?range=all");
		const pick = (id: string, cost: number, tokens: number, project: unknown) => [id, cost, tokens, project];
		expect(
			rows.map((row) => pick(row.sessionId, row.totalCost, row.totalTokens, row.projectPath)).sort(),
		).toEqual(
			listed.map((row) => pick(row.session_id, row.total_cost, row.total_tokens, row.project_path)).sort(),
		);
		expect(server.reported).toEqual([]);
	});

	test("are all in the files, whatever page is shown", async () => {
		const { get } = await visit();
		const csv = await get("/api/views/sessions/sessions?range=all&size=20&format=csv");
		expect(csv.headers.get("content-disposition")).toBe('attachment; filename="promptpulse-sessions.csv"');
		expect((await csv.text()).trim().split("\r\n")).toHaveLength(COUNT + 1);
	});

	test("keep to days by last activity, and to names", async () => {
		const { get } = await visit();
		const week = await rowsOf(get, "?range=7d");
		expect(week.map(({ sessionId }) => sessionId).sort()).toEqual(
			[...Map.groupBy(events(), ({ session }) => session)]
				.filter(([, own]) => Math.max(...own.map(({ at }) => at)) >= NOW - 6 * DAY)
				.map(([session]) => session)
				.sort(),
		);
		const desktop = await rowsOf(get, `?range=all&machine=${DESKTOP.uuid}`);
		expect(desktop.map(({ responses }) => responses)).toEqual(desktop.map(() => 1));
		const found = await rowsOf(get, "?range=all&q=SEARCH");
		expect(found).toHaveLength(Math.ceil(COUNT / 4));
	});
});

describe("the page of sessions", () => {
	test.each(SESSION_SORTS)("goes through all of them by %s, and back", async (sort) => {
		const { get, reported } = await visit();
		const all = await rowsOf(get, `?range=all&sort=${sort}`);
		const seen: string[][] = [];
		let address: string | undefined = `/sessions?range=all&sort=${sort}`;
		let back: string | undefined;
		while (address) {
			const page = await elementsOf(await (await get(address)).text());
			seen.push(idsIn(page));
			back = byId(page, "previous")?.attributes.get("href");
			address = byId(page, "next")?.attributes.get("href");
		}
		expect(seen.map(({ length }) => length)).toEqual([20, 20, 7]);
		expect(seen.flat()).toEqual(all.map(({ sessionId }) => sessionId));
		const before = await elementsOf(await (await get(back ?? "")).text());
		expect(idsIn(before)).toEqual(seen[1] ?? []);
		const first = await elementsOf(
			await (await get(byId(before, "previous")?.attributes.get("href") ?? "")).text(),
		);
		expect(idsIn(first)).toEqual(seen[0] ?? []);
		expect(byId(first, "previous")?.tag).toBe("span");
		expect(reported).toEqual([]);
	});

	test("says how many there are and what they cost", async () => {
		const { get } = await visit();
		const page = await elementsOf(await (await get("/sessions?range=all&size=50")).text());
		expect(plain(byId(page, "sessions-title")?.text)).toMatch(/^47 sessions, \$0\.\d\d$/);
		expect(plain(byClass(page, "listed-shown")[0]?.text)).toBe("47 of 47 shown");
	});

	test.each([
		["sort=colour", "sort"],
		["order=up", "order"],
		["size=30", "size"],
		[`q=${"x".repeat(201)}`, "q"],
		["after=x", "after"],
		["before=WzFd", "before"],
		[`after=${Buffer.from('["one","s"]').toString("base64url")}`, "after"],
		[`after=${Buffer.from('["9223372036854775808","s"]').toString("base64url")}`, "after"],
		[`after=${Buffer.from('["1",2]').toString("base64url")}`, "after"],
	])("is none for ?%s", async (query) => {
		const { get, reported } = await visit();
		for (const path of ["/sessions", "/api/views/sessions/sessions"]) {
			expect((await get(`${path}?${query}`)).status).toBe(422);
		}
		expect(reported).toEqual([]);
	});

	test("takes any text as what is looked for", async () => {
		const { get, reported } = await visit();
		for (const q of ["%", "_", "'", '"', "\u0000", "<script>", "\ud83d\ude00", "a'; drop table events; --"]) {
			for (const sort of SESSION_SORTS) {
				const response = await get(`/sessions?${new URLSearchParams({ q, sort, range: "all" })}`);
				expect(response.status).toBe(200);
			}
		}
		expect(reported).toEqual([]);
	});
});

test("nobody sees sessions of somebody else, nor finds them", async () => {
	const server = await TestServer.start();
	const alice = await server.join("alice");
	const bob = await server.join("bob");
	const ledgerOf = (user: number) => ({ db: server.db, user: { id: user, zone: "UTC", horizon: 0 } });
	await ingestAll(ledgerOf(alice.account.user), events());
	const own = [eventOf({ id: "bob", session: "session-bob", at: NOW, branch: "feat/search" })];
	await ingestAll(ledgerOf(bob.account.user), own);
	for (const sort of SESSION_SORTS) {
		for (const q of ["", "session", "feat/search", "ada"]) {
			const rows = await rowsOf(bob.ask, `?${new URLSearchParams({ range: "all", sort, q })}`);
			expect(rows.map(({ sessionId }) => sessionId)).toEqual(["session-bob"]);
		}
	}
	expect(server.reported).toEqual([]);
});

function idsIn(page: Awaited<ReturnType<typeof elementsOf>>): string[] {
	return byClass(page, "listed-id").map(({ attributes }) => attributes.get("title") ?? "");
}
