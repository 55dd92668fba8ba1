import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Reader } from "../../src/ledger/database.ts";
import { listSessionList, type SessionListPage } from "../../src/reports/session-list.ts";
import { readSessionRows, type SessionListRow } from "../../src/reports/session-rows.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import { type ListPlace, SESSION_SORTS } from "../../src/usage/sessions-query.ts";
import { ORDERS } from "../../src/usage/sorting.ts";
import { sumUsage, totalTokens } from "../../src/usage/usage.ts";
import {
	AT,
	addUser,
	DAY,
	DESKTOP,
	eventOf,
	HOUR,
	ingestAll,
	MINUTE,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { eventsAt, filterNear, momentsIn } from "../support/naive-usage.ts";
import { scansIn } from "../support/query-plans.ts";
import { PATIENCE, runs } from "../support/runs.ts";

const ALL: UsageFilter = { zone: "UTC", mode: "calculate" };
const FIRST: SessionListPage = { sort: "started", order: "desc", q: "", limit: 1_000 };

test(
	"page by page, forwards and backwards, they are the sessions of the whole list, whatever it is in order by",
	async () => {
		const asked = eventsAt(momentsIn("Europe/Berlin"), 20).chain((events) =>
			fc.record({
				events: fc.constant(events),
				days: filterNear(events, "Europe/Berlin"),
				machine: fc.option(fc.constant({ only: ["desktop"], not: [] }), { nil: undefined }),
				model: fc.option(fc.constant({ only: [], not: ["cheap"] }), { nil: undefined }),
				sort: fc.constantFrom(...SESSION_SORTS),
				order: fc.constantFrom(...ORDERS),
				limit: fc.integer({ min: 1, max: 4 }),
			}),
		);
		await fc.assert(
			fc.asyncProperty(asked, async ({ events, days, machine, model, sort, order, limit }) => {
				const ledger = await openTestLedger({ zone: "Europe/Berlin" });
				await ingestAll(ledger, events.slice(2));
				await ingestAll(ledger, events.slice(0, 2), { machine: DESKTOP });
				const filter: UsageFilter = { ...days, mode: "calculate", machine, model };
				const page = { sort, order, q: "", limit };
				const { rows, count, usage } = await list(ledger, filter, { ...page, limit: 1_000 });
				const known = await listSessions(ledger.db, ledger.user, filter);
				expect(rows.map(asListed).sort(bySession)).toEqual(known.map(asListed).sort(bySession));
				expect(count).toBe(rows.length);
				expect(usage).toEqual(sumUsage(rows));
				const places: (ListPlace | undefined)[] = [];
				const forwards: SessionListRow[] = [];
				let place: ListPlace | undefined;
				do {
					const found = await list(ledger, filter, { ...page, place });
					forwards.push(...found.rows);
					expect(found.previous === undefined).toBe(place === undefined);
					places.push(found.previous);
					place = found.next;
				} while (place);
				expect(forwards).toEqual(rows);
				for (const [i, previous] of places.entries()) {
					if (!previous) continue;
					const found = await list(ledger, filter, { ...page, place: previous });
					expect(found.rows).toEqual(rows.slice((i - 1) * limit, i * limit));
				}
			}),
			runs(60),
		);
	},
	PATIENCE,
);

describe("what stands in a row", () => {
	test("is in order by what it shows, in each order", async () => {
		const ledger = await someSessions();
		const valuesOf: Record<string, (row: SessionListRow) => string | number> = {
			session: (row) => row.session,
			started: (row) => row.firstAt,
			project: (row) => row.project.split("/").at(-1)?.toLowerCase() ?? "",
			branch: (row) => row.branch,
			models: (row) => row.models[0]?.model ?? "",
			length: (row) => row.lastAt - row.firstAt,
			responses: (row) => Number(row.responses),
			tokens: (row) => Number(totalTokens(row)),
			subagents: (row) =>
				row.costNanoUsd === 0 ? -1 : Number(row.subagentNanoUsd) / Number(row.costNanoUsd),
			machine: (row) => row.label,
			cost: (row) => Number(row.costNanoUsd),
		};
		for (const sort of SESSION_SORTS) {
			for (const order of ORDERS) {
				const { rows } = await list(ledger, ALL, { ...FIRST, sort, order });
				const values = rows.map((row) => valuesOf[sort]?.(row) ?? "");
				const sign = order === "asc" ? 1 : -1;
				expect(values).toEqual(values.toSorted((a, b) => (a < b ? -sign : a > b ? sign : 0)));
			}
		}
	});

	test("is the dearest branch, and how many there are", async () => {
		const ledger = await someSessions();
		const row = await rowNamed(ledger, "s1");
		expect([row.branch, row.branches]).toEqual(["feat/rounding", 2]);
		expect(await rowNamed(ledger, "s3")).toMatchObject({ branch: "", branches: 1 });
	});

	test("is what sub-agents cost, with their extra parts", async () => {
		const ledger = await someSessions();
		expect((await rowNamed(ledger, "s1")).subagentNanoUsd).toBe(100_000);
		const advised = eventOf({
			id: "advised",
			session: "s5",
			sidechain: true,
			extra: [{ model: "dear", input: 1, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 }],
		});
		await ingestAll(ledger, [advised, eventOf({ id: "plain", session: "s5" })]);
		const row = await rowNamed(ledger, "s5");
		expect([row.subagentNanoUsd, row.costNanoUsd]).toEqual([110_000, 210_000]);
		const ofDear: UsageFilter = { ...ALL, model: { only: ["dear"], not: [] } };
		const dear = await rowNamed(ledger, "s5", ofDear);
		expect([dear.subagentNanoUsd, dear.costNanoUsd]).toEqual([10_000, 10_000]);
	});

	test("is the machine with most responses, and how many there are", async () => {
		const ledger = await someSessions();
		expect(await rowNamed(ledger, "s2")).toMatchObject({ label: "desktop", machines: 2, projects: 1 });
	});
});

describe("a search", () => {
	test.each([
		["S1", ["s1"]],
		["APP", ["s1", "s2", "s4"]],
		["round", ["s1"]],
		["main", ["s1", "s2", "s4"]],
		["100%_", ["s3"]],
		["%", ["s3"]],
		["_", ["s3"]],
		["nowhere", []],
	])("for %j finds sessions whose id, project or branch has it", async (q, expected) => {
		const ledger = await someSessions();
		for (const sort of SESSION_SORTS) {
			const { rows, count } = await list(ledger, ALL, { ...FIRST, sort, q });
			expect(rows.map(({ session }) => session).sort()).toEqual(expected);
			expect(count).toBe(expected.length);
		}
	});

	test("finds a branch only in what passes the filters", async () => {
		const ledger = await someSessions();
		const filter: UsageFilter = { ...ALL, machine: { only: ["laptop"], not: [] } };
		expect((await list(ledger, filter, { ...FIRST, q: "round" })).count).toBe(1);
		const other: UsageFilter = { ...ALL, model: { only: ["dear"], not: [] } };
		expect((await list(ledger, other, { ...FIRST, q: "main" })).rows.map(({ session }) => session)).toEqual([
			"s4",
		]);
	});
});

test("projects and machines that count under another one are that one, by the name that people gave it", async () => {
	const ledger = await someSessions();
	const { db } = ledger;
	await db.run("update projects set alias = ? where name = ?", ["Zebra", "/home/ada/app"]);
	await db.run("update projects set merged_into = (select id from projects where name = ?) where name = ?", [
		"/home/ada/app",
		"/home/ada/100%_sure",
	]);
	await db.run(
		"update machines set merged_into = (select id from machines where label = ?) where label = ?",
		["laptop", "desktop"],
	);
	const { rows } = await list(ledger, ALL, { ...FIRST, sort: "project", q: "zeb" });
	expect(rows.map(({ session, project }) => `${session} ${project}`)).toEqual(
		["s1", "s2", "s3", "s4"].map((session) => `${session} /home/ada/app`),
	);
	expect(await rowNamed(ledger, "s2")).toMatchObject({ label: "laptop", machines: 1 });
});

test("a page goes on where it was although sessions have come before it", async () => {
	const ledger = await someSessions();
	const first = await list(ledger, ALL, { ...FIRST, limit: 2 });
	await ingestAll(ledger, [eventOf({ id: "new", session: "s9", at: AT + 9 * DAY })]);
	const second = await list(ledger, ALL, { ...FIRST, limit: 2, place: first.next });
	const rest = [...first.rows, ...second.rows].map(({ session }) => session);
	expect(rest).toEqual(["s4", "s3", "s2", "s1"]);
});

test("rows of somebody else's sessions are none", async () => {
	const ledger = await someSessions();
	const other = { db: ledger.db, user: await addUser(ledger.db, { id: 2 }) };
	await ingestAll(other, [eventOf({ id: "other", session: "s1", branch: "secret" })]);
	const ids = await ledger.db.all<{ id: number }>("select id from sessions order by id");
	const all = ids.map(({ id }) => id);
	const rows = await readSessionRows(ledger.db, ledger.user, ALL, all);
	expect(rows.map(({ session }) => session)).toEqual(["s1", "s2", "s3", "s4"]);
	expect(rows.map(({ branch }) => branch)).not.toContain("secret");
	expect(await readSessionRows(other.db, other.user, ALL, all)).toMatchObject([
		{ session: "s1", branch: "secret", branches: 1, responses: 1 },
	]);
});

test("sessions are taken from their sums, and events only of single ones", async () => {
	const { db, user } = await openTestLedger();
	const plans: string[] = [];
	const looked: Reader = {
		get: () => Promise.reject(new Error("nothing is looked up")),
		all: async (sql, parameters) => {
			const plan = await db.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
			plans.push(...plan.map(({ detail }) => detail));
			expect(await scansIn(db, sql, parameters ?? [])).toEqual([]);
			return db.all(sql, parameters);
		},
	};
	await ingestAll({ db, user }, [eventOf()]);
	const names = { only: ["laptop"], not: [] };
	for (const sort of SESSION_SORTS) {
		for (const q of ["", "main"]) {
			for (const machine of [undefined, names]) {
				await listSessionList(
					looked,
					user,
					{ ...ALL, since: 0, until: 99_999, machine },
					{ ...FIRST, sort, q },
				);
			}
		}
	}
	const ofEvents = plans.filter((detail) => detail.startsWith("SEARCH e "));
	expect(ofEvents.length).toBeGreaterThan(0);
	for (const detail of ofEvents) expect(detail).toContain("INDEX events_session (session=?)");
});

function list(ledger: TestLedger, filter: UsageFilter, page: SessionListPage) {
	return listSessionList(ledger.db, ledger.user, filter, page);
}

async function rowNamed(ledger: TestLedger, session: string, filter = ALL): Promise<SessionListRow> {
	const { rows } = await list(ledger, filter, FIRST);
	const row = rows.find((other) => other.session === session);
	if (!row) throw new Error(`there is no session ${session}`);
	return row;
}

/** Four sessions, each of which differs from the others in everything. An event is 100 tokens of 1 USD a million. */
async function someSessions(): Promise<TestLedger> {
	const ledger = await openTestLedger();
	await ingestAll(ledger, [
		eventOf({ id: "a", session: "s1", at: AT }),
		eventOf({ id: "b", session: "s1", at: AT + HOUR, branch: "feat/rounding" }),
		eventOf({ id: "c", session: "s1", at: AT + HOUR, branch: "feat/rounding", sidechain: true }),
		eventOf({ id: "d", session: "s2", at: AT + DAY }),
		eventOf({
			id: "e",
			session: "s3",
			at: AT + 2 * DAY,
			project: "/home/ada/100%_sure",
			branch: undefined,
			model: "free",
		}),
		eventOf({ id: "f", session: "s4", at: AT + 3 * DAY, model: "dear" }),
		eventOf({ id: "h", session: "s4", at: AT + 3 * DAY, model: "cheap" }),
	]);
	const later = [1, 2].map((i) => eventOf({ id: `g${i}`, session: "s2", at: AT + DAY + i * MINUTE }));
	await ingestAll(ledger, later, { machine: DESKTOP });
	return ledger;
}

/** What the list of all sessions says of a session too. */
function asListed({
	session,
	project,
	firstAt,
	lastAt,
	models,
	...row
}: Awaited<ReturnType<typeof listSessions>>[number]) {
	const { input, output, costNanoUsd, responses, unpriced } = row;
	return { session, project, firstAt, lastAt, models, input, output, costNanoUsd, responses, unpriced };
}

function bySession(a: { session: string }, b: { session: string }): number {
	return a.session < b.session ? -1 : 1;
}
