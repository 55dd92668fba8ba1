import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { listSessions, type SessionRow } from "../../src/reports/sessions.ts";
import { parseDay } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import { AT, DAY, DESKTOP, eventOf, HOUR, ingestAll, MINUTE, openTestLedger } from "../support/ledger.ts";
import { eventsAt, momentsIn, rowOf } from "../support/naive-usage.ts";
import { runs } from "../support/runs.ts";

const EVERYTHING: UsageFilter = { zone: "UTC", mode: "calculate" };

async function ledgerOf(...events: UsageEvent[]) {
	const ledger = await openTestLedger();
	await ingestAll(ledger, events);
	return { ...ledger, list: (filter = EVERYTHING) => listSessions(ledger.db, ledger.user, filter) };
}

test("a session is one row, with the times of its first and its last response", async () => {
	const ledger = await ledgerOf(
		eventOf({ at: AT + HOUR, model: "dear" }),
		eventOf({ id: "msg_2", at: AT }),
		eventOf({ id: "msg_3", at: AT + 3 * DAY, session: "s2", webSearches: 1 }),
	);
	expect(await ledger.list()).toEqual([
		{
			session: "s1",
			project: "/home/ada/app",
			firstAt: AT,
			lastAt: AT + HOUR,
			...rowOf([eventOf({ model: "dear" }), eventOf()], "calculate"),
		},
		{
			session: "s2",
			project: "/home/ada/app",
			firstAt: AT + 3 * DAY,
			lastAt: AT + 3 * DAY,
			...rowOf([eventOf({ webSearches: 1 })], "calculate"),
		},
	]);
});

test("a session that went on on another machine is still one", async () => {
	const ledger = await ledgerOf(eventOf());
	await ingestAll(ledger, [eventOf({ id: "msg_2", at: AT + HOUR })], { machine: DESKTOP });
	expect(await ledger.list()).toMatchObject([{ responses: 2, firstAt: AT, lastAt: AT + HOUR }]);
});

describe("the days of a filter", () => {
	const dayAfter = parseDay("2026-03-03");

	test("choose sessions by their last activity, and the figures are of the whole session", async () => {
		const { list } = await ledgerOf(
			eventOf(),
			eventOf({ id: "msg_2", at: AT + DAY }),
			eventOf({ id: "msg_3", at: AT, session: "s2" }),
			eventOf({ id: "msg_4", at: AT + 2 * DAY, session: "s3" }),
		);
		const rows = await list({ ...EVERYTHING, since: dayAfter, until: dayAfter });
		expect(rows).toMatchObject([{ session: "s1", responses: 2, firstAt: AT, lastAt: AT + DAY, input: 20 }]);
		const names = async (filter: Partial<UsageFilter>) =>
			(await list({ ...EVERYTHING, ...filter })).map(({ session }) => session);
		expect(await names({ until: parseDay("2026-03-02") })).toEqual(["s2"]);
		expect(await names({ since: dayAfter })).toEqual(["s1", "s3"]);
		expect(await names({ until: parseDay("9999-12-31") })).toEqual(["s2", "s1", "s3"]);
		expect(await names({ since: parseDay("9999-12-31") })).toEqual([]);
	});

	test("begin and end to the millisecond in the filter's zone", async () => {
		const start = Date.parse("2026-03-02T18:15:00Z");
		const { list } = await ledgerOf(
			...[start - 1, start, start + DAY - 1, start + DAY].map((at, n) =>
				eventOf({ id: `msg_${n}`, at, session: `s${n}` }),
			),
		);
		for (const mode of ["calculate", "auto"] as const) {
			const rows = await list({ zone: "Asia/Kathmandu", mode, since: dayAfter, until: dayAfter });
			expect(rows.map(({ session }) => session)).toEqual(["s1", "s2"]);
		}
	});
});

describe("the project of a session", () => {
	const inProjects = (...projects: (string | undefined)[]) =>
		projects.map((project, n) => eventOf({ id: `msg_${n}`, project, at: AT + n * MINUTE }));

	test.each([
		["the one with most responses", ["/b", "/a", "/b"], "/b"],
		["of equals the first by name", ["/b", "/a", "/b", "/a"], "/a"],
		["none where none is known", [undefined], ""],
		["none where that has most", ["/a", undefined, undefined], ""],
	])("is %s", async (_rule, projects, expected) => {
		const { list } = await ledgerOf(...inProjects(...projects));
		expect(await list()).toMatchObject([{ project: expected, responses: projects.length }]);
	});

	test("is not that of more tokens, and extra parts are no responses", async () => {
		const extra = Array.from({ length: 5 }, () => ({
			model: "dear",
			input: 1e6,
			output: 1e6,
			cacheWrite5m: 0,
			cacheWrite1h: 0,
			cacheRead: 0,
		}));
		const { list } = await ledgerOf(
			eventOf({ project: "/dear", extra }),
			eventOf({ id: "msg_2", project: "/cheap" }),
			eventOf({ id: "msg_3", project: "/cheap" }),
		);
		expect(await list()).toMatchObject([{ project: "/cheap", responses: 3 }]);
	});
});

test("sessions come by their last activity, those of one moment by name", async () => {
	const { list } = await ledgerOf(
		eventOf({ id: "msg_1", session: "c", at: AT }),
		eventOf({ id: "msg_2", session: "b", at: AT + HOUR }),
		eventOf({ id: "msg_3", session: "a", at: AT + HOUR }),
		eventOf({ id: "msg_4", session: "d", at: AT - HOUR }),
		eventOf({ id: "msg_5", session: "d", at: AT + 2 * HOUR }),
	);
	expect((await list()).map(({ session }) => session)).toEqual(["c", "a", "b", "d"]);
});

test("a replay inside a side chain is in no session", async () => {
	const { list } = await ledgerOf(eventOf(), eventOf({ request: "req_2", sidechain: true, at: AT + HOUR }));
	expect(await list()).toMatchObject([{ responses: 1, lastAt: AT }]);
});

test("whatever the events and the mode, each is in its session, and none is lost", async () => {
	const asked = fc.record({
		events: eventsAt(momentsIn("Europe/Berlin")),
		mode: fc.constantFrom("calculate", "auto", "display"),
	});
	await fc.assert(
		fc.asyncProperty(asked, async ({ events, mode }) => {
			const { list } = await ledgerOf(...events);
			const expected = [...Map.groupBy(events, ({ session }) => session)].map(([session, own]) => {
				const times = own.map(({ at }) => at);
				return {
					session,
					firstAt: Math.min(...times),
					lastAt: Math.max(...times),
					...rowOf(own, mode),
				};
			});
			expected.sort((a, b) => a.lastAt - b.lastAt || (a.session < b.session ? -1 : 1));
			const withoutProject = ({ project: _, ...row }: SessionRow) => row;
			expect((await list({ zone: "UTC", mode })).map(withoutProject)).toEqual(expected);
		}),
		runs(60),
	);
});
