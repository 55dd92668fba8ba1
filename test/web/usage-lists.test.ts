import { describe, expect, test } from "bun:test";
import { AT } from "../support/ledger.ts";
import { saveReportedBlock, saveReportedDay, saveReportedSession } from "../support/reported.ts";
import { BOBS, nextOf, startUsageServer, tellUsage, timesFrom } from "../support/usage-api.ts";

const usage = await startUsageServer(tellUsage(timesFrom(AT, 60), 2));
const { server, alice, get, walk } = usage;
const { user } = alice.account;
for (const label of ["old", "older", "smörgås 🥪", "\u{ffff}", "laptop"]) {
	await saveReportedDay(server.db, user, { label });
	await saveReportedSession(server.db, user, { label });
	await saveReportedBlock(server.db, user, { label });
}

type Rows = Record<string, unknown>[];

/** The lists of usage, and what makes them whole. */
const LISTS = [
	"/api/usage/aggregate?x=1",
	"/api/machines?x=1",
	"/api/usage/sessions?limit=1000",
	"/api/usage/blocks?x=1",
	"/api/usage/blocks?machineId=laptop",
	"/api/usage/projects?since=2026-03-01&limit=100",
	"/api/usage/projects/flattened?since=2026-03-01&limit=100",
	...["hour", "day", "week"].map((period) => `/api/usage/analytics/patterns?period=${period}`),
	...["session", "project", "day", "model", "branch", "machine"].map(
		(group) => `/api/usage/analytics/costs?groupBy=${group}`,
	),
];

/** The rows of an answer: they are all of it, or stand in it under some name. */
function rowsOf(body: unknown): Rows {
	const rows = [body, ...Object.values(body as object)].find(Array.isArray);
	if (!rows) throw new Error("the answer has no rows");
	return rows;
}

/** The same address with other parameters. */
function withQuery(path: string, query: Record<string, string>): string {
	const [address, text] = path.split("?");
	const parameters = new URLSearchParams(text);
	for (const [name, value] of Object.entries(query)) parameters.set(name, value);
	return `${address}?${parameters}`;
}

describe.each(LISTS)("%s", (path) => {
	test("is the same read page by page, whatever the length of a page", async () => {
		const whole = rowsOf(await get(path));
		expect(whole.length).toBeGreaterThan(1);
		for (const limit of ["1", "2", "7"]) {
			const pages = (await walk<unknown>(withQuery(path, { limit }))).map(rowsOf);
			expect(pages.flat()).toEqual(whole);
			expect(pages.slice(0, -1).every((page) => page.length === Number(limit))).toBe(true);
			expect(pages.at(-1)?.length).toBeGreaterThan(0);
		}
		expect(server.reported).toEqual([]);
	});

	test("says nothing of a next page where there is none", async () => {
		const whole = rowsOf(await get(path));
		for (const limit of [whole.length, whole.length + 1]) {
			const response = await alice.ask(withQuery(path, { limit: `${limit}` }));
			expect(response.headers.get("link")).toBeNull();
		}
	});

	test("takes a number out of range as the nearest", async () => {
		for (const limit of ["0", "-5", `-${"9".repeat(400)}`]) {
			expect(rowsOf(await get(withQuery(path, { limit })))).toHaveLength(1);
		}
		const whole = rowsOf(await get(path));
		for (const limit of ["1000000", "9".repeat(400)]) {
			expect(rowsOf(await get(withQuery(path, { limit })))).toEqual(whole);
		}
	});

	test("as a table has a line a row, page by page too, and the same columns in each", async () => {
		const whole = rowsOf(await get(path));
		const response = await alice.ask(withQuery(path, { format: "csv" }));
		expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
		expect((await response.text()).trimEnd().split("\r\n")).toHaveLength(whole.length + 1);
		const first = await alice.ask(withQuery(path, { format: "csv", limit: "1" }));
		expect((await first.text()).trimEnd().split("\r\n")).toHaveLength(2);
		expect(nextOf(first)).toContain("format=csv");
		const names = new Set(whole.map((row) => Object.keys(row).join()));
		expect(names.size).toBe(1);
	});

	test("drops what it does not know, and repeats it nowhere", async () => {
		const whole = rowsOf(await get(path));
		const strange = withQuery(path, { user_id: "2", username: "bob", "%00": "x" });
		expect(rowsOf(await get(strange))).toEqual(whole);
		expect((await alice.ask(withQuery(strange, { limit: "1" }))).headers.get("link")).not.toMatch(
			/user|bob|%00/,
		);
	});

	test.each([
		["limit", "ten"],
		["limit", "1.5"],
		["limit", ""],
		["limit", "1e3"],
		["format", "xml"],
		["cursor", ""],
		["cursor", "1"],
		["cursor", "not a cursor"],
		["cursor", Buffer.from("[]").toString("base64url")],
		["cursor", Buffer.from("{}").toString("base64url")],
		["cursor", Buffer.from('["sessions","x","y","z"]').toString("base64url")],
		["cursor", Buffer.from('["aggregate","1"]').toString("base64url")],
		["cursor", Buffer.from('["machines",1,2,3]').toString("base64url")],
		["cursor", Buffer.from('["blocks","1e9","",""]').toString("base64url")],
		["cursor", "🥪"],
	])("does not understand %s=%s", async (name, value) => {
		await expectNotUnderstood(withQuery(path, { [name]: value }), name, value);
	});

	test("does not understand a parameter that comes twice", async () => {
		for (const name of ["limit", "cursor", "format"]) {
			await expectNotUnderstood(`${withQuery(path, { [name]: "1" })}&${name}=1`, name, "1&");
		}
	});
});

