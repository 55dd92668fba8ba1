import { beforeAll, describe, expect, test } from "bun:test";
import type { Reader, Value } from "../../src/ledger/database.ts";
import { listPeopleTotals } from "../../src/reports/people-totals.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { addUser, DAY, eventOf, HOUR, ingestAll, openTestLedger, PRICES } from "../support/ledger.ts";
import { scansIn } from "../support/query-plans.ts";
import { Random } from "../support/random.ts";

/** Just after midnight in UTC, when it is another day in most zones. */
const NOW = Date.UTC(2026, 2, 1, 0, 5);
const TODAY = Math.floor(NOW / DAY);
const ZONES = ["UTC", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Kiritimati"];
/** Nano-dollars a token; the third has no price. */
const RATES: Record<string, number> = { cheap: 1_000, dear: 10_000, "unheard-of": 0 };

let db: Reader;
const events = new Map<number, UsageEvent[]>();

beforeAll(async () => {
	const first = await openTestLedger();
	db = first.db;
	const random = new Random(7);
	for (const [i, zone] of ZONES.entries()) {
		const user = i === 0 ? first.user : await addUser(first.db, { id: i + 1, zone });
		await first.db.run(
			"insert into accounts (user, id, username, role, zone_set, created_at) values (?, ?, ?, 'member', 0, 0)",
			[user.id, `id${user.id}`, `user${user.id}`],
		);
		const edges = [0, 29, 30].flatMap((days) => [NOW - days * DAY, NOW - days * DAY - 6 * 60_000]);
		const times = [...edges, ...Array.from({ length: 60 }, () => NOW - random.integer(0, 90 * 24) * HOUR)];
		const own = times.map((at, n) =>
			eventOf({
				id: `m${n}`,
				at,
				model: random.pick(Object.keys(RATES)),
				input: random.integer(0, 900),
				output: random.integer(1, 900),
				cacheWrite5m: random.integer(0, 900),
				cacheWrite1h: random.integer(0, 900),
				cacheRead: random.integer(0, 900),
			}),
		);
		events.set(user.id, own);
		await ingestAll({ db: first.db, user }, own, { prices: PRICES, now: NOW });
	}
	await first.db.run(
		"insert into accounts (user, id, username, role, zone_set, created_at) values (99, 'id99', 'idle', 'member', 0, 0)",
	);
});

/** What some responses come to, counted one by one. */
function counted(own: readonly UsageEvent[]) {
	const sum = (amountOf: (event: UsageEvent) => number) =>
		own.reduce((all, event) => all + amountOf(event), 0);
	return {
		input: sum(({ input }) => input),
		output: sum(({ output }) => output),
		cacheWrite5m: sum((event) => event.cacheWrite5m),
		cacheWrite1h: sum((event) => event.cacheWrite1h),
		cacheRead: sum((event) => event.cacheRead),
		costNanoUsd: sum((event) => tokensOf(event) * (RATES[event.model] ?? 0)),
		responses: own.length,
		unpriced: own.filter(({ model }) => model === "unheard-of").length,
	};
}

function tokensOf({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }: UsageEvent): number {
	return input + output + cacheWrite5m + cacheWrite1h + cacheRead;
}

describe("what each person used", () => {
	test("is what a count of their responses comes to, ever and in the last 30 UTC days, whatever their zones", async () => {
		const totals = await listPeopleTotals(db, TODAY);
		expect([...totals.keys()]).toEqual([...events.keys()]);
		const first = Date.parse("2026-01-31T00:00:00Z");
		for (const [user, own] of events) {
			const lately = own.filter(({ at }) => at >= first);
			expect(lately.length).toBeLessThan(own.length);
			expect(totals.get(user)).toMatchObject({ ever: counted(own), lately: counted(lately) });
		}
	});

	test("is asked of sums alone, and of the days that are meant", async () => {
		const asked: [string, readonly Value[]][] = [];
		const noting: Reader = {
			all: (sql, parameters = []) => {
				asked.push([sql, parameters]);
				return db.all(sql, parameters);
			},
			get: (sql, parameters) => db.get(sql, parameters),
		};
		await listPeopleTotals(noting, TODAY);
		expect(asked).toHaveLength(2);
		for (const [sql, parameters] of asked) {
			const scans = await scansIn(db, sql, parameters);
			expect(scans.filter((detail) => !detail.startsWith("SCAN accounts"))).toEqual([]);
			expect(sql).not.toMatch(/\b(events|usage_slots)\b/);
		}
	});
});
