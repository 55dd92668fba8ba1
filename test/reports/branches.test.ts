import { expect, test } from "bun:test";
import { listBranches } from "../../src/reports/branches.ts";
import { AT, DAY, eventOf, HOUR, ingestAll, openTestLedger } from "../support/ledger.ts";
import { rowOf } from "../support/naive-usage.ts";

test("branches come by project and name; one name in two projects is two branches, and none is one too", async () => {
	const ledger = await openTestLedger();
	const [appMain, webMain, appNone, appLater] = [
		eventOf({ id: "msg_1", project: "/app", branch: "main" }),
		eventOf({ id: "msg_2", project: "/web", branch: "main", model: "dear" }),
		eventOf({ id: "msg_3", project: "/app", branch: undefined, model: "unheard-of" }),
		eventOf({ id: "msg_4", project: "/app", branch: "main", model: "dear", at: AT + DAY }),
	];
	await ingestAll(ledger, [appMain, webMain, appNone, appLater]);
	const expected = [
		{ project: "/app", branch: "", ...rowOf([appNone], "calculate") },
		{ project: "/app", branch: "main", ...rowOf([appMain, appLater], "calculate") },
		{ project: "/web", branch: "main", ...rowOf([webMain], "calculate") },
	];
	for (const zone of ["UTC", "Asia/Tokyo"]) {
		for (const mode of ["calculate", "auto"] as const) {
			expect(await listBranches(ledger.db, ledger.user, { zone, mode })).toEqual(expected);
		}
	}
});

test("in a zone that is not the person's own, days are cut to the millisecond all the same", async () => {
	const ledger = await openTestLedger();
	const midnight = Date.parse("2026-03-02T18:15:00Z");
	await ingestAll(ledger, [
		eventOf({ id: "msg_1", at: midnight - 1, branch: "before" }),
		eventOf({ id: "msg_2", at: midnight, branch: "after" }),
		eventOf({ id: "msg_3", at: midnight + 24 * HOUR, branch: "later" }),
	]);
	const day = Date.UTC(2026, 2, 3) / DAY;
	const filter = { zone: "Asia/Kathmandu", mode: "calculate", since: day, until: day } as const;
	const rows = await listBranches(ledger.db, ledger.user, filter);
	expect(rows.map(({ branch }) => branch)).toEqual(["after"]);
});
