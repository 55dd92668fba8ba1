import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Reader } from "../../src/ledger/database.ts";
import { barsOf, MOST_BARS } from "../../src/reports/session-bars.ts";
import { listNeighbours } from "../../src/reports/session-neighbours.ts";
import { findSession } from "../../src/reports/session-parts.ts";
import { listResponses, MAIN_LANE, SIDE_LANE } from "../../src/reports/session-responses.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import { NO_USAGE, sumUsage } from "../../src/usage/usage.ts";
import { AT, addUser, DAY, DESKTOP, eventOf, ingestAll, MINUTE, openTestLedger } from "../support/ledger.ts";
import { eventsAt, momentsIn } from "../support/naive-usage.ts";
import { PATIENCE, runs } from "../support/runs.ts";

const ALL = { zone: "UTC", mode: "calculate" } as const;

describe("a session", () => {
	test(
		"is the same in its figures as in the list, and the sum of its responses",
		async () => {
			await fc.assert(
				fc.asyncProperty(eventsAt(momentsIn("UTC"), 20), async (events) => {
					const { db, user } = await openTestLedger();
					await ingestAll({ db, user }, events.slice(2));
					await ingestAll({ db, user }, events.slice(0, 2), { machine: DESKTOP });
					for (const row of await listSessions(db, user, ALL)) {
						const { machines, ...found } = (await findSession(db, user, row.session)) ?? {};
						expect(found).toEqual(row);
						expect(machines?.length).toBeGreaterThan(0);
						const counted = (await listResponses(db, user, row.session)).filter(({ isReplay }) => !isReplay);
						const { models: _, session, project, firstAt, lastAt, ...usage } = row;
						expect(sumUsage(counted.map((response) => response.usage))).toEqual(usage);
						expect([counted[0]?.at, counted.at(-1)?.at]).toEqual([firstAt, lastAt]);
					}
				}),
				runs(60),
			);
		},
		PATIENCE,
	);

	test("comes by time, then by key, with its lanes, its copies and what it repeats", async () => {
		const { db, user } = await openTestLedger();
		const main = eventOf({ id: "m1", request: "a", at: AT });
		const repeated = eventOf({
			id: "m1",
			request: "b",
			at: AT + MINUTE,
			sidechain: true,
			sidechainOnly: true,
		});
		const agent = eventOf({ id: "m2", at: AT + MINUTE, agent: "a1", sidechain: true, sidechainOnly: true });
		const side = eventOf({ id: "m3", at: AT + 2 * MINUTE, sidechain: true, sidechainOnly: true, fork: true });
		await ingestAll({ db, user }, [side, agent, repeated, main]);
		const rows = await listResponses(db, user, "s1");
		expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted((a, b) => a - b));
		const of = (key: string) => rows.find((row) => row.key === key);
		expect(of(main.key)).toMatchObject({ lane: MAIN_LANE, isReplay: false, isFork: false, branch: "main" });
		expect(of(repeated.key)).toMatchObject({ isReplay: true });
		expect(of(agent.key)).toMatchObject({ lane: "a1" });
		expect(of(side.key)).toMatchObject({ lane: SIDE_LANE, isFork: true });
	});

	test("has its extra parts in its usage, and not in its prompt", async () => {
		const { db, user } = await openTestLedger();
		const extra = [{ model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 }];
		await ingestAll({ db, user }, [eventOf({ extra })]);
		const [row] = await listResponses(db, user, "s1");
		expect(row?.usage).toMatchObject({ input: 11, output: 22, cacheRead: 5, costNanoUsd: 100_000 + 150_000 });
		expect(row?.prompt).toEqual({ input: 10, cacheWrite5m: 30, cacheWrite1h: 40, cacheRead: 0 });
	});

	test("of somebody else is not there", async () => {
		const { db, user } = await openTestLedger();
		const other = await addUser(db, { id: 2 });
		await ingestAll({ db, user: other }, [eventOf({ session: "theirs" })]);
		await ingestAll({ db, user }, [eventOf({ id: "own" })]);
		expect(await findSession(db, user, "theirs")).toBeUndefined();
		expect(await listResponses(db, user, "theirs")).toEqual([]);
		const mine = { session: "s1", project: "/home/ada/app", lastAt: AT };
		expect(await listNeighbours(db, user, mine)).toEqual([]);
	});
});

describe("sessions near another one", () => {
	test("are of its project, three each way within thirty days, whole, the earliest first", async () => {
		const ledger = await openTestLedger();
		const at = (session: string, days: number, project = "/home/ada/app") =>
			eventOf({ id: `${session}${days}`, session, at: AT + days * DAY, project });
		await ingestAll(ledger, [
			...[-40, -5, -4, -3, -2, 0, 1, 2, 3, 4].map((days) => at(`s${days}`, days)),
			at("other", -1, "/home/ada/web"),
			at("s-2", -2.5, "/home/ada/web"),
		]);
		const mine = { session: "s0", project: "/home/ada/app", lastAt: AT };
		const near = await listNeighbours(ledger.db, ledger.user, mine);
		expect(near.map(({ session }) => session)).toEqual(["s-4", "s-3", "s-2", "s1", "s2", "s3"]);
		expect(near[2]).toMatchObject({ responses: 2, firstAt: AT - 2.5 * DAY, lastAt: AT - 2 * DAY });
	});
});

test("no question looks at more than the session, or at parts of thirty days", async () => {
	const { db, user } = await openTestLedger();
	const plans: string[] = [];
	const watched: Reader = {
		get: () => Promise.reject(new Error("nothing is looked up")),
		all: async (sql, parameters) => {
			const plan = await db.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
			plans.push(...plan.map(({ detail }) => detail));
			return db.all(sql, parameters);
		},
	};
	await listResponses(watched, user, "s1");
	await findSession(watched, user, "s1");
	await listNeighbours(watched, user, { session: "s1", project: "p", lastAt: AT });
	const scans = plans.filter((detail) => /^SCAN /.test(detail));
	expect(
		scans.filter((detail) => !/^SCAN (?:places|near|chosen|\(subquery-\d+\)|\d+ CONSTANT)/.test(detail)),
	).toEqual([]);
	expect(plans).toContain("SEARCH e USING INDEX events_session (session=?)");
	expect(
		plans.some((detail) => detail.includes("session_parts_last (user=? AND last_at>? AND last_at<?)")),
	).toBe(true);
});

describe("bars", () => {
	const response = (n: number) => ({
		at: n,
		model: n % 3 === 0 ? "dear" : "cheap",
		isMain: n % 2 === 0,
		context: n,
		usage: { ...NO_USAGE, costNanoUsd: n, responses: 1 },
	});
	const responses = (count: number) => Array.from({ length: count }, (_, i) => response(i + 1));

	test("are one a response, as long as these can be told apart", () => {
		const bars = barsOf(responses(MOST_BARS));
		expect(bars).toHaveLength(MOST_BARS);
		expect(bars[2]).toMatchObject({ model: "dear", running: 6, context: undefined });
		expect(bars[3]).toMatchObject({ model: "cheap", running: 10, context: 4 });
	});

	test("sum neighbours where there are more, and lose nothing", () => {
		for (const count of [601, 1_200, 20_000]) {
			const bars = barsOf(responses(count));
			expect(bars.length).toBeLessThanOrEqual(MOST_BARS);
			expect(bars.flatMap((bar) => bar.responses)).toEqual(responses(count));
			expect(bars.at(-1)?.running).toBe((count * (count + 1)) / 2);
		}
		expect(barsOf([])).toEqual([]);
	});
});
