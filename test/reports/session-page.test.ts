import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Reader } from "../../src/ledger/database.ts";
import { listSessionPage } from "../../src/reports/session-page.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import { DESKTOP, ingestAll, openTestLedger } from "../support/ledger.ts";
import { eventsAt, filterNear, momentsIn } from "../support/naive-usage.ts";
import { PATIENCE, runs } from "../support/runs.ts";

test(
	"page by page they are the sessions of the whole list, latest first, whatever is asked for",
	async () => {
		const asked = eventsAt(momentsIn("Europe/Berlin"), 20).chain((events) =>
			fc.record({
				events: fc.constant(events),
				days: filterNear(events, "Europe/Berlin"),
				machine: fc.option(fc.record({ only: fc.constant(["desktop"]), not: fc.constant([]) }), {
					nil: undefined,
				}),
				limit: fc.integer({ min: 1, max: 4 }),
			}),
		);
		await fc.assert(
			fc.asyncProperty(asked, async ({ events, days, machine, limit }) => {
				const ledger = await openTestLedger({ zone: "Europe/Berlin" });
				await ingestAll(ledger, events.slice(2));
				await ingestAll(ledger, events.slice(0, 2), { machine: DESKTOP });
				const filter: UsageFilter = { ...days, mode: "calculate", machine };
				const whole = await listSessions(ledger.db, ledger.user, filter);
				const expected = whole.toSorted((a, b) => b.lastAt - a.lastAt || (a.session < b.session ? -1 : 1));
				const paged: unknown[] = [];
				for (let after: { lastAt: number; session: string } | undefined; ; ) {
					const rows = await listSessionPage(ledger.db, ledger.user, filter, { after, limit });
					paged.push(...rows.map(({ machine: _, label: __, ...row }) => row));
					after = rows.at(-1);
					if (rows.length < limit) break;
				}
				expect(paged).toEqual(expected);
			}),
			runs(60),
		);
	},
	PATIENCE,
);

test("a page is read from the latest part on, and looks at no session but its own", async () => {
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
	const filter: UsageFilter = { zone: "UTC", mode: "calculate", machine: { only: ["laptop"], not: [] } };
	for (const machine of [undefined, filter.machine]) {
		plans.length = 0;
		const page = { projectPart: "app", after: { lastAt: 1, session: "s" }, limit: 50 };
		await listSessionPage(watched, user, { ...filter, machine }, page);
		const searchOf = (name: string) => plans.find((detail) => detail.startsWith(`SEARCH ${name} `));
		expect(searchOf("part")).toContain("INDEX session_parts_last (user=? AND last_at>? AND last_at<?)");
		expect(searchOf("later")).toContain("PRIMARY KEY (user=? AND session=?");
		expect(searchOf("used")).toContain("PRIMARY KEY (user=? AND session=?");
		const sorts = plans.filter((detail) => detail.endsWith("ORDER BY"));
		expect(sorts).toContain("USE TEMP B-TREE FOR LAST TERM OF ORDER BY");
	}
});
