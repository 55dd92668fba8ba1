import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Reader } from "../../src/ledger/database.ts";
import { listBlocks } from "../../src/reports/blocks.ts";
import { listBranches } from "../../src/reports/branches.ts";
import { listDays } from "../../src/reports/days.ts";
import { listMachines } from "../../src/reports/machines.ts";
import { listModels } from "../../src/reports/models.ts";
import { listProjects } from "../../src/reports/projects.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import { type Asker, type Dimension, usedBy } from "../../src/reports/source.ts";
import { findTotals } from "../../src/reports/totals.ts";
import { parseDay } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import type { NameFilter, UsageFilter } from "../../src/usage/filter.ts";
import { sumUsage } from "../../src/usage/usage.ts";
import { DESKTOP, eventOf, ingestAll, LAPTOP, openTestLedger, type TestLedger } from "../support/ledger.ts";
import { eventsAt, filterNear, momentsIn } from "../support/naive-usage.ts";
import { runs } from "../support/runs.ts";

const DAY = parseDay("2026-03-02") ?? Number.NaN;

/** One zone under two names; the second is not the one in which a person's days are kept. */
const TWINS = [
	["UTC", "Etc/Zulu"],
	["Europe/Berlin", "europe/berlin"],
	["America/New_York", "US/Eastern"],
	["Asia/Kolkata", "Asia/Calcutta"],
	["Asia/Kathmandu", "Asia/Katmandu"],
	["Australia/Lord_Howe", "Australia/LHI"],
	["America/Sao_Paulo", "Brazil/East"],
	["Pacific/Chatham", "NZ-CHAT"],
] as const;

describe("the table that is read", () => {
	const tableOf = async (filter: Partial<UsageFilter>, ...dimensions: Dimension[]): Promise<string> => {
		const ledger = await openTestLedger({ zone: "Europe/Berlin" });
		await ingestAll(ledger, [eventOf()]);
		const asked = { zone: "Europe/Berlin", mode: "calculate", ...filter } as const;
		const { sql } = await usedBy(ledger.db, ledger.user, asked, dimensions);
		return /\b(model_days|usage_days|usage_months|branch_days|usage_slots|parts)\b/.exec(sql)?.[0] ?? sql;
	};
	const only = (name: string): NameFilter => ({ only: [name], not: [] });

	test("is that of the person's own days, whichever are asked for", async () => {
		expect(await tableOf({}, "day")).toBe("model_days");
		expect(await tableOf({ since: DAY, until: DAY }, "day", "project")).toBe("usage_days");
		expect(await tableOf({ since: DAY, until: DAY + 40 }, "machine")).toBe("usage_days");
	});

	test("is the same in any zone where no day is asked for", async () => {
		expect(await tableOf({ zone: "Asia/Tokyo" }, "project")).toBe("usage_months");
		expect(await tableOf({ zone: "Asia/Tokyo" }, "project", "branch")).toBe("branch_days");
	});

	test("is that of months where whole ones are asked for, with the days before and after them", async () => {
		const ledger = await openTestLedger();
		await ingestAll(ledger, [eventOf()]);
		const asked = { zone: "UTC", mode: "calculate" } as const;
		const stretchesOf = async (since?: string, until?: string) => {
			const filter = { ...asked, since: since && parseDay(since), until: until && parseDay(until) };
			const { sql, parameters } = await usedBy(ledger.db, ledger.user, filter as UsageFilter, ["project"]);
			return [...sql.matchAll(/from (\w+)/g)].map((match, i) => [
				match[1],
				...parameters.slice(3 * i + 1, 3 * i + 3),
			]);
		};
		const day = (text: string) => parseDay(text) ?? Number.NaN;
		expect(await stretchesOf("2026-01-20", "2026-04-10")).toEqual([
			["usage_days", day("2026-01-20"), day("2026-01-31")],
			["usage_months", 56 * 12 + 1, 56 * 12 + 2],
			["usage_days", day("2026-04-01"), day("2026-04-10")],
		]);
		expect(await stretchesOf("2026-01-02", "2026-02-27")).toEqual([
			["usage_days", day("2026-01-02"), day("2026-02-27")],
		]);
		expect(
			(await stretchesOf("2026-01-01", "2026-01-31")).filter(([, from, to]) => Number(from) <= Number(to)),
		).toEqual([["usage_months", 56 * 12, 56 * 12]]);
	});

	test("is that of branches only for these", async () => {
		expect(await tableOf({}, "day", "branch")).toBe("branch_days");
	});

	test("is that of quarters of an hour for the days of another zone", async () => {
		expect(await tableOf({ zone: "Asia/Kathmandu" }, "day")).toBe("usage_slots");
		expect(await tableOf({ zone: "Asia/Tokyo", since: DAY })).toBe("usage_slots");
	});

	test("is that of the events where nothing narrower knows", async () => {
		expect(await tableOf({ zone: "Asia/Tokyo" }, "day", "branch")).toBe("parts");
		expect(await tableOf({}, "branch", "machine")).toBe("parts");
		expect(await tableOf({ machine: only("laptop") }, "branch")).toBe("parts");
		expect(await tableOf({ zone: "+05:20" }, "day")).toBe("parts");
		expect(await tableOf({ mode: "auto" })).toBe("parts");
		expect(await tableOf({ mode: "display" }, "day")).toBe("parts");
	});
});

