import { beforeAll, describe, expect, test } from "bun:test";
import { listBranches } from "../../src/reports/branches.ts";
import {
	DAYS_OF,
	type DayCostRow,
	type DaysOf,
	dayCostId,
	listDayCosts,
} from "../../src/reports/day-costs.ts";
import { listMachines } from "../../src/reports/machines.ts";
import { listModels } from "../../src/reports/models.ts";
import { listProjects } from "../../src/reports/projects.ts";
import type { Asker } from "../../src/reports/source.ts";
import { COST_MODES, type UsageFilter } from "../../src/usage/filter.ts";
import { addExact, type Exact } from "../../src/usage/usage.ts";
import {
	AT,
	DAY,
	DESKTOP,
	eventOf,
	HOUR,
	ingestAll,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { Random } from "../support/random.ts";

const TODAY = Math.floor(AT / DAY) + 20;

let ledger: TestLedger;

beforeAll(async () => {
	ledger = await openTestLedger({ zone: "Europe/Berlin" });
	const random = new Random(7);
	const events = Array.from({ length: 200 }, (_, n) =>
		eventOf({
			id: `msg_${n}`,
			at: AT + random.integer(0, 20 * 24) * HOUR,
			model: random.pick(["cheap", "dear", "unheard-of"]),
			input: random.integer(1, 1_000),
			session: `s${random.integer(1, 9)}`,
			project: random.pick(["/home/p1", '/home/"p2"\\', "/home/ü"]),
			branch: random.pick(["main", "", "ü/\u2028x"]),
			reportedNanoUsd: random.next() < 0.3 ? 1_000_000 : undefined,
		}),
	);
	await ingestAll(ledger, events.slice(0, 120));
	await ingestAll(ledger, events.slice(120), { machine: DESKTOP });
});

/** What the report of one day says of each, by its id. */
async function costsOn(of: DaysOf, asker: Asker, filter: UsageFilter): Promise<[string, Exact][]> {
	const { db } = ledger;
	switch (of) {
		case "project":
			return (await listProjects(db, asker, filter)).map((row) => [dayCostId(row.project), row.costNanoUsd]);
		case "branch":
			return (await listBranches(db, asker, filter)).map((row) => [
				dayCostId(row.project, row.branch),
				row.costNanoUsd,
			]);
		case "model":
			return (await listModels(db, asker, filter)).map((row) => [dayCostId(row.model), row.costNanoUsd]);
		case "machine":
			return (await listMachines(db, asker, filter)).map((row) => [dayCostId(row.machine), row.costNanoUsd]);
		case "session":
			throw new Error("a session has no report of one day");
	}
}

const SPAN = { since: TODAY - 13, until: TODAY };

describe.each(COST_MODES)("in mode %s, costs day by day", (mode) => {
	test.each(DAYS_OF.filter((of) => of !== "session"))(
		"of each %s are those of the reports of each day",
		async (of) => {
			for (const zone of ["Europe/Berlin", "Asia/Kathmandu"]) {
				const rows = await listDayCosts(ledger.db, ledger.user, { zone, mode, ...SPAN }, of);
				const expected: DayCostRow[] = [];
				for (let day = SPAN.since; day <= SPAN.until; day++) {
					const own = await costsOn(of, ledger.user, { zone, mode, since: day, until: day });
					expected.push(...own.map(([id, costNanoUsd]) => ({ id, day, costNanoUsd })));
				}
				const sorted = (list: readonly DayCostRow[]) =>
					list.toSorted((a, b) => a.day - b.day || (a.id < b.id ? -1 : 1));
				expect(sorted(rows)).toEqual(sorted(expected));
				expect(rows.length).toBeGreaterThan(14);
			}
		},
	);

	test("of sessions add up to those of models, also with a filter", async () => {
		for (const model of [undefined, { only: ["dear"], not: [] }]) {
			const filter = { zone: "Europe/Berlin", mode, ...SPAN, model };
			const sumByDay = (rows: readonly DayCostRow[]) => {
				const sums = new Map<number, Exact>();
				for (const { day, costNanoUsd } of rows) sums.set(day, addExact(sums.get(day) ?? 0, costNanoUsd));
				return [...sums].sort(([a], [b]) => a - b);
			};
			const sessions = await listDayCosts(ledger.db, ledger.user, filter, "session");
			const models = await listDayCosts(ledger.db, ledger.user, filter, "model");
			expect(sumByDay(sessions)).toEqual(sumByDay(models));
			expect(new Set(sessions.map(({ id }) => id)).size).toBe(9);
		}
	});
});
