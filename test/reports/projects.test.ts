import { expect, test } from "bun:test";
import { listProjects } from "../../src/reports/projects.ts";
import { parseDay } from "../../src/usage/day.ts";
import { AT, DAY, DESKTOP, eventOf, HOUR, ingestAll, openTestLedger } from "../support/ledger.ts";
import { rowOf } from "../support/naive-usage.ts";

test("projects come by name, each with all of its usage, the one that is not known under no name", async () => {
	const ledger = await openTestLedger();
	const [web, app, unknown, later] = [
		eventOf({ id: "msg_1", project: "/home/ada/web" }),
		eventOf({ id: "msg_2", project: "/home/ada/app", model: "dear" }),
		eventOf({ id: "msg_3", project: undefined, model: "unheard-of" }),
		eventOf({ id: "msg_4", project: "/home/ada/app", at: AT + DAY, branch: "dev", session: "s2" }),
	];
	await ingestAll(ledger, [web, app, unknown]);
	await ingestAll(ledger, [later], { machine: DESKTOP });
	const expected = [
		{ project: "", ...rowOf([unknown], "calculate") },
		{ project: "/home/ada/app", ...rowOf([app, later], "calculate") },
		{ project: "/home/ada/web", ...rowOf([web], "calculate") },
	];
	for (const zone of ["UTC", "Asia/Tokyo"]) {
		for (const mode of ["calculate", "auto"] as const) {
			expect(await listProjects(ledger.db, ledger.user, { zone, mode })).toEqual(expected);
		}
	}
});

test("a project without usage in the days that were asked for is no row", async () => {
	const ledger = await openTestLedger();
	await ingestAll(ledger, [
		eventOf({ project: "/old", at: AT - DAY }),
		eventOf({ id: "msg_2", project: "/new", at: AT + HOUR }),
	]);
	const day = parseDay("2026-03-02");
	const rows = await listProjects(ledger.db, ledger.user, { zone: "UTC", mode: "calculate", since: day });
	expect(rows.map(({ project }) => project)).toEqual(["/new"]);
});

test("a project that a session moved to has all of its usage, and the old one is gone", async () => {
	const ledger = await openTestLedger();
	await ingestAll(ledger, [eventOf({ project: "-home-ada-app" })]);
	await ingestAll(ledger, [eventOf({ project: "/home/ada/app" })]);
	const filter = { zone: "UTC", mode: "calculate" } as const;
	expect(await listProjects(ledger.db, ledger.user, filter)).toMatchObject([
		{ project: "/home/ada/app", responses: 1 },
	]);
});