/** What all reports say, each without what only it can tell. */
async function answers(db: Reader, asker: Asker, filter: UsageFilter) {
	const branches = await listBranches(db, asker, filter);
	const [days, projects] = [await listDays(db, asker, filter), await listProjects(db, asker, filter)];
	expect(sumUsage(branches)).toEqual(sumUsage(projects));
	expect(sumUsage(days)).toEqual(sumUsage(projects));
	return {
		days,
		projects,
		branches,
		models: await listModels(db, asker, filter),
		machines: await listMachines(db, asker, filter),
		totals: await findTotals(db, asker, filter),
		sessions: await listSessions(db, asker, filter),
		blocks: await listBlocks(db, asker, filter, 0),
	};
}

/** A ledger of two machines, in which no line reported a cost, so that two modes say the same. */
async function ledgerOf(events: readonly UsageEvent[], zone: string): Promise<TestLedger> {
	const ledger = await openTestLedger({ zone });
	const plain = events.map((event) => ({ ...event, reportedNanoUsd: undefined }));
	await ingestAll(ledger, plain.slice(2));
	await ingestAll(ledger, plain.slice(0, 2), { machine: DESKTOP });
	return ledger;
}

describe("the same question gets the same integers", () => {
	const names = (...known: string[]) =>
		fc.option(fc.record({ only: fc.subarray(known), not: fc.subarray(known, { maxLength: 1 }) }), {
			nil: undefined,
		});
	const asked = fc.constantFrom(...TWINS).chain(([zone, twin]) =>
		eventsAt(momentsIn(zone)).chain((events) =>
			fc.record({
				events: fc.constant(events),
				zone: fc.constant(zone),
				twin: fc.constant(twin),
				days: filterNear(events, zone),
				project: names("/home/ada/app", "/home/ada/web"),
				model: names("cheap", "dear"),
				machine: names("laptop", DESKTOP.uuid),
			}),
		),
	);

	test("from the person's days, from quarters of an hour and from the events, whatever the filter", async () => {
		await fc.assert(
			fc.asyncProperty(asked, async ({ events, zone, twin, days, project, model, machine }) => {
				const { db, user } = await ledgerOf(events, zone);
				const filter: UsageFilter = { ...days, mode: "calculate", project, model, machine };
				const own = await answers(db, user, filter);
				expect(await answers(db, user, { ...filter, zone: twin })).toEqual(own);
				expect(await answers(db, user, { ...filter, mode: "auto" })).toEqual(own);
			}),
			runs(60),
		);
	});

	test("whatever zone the person's days are kept in", async () => {
		const zones = fc.tuple(fc.constantFrom(...TWINS), fc.constantFrom(...TWINS));
		await fc.assert(
			fc.asyncProperty(asked, zones, async ({ events, days }, [[first], [second]]) => {
				const one = await ledgerOf(events, first);
				const other = await ledgerOf(events, second);
				expect(await answers(other.db, other.user, days)).toEqual(await answers(one.db, one.user, days));
			}),
			runs(30),
		);
	});
});

describe("a filter's names", () => {
	const totalOf = async (names: Partial<UsageFilter>, mode: UsageFilter["mode"] = "calculate") => {
		const ledger = await openTestLedger();
		await ingestAll(ledger, [
			eventOf({ id: "msg_1", project: "/app", input: 1 }),
			eventOf({ id: "msg_2", project: "/app's \"%_*", model: "dear", input: 10 }),
			eventOf({ id: "msg_3", project: undefined, input: 100 }),
		]);
		await ingestAll(ledger, [eventOf({ id: "msg_4", project: "/app", input: 1000 })], { machine: DESKTOP });
		return (await findTotals(ledger.db, ledger.user, { zone: "UTC", mode, ...names })).input;
	};

	test.each<[string, Partial<UsageFilter>, number]>([
		["a project", { project: { only: ["/app"], not: [] } }, 1001],
		["one of two projects", { project: { only: ["/app", "/app's \"%_*"], not: [] } }, 1011],
		["no wildcard", { project: { only: ["/app%", "*", "_"], not: [] } }, 0],
		["all but a project", { project: { only: [], not: ["/app"] } }, 110],
		["the unknown project", { project: { only: [""], not: [] } }, 100],
		["a model", { model: { only: ["dear"], not: [] } }, 10],
		["all but a model", { model: { only: [], not: ["dear"] } }, 1101],
		["a machine by label", { machine: { only: ["desktop"], not: [] } }, 1000],
		["a machine by id", { machine: { only: [LAPTOP.uuid], not: [] } }, 111],
		["all but a machine", { machine: { only: [], not: ["laptop"] } }, 1000],
		["a name that there is not", { model: { only: ["nothing"], not: [] } }, 0],
		["several at once", { project: { only: ["/app"], not: [] }, machine: { only: [], not: ["desktop"] } }, 1],
	])("keep to %s", async (_what, names, input) => {
		expect(await totalOf(names)).toBe(input);
		expect(await totalOf(names, "auto")).toBe(input);
	});
});
