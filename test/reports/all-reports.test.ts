import { beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Reader, Value } from "../../src/ledger/database.ts";
import { parseDay } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { COST_MODES, type UsageFilter } from "../../src/usage/filter.ts";
import { REPORTS } from "../support/all-reports.ts";
import {
	AT,
	addUser,
	DAY,
	DESKTOP,
	eventOf,
	ingestAll,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { scansIn } from "../support/query-plans.ts";
import { Random } from "../support/random.ts";
import { saveReportedBlock, saveReportedDay, saveReportedSession } from "../support/reported.ts";

const FILTERS: UsageFilter[] = COST_MODES.flatMap((mode) =>
	["Europe/Berlin", "Asia/Kathmandu", "+05:20"].flatMap((zone) => [
		{ mode, zone },
		{ mode, zone, since: parseDay("2026-03-05"), until: parseDay("2026-03-20") },
		{
			mode,
			zone,
			since: parseDay("2026-03-05"),
			project: { only: ["/home/p1", "/home/p2"], not: [] },
			model: { only: [], not: ["dear"] },
			machine: { only: ["laptop"], not: [] },
		},
	]),
);

/** Forty days of usage in the same projects, sessions, branches and models for whoever it is. */
function history(count: number, scale: number, random = new Random(1)): UsageEvent[] {
	return Array.from({ length: count }, (_, n) =>
		eventOf({
			id: `msg_${n}`,
			at: AT + random.integer(0, 40 * 24 * 60) * 60_000,
			model: random.pick(["cheap", "dear", "unheard-of"]),
			input: scale * random.integer(1, 100),
			session: `s${random.integer(1, 30)}`,
			project: random.pick(["/home/p1", "/home/p2", "/home/p3"]),
			branch: random.pick(["main", "dev"]),
			reportedNanoUsd: random.next() < 0.3 ? scale * 1_000_000 : undefined,
			...(random.integer(1, 5) > 1
				? {}
				: {
						extra: [
							{ model: "dear", input: scale, output: 1, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 },
						],
					}),
		}),
	);
}

test("every report is here", () => {
	const folder = join(import.meta.dir, "../../src/reports");
	const asked = /^export async function (\w+)\(\s*db: Reader,\s*(?:asker|\{[^}]*\}): Asker\b/gm;
	const names = readdirSync(folder).flatMap((name) =>
		[...readFileSync(join(folder, name), "utf8").matchAll(asked)].map((match) => match[1]),
	);
	expect(Object.keys(REPORTS).sort()).toEqual(names.sort() as string[]);
});

describe("what others use changes nothing, in no report:", () => {
	/** The ledger of one person alone, and one in which another has the same names, keys and machines. */
	let ledgers: { alone: TestLedger; shared: TestLedger; other: TestLedger };

	beforeAll(async () => {
		const zone = "Europe/Berlin";
		const alone = await openTestLedger({ zone });
		const shared = await openTestLedger({ zone });
		const other = { db: shared.db, user: await addUser(shared.db, { id: 2, zone: "Asia/Kathmandu" }) };
		const [own, foreign] = [history(120, 1), history(150, 1_000)];
		await ingestAll(other, foreign.slice(0, 100), { machine: DESKTOP });
		await ingestAll(other, [eventOf({ id: "early", at: AT - 300 * DAY, project: "/secret" })]);
		for (const ledger of [alone, shared]) {
			await ingestAll(ledger, own.slice(0, 60));
			await ingestAll(ledger, own.slice(60), { machine: DESKTOP });
		}
		await ingestAll(other, foreign.slice(100));
		for (const { db, user } of [alone, shared, other]) {
			const part = { day: Math.floor(AT / DAY) + user.id, input: user.id };
			await saveReportedDay(db, user.id, part);
			await saveReportedSession(db, user.id, { input: user.id });
			await saveReportedBlock(db, user.id, { input: user.id });
		}
		ledgers = { alone, shared, other };
	});

	test.each(Object.keys(REPORTS))("%s", async (name) => {
		const { alone, shared, other } = ledgers;
		const ask = (ledger: TestLedger, filter: UsageFilter) => REPORTS[name]?.(ledger.db, ledger.user, filter);
		for (const filter of FILTERS) {
			const answer = await ask(alone, filter);
			expect(answer).toBeDefined();
			expect(await ask(shared, filter)).toEqual(answer);
		}
		const [everything = { zone: "UTC", mode: "calculate" }] = FILTERS;
		expect(await ask(other, everything)).not.toEqual(await ask(shared, everything));
	});
});

describe("no report looks through everybody's events or sums:", () => {
	let ledger: TestLedger;

	beforeAll(async () => {
		ledger = await openTestLedger({ zone: "Europe/Berlin" });
		await ingestAll(ledger, history(2_000, 1));
		await ingestAll({ ...ledger, user: await addUser(ledger.db, { id: 2 }) }, history(2_000, 1));
	});

	test.each(Object.keys(REPORTS))("%s", async (name) => {
		const { db, user } = ledger;
		const questions = new Map<string, readonly Value[]>();
		const watched: Reader = {
			all: (sql, parameters = []) => questions.set(sql, parameters) && db.all(sql, parameters),
			get: (sql, parameters = []) => questions.set(sql, parameters) && db.get(sql, parameters),
		};
		for (const filter of FILTERS) await REPORTS[name]?.(watched, user, filter);
		expect(questions.size).toBeGreaterThan(0);
		for (const [sql, parameters] of questions) expect(await scansIn(db, sql, parameters)).toEqual([]);
	});

	test.each([
		"select * from events where input > 1",
		"select max(cost) from usage_days",
		"select key from events",
	])("the checker sees one: %s", async (sql) => {
		expect(await scansIn(ledger.db, sql, [])).toHaveLength(1);
	});
});
