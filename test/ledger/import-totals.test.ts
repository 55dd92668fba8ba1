import { beforeEach, describe, expect, test } from "bun:test";
import { importTotals, removeImported, type Totals, tryImport } from "../../src/ledger/import-totals.ts";
import { MOST_REPORTED } from "../../src/ledger/reported.ts";
import { findRevision } from "../../src/ledger/users.ts";
import { listImports } from "../../src/reports/imports.ts";
import { AT, DAY, eventOf, ingestAll, openTestLedger, type TestLedger } from "../support/ledger.ts";
import { block, counting, day, saveDays, session, TODAY } from "../support/reporting.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

const FROM = { source: "ccusage", now: AT };
const NOTHING = { added: 0, replaced: 0, unchanged: 0, outdone: 0, noRoom: 0, superseded: 0 };
const TOTALS: Totals = {
	days: [day(5), day(7, { day: TODAY + 1 })],
	sessions: [session(5)],
	blocks: [block(5), block(6, { block: "b2", startedAt: AT + DAY, endedAt: AT + DAY + 1 })],
};
const daysAlone = (...days: Totals["days"][number][]): Totals => ({ days, sessions: [], blocks: [] });

function keep(totals: Totals = TOTALS, from = FROM) {
	return ledger.db.transaction((tx) => importTotals(tx, ledger.user.id, totals, from));
}

function everything() {
	return ledger.db.all<object>(
		`select 'day', source, received_at, total from reported_days
		union all select 'session', source, received_at, total from reported_sessions
		union all select 'block', source, received_at, total from reported_blocks`,
	);
}

describe("an import", () => {
	test("keeps all kinds, and says what is new", async () => {
		expect(await keep()).toEqual({
			days: { ...NOTHING, added: 2 },
			sessions: { ...NOTHING, added: 1 },
			blocks: { ...NOTHING, added: 2 },
		});
		expect(await counting(ledger)).toHaveLength(5);
	});

	test("changes nothing the second time", async () => {
		await keep();
		const [rows, revision] = [await everything(), await findRevision(ledger.db, ledger.user.id)];
		expect(await keep(TOTALS, { source: "predecessor", now: AT + DAY })).toEqual({
			days: { ...NOTHING, unchanged: 2 },
			sessions: { ...NOTHING, unchanged: 1 },
			blocks: { ...NOTHING, unchanged: 2 },
		});
		expect(await everything()).toEqual(rows);
		expect(await findRevision(ledger.db, ledger.user.id)).toBe(revision);
	});

	test("replaces what has less, and leaves what has more", async () => {
		await keep(daysAlone(day(5), day(7, { day: TODAY + 1 })));
		const later = daysAlone(day(6), day(3, { day: TODAY + 1 }), day(1, { day: TODAY + 2 }));
		expect((await keep(later)).days).toEqual({ ...NOTHING, replaced: 1, outdone: 1, added: 1 });
		expect(await counting(ledger)).toEqual([
			"day laptop 2026-03-02: 6",
			"day laptop 2026-03-03: 7",
			"day laptop 2026-03-04: 1",
		]);
	});

	test("counts nothing where events tell the same, under the name of their machine alone", async () => {
		await ingestAll(ledger, [eventOf({ session: "s1" })]);
		const { days, sessions, blocks } = await keep();
		expect([days.superseded, sessions.superseded, blocks.superseded]).toEqual([1, 1, 1]);
		expect((await keep(daysAlone(day(5, { label: "other" })))).days.superseded).toBe(0);
	});

	test("gives way to events that come later", async () => {
		await keep();
		await ingestAll(ledger, [eventOf({ session: "s1" })]);
		expect(await counting(ledger)).toEqual(["block laptop b2: 6", "day laptop 2026-03-03: 7"]);
	});

	test("takes no more than there is room for, and says so", async () => {
		await saveDays(ledger, ...Array.from({ length: MOST_REPORTED - 1 }, (_, i) => day(1, { day: i })));
		expect((await keep(daysAlone(day(5, { day: 60_000 }), day(5, { day: 60_001 })))).days).toEqual({
			...NOTHING,
			added: 1,
			noRoom: 1,
		});
	});

	test("is tried without a trace, and says the same then", async () => {
		await saveDays(ledger, day(9));
		const rows = await everything();
		const tried = await tryImport(ledger.db, ledger.user.id, TOTALS, FROM);
		expect(await everything()).toEqual(rows);
		expect(await keep()).toEqual(tried);
	});

	test("is listed and removed by what it came from and by machine", async () => {
		await saveDays(ledger, day(9, { day: TODAY + 9 }));
		await keep();
		await keep(daysAlone(day(4, { label: "desktop" })), { source: "predecessor", now: AT + DAY });
		const list = () => listImports(ledger.db, ledger.user, ["ccusage", "predecessor"]);
		expect(await list()).toEqual([
			{
				...{ source: "ccusage", label: "laptop", days: 2, sessions: 1, blocks: 2, counting: 2 },
				...{ firstDay: TODAY, lastDay: TODAY + 1, costNanoUsd: 12, at: AT },
			},
			{
				...{ source: "predecessor", label: "desktop", days: 1, sessions: 0, blocks: 0, counting: 1 },
				...{ firstDay: TODAY, lastDay: TODAY, costNanoUsd: 4, at: AT + DAY },
			},
		]);
		const remove = (source: string, label?: string) =>
			ledger.db.transaction((tx) => removeImported(tx, ledger.user.id, { source, label }));
		expect(await remove("ccusage", "desktop")).toEqual({ days: 0, sessions: 0, blocks: 0 });
		expect(await remove("ccusage")).toEqual({ days: 2, sessions: 1, blocks: 2 });
		expect(await remove("predecessor", "desktop")).toEqual({ days: 1, sessions: 0, blocks: 0 });
		expect(await list()).toEqual([]);
		expect(await counting(ledger)).toEqual(["day laptop 2026-03-11: 9"]);
	});
});