async function expectNotUnderstood(path: string, name: string, value: string): Promise<void> {
	const response = await alice.ask(path);
	expect(response.status).toBe(422);
	const problem = (await response.json()) as { error: string; code: string; fields: string[] };
	expect(problem).toMatchObject({ code: "invalid_query", fields: [name] });
	if (value.length > 5) expect(JSON.stringify(problem)).not.toContain(value);
}

const DATED = LISTS.filter((path) => !path.startsWith("/api/machines"));

describe.each(DATED)("the days of %s", (path) => {
	test.each([
		"",
		"yesterday",
		"2026-02-30",
		"2026-13-01",
		"2026-3-1",
		"202603-01",
		"2026-03-01T00:00:00Z",
		"1",
	])("cannot be %p", async (value) => {
		for (const name of ["since", "until"])
			await expectNotUnderstood(withQuery(path, { [name]: value }), name, value);
	});

	test("can be before all usage and after it: then there is nothing", async () => {
		expect(rowsOf(await get(withQuery(path, { since: "2026-01-01", until: "20260201" })))).toEqual([]);
		expect(rowsOf(await get(withQuery(path, { since: "9999-12-31" })))).toEqual([]);
		expect(rowsOf(await get(withQuery(path, { since: "2026-05-01", until: "2026-03-01" })))).toEqual([]);
	});

	test("tell nothing of a machine of somebody else", async () => {
		for (const machineId of [BOBS.uuid, BOBS.label, "' or 1=1 --", "%", "laptop%"]) {
			expect(rowsOf(await get(withQuery(path, { machineId })))).toEqual([]);
		}
	});
});

test("a page goes on where it ended, though rows before it came meanwhile", async () => {
	const path = "/api/usage/sessions?limit=2";
	const before = await walk<Rows>(path);
	const [first = []] = before;
	const next = nextOf(await alice.ask(path)) ?? "";
	await saveReportedSession(server.db, user, { session: "newest", started_at: AT, ended_at: AT + 1e10 });
	expect(await walk<Rows>(next)).toEqual(before.slice(1));
	const [latest] = await get<Rows>(path);
	expect(latest).toMatchObject({ session_id: "newest" });
	expect(first).not.toContainEqual(latest);
});
