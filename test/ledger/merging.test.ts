import { expect, test } from "bun:test";
import { changeMachine } from "../../src/ledger/machine-names.ts";
import { changeProject } from "../../src/ledger/project-names.ts";
import { listBranches } from "../../src/reports/branches.ts";
import { listKnownNames } from "../../src/reports/first-use.ts";
import { listMachines } from "../../src/reports/machines.ts";
import { countProjectDays } from "../../src/reports/project-days.ts";
import { listProjectSessions } from "../../src/reports/project-sessions.ts";
import { listProjectPlaces } from "../../src/reports/project-table.ts";
import { listProjects } from "../../src/reports/projects.ts";
import { listSeries } from "../../src/reports/series.ts";
import { listSessionPage } from "../../src/reports/session-page.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import { listTopSessions } from "../../src/reports/top-sessions.ts";
import { findTotals } from "../../src/reports/totals.ts";
import { listTrackedMachines } from "../../src/reports/tracked-machines.ts";
import { COST_MODES, type UsageFilter } from "../../src/usage/filter.ts";
import { projectId } from "../../src/usage/project-id.ts";
import {
	AT,
	DAY,
	DESKTOP,
	dumpLedger,
	eventOf,
	ingestAll,
	LAPTOP,
	machineNamed,
	NOW,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { Random } from "../support/random.ts";

const SERVER = machineNamed("server", 3);
const MACHINES = [LAPTOP, DESKTOP, SERVER];
const PROJECTS = ["/p/a", "/p/b", "/p/c", ""];

/** The same usage, whose projects and machines are called what `nameOf` makes of them. */
async function tell(nameOf: (project: string) => string, machineOf = (i: number) => i): Promise<TestLedger> {
	const ledger = await openTestLedger({ zone: "Europe/Berlin" });
	const random = new Random(5);
	for (let n = 0; n < 150; n++) {
		const machine = MACHINES[machineOf(random.integer(0, 2))] ?? LAPTOP;
		const event = eventOf({
			id: `m${n}`,
			at: AT + random.integer(0, 20 * DAY),
			session: `s${random.integer(1, 20)}`,
			project: nameOf(random.pick(PROJECTS)),
			branch: random.pick(["main", "dev"]),
			model: random.pick(["cheap", "dear", "none"]),
			output: random.integer(1, 500),
		});
		await ingestAll(ledger, [event], { machine });
	}
	return ledger;
}

/** Everything that names a project or a machine. */
async function told({ db, user }: TestLedger, filter: UsageFilter) {
	return {
		projects: await listProjects(db, user, filter),
		branches: await listBranches(db, user, filter),
		machines: await listMachines(db, user, filter),
		days: await countProjectDays(db, user, filter),
		own: await listProjectSessions(db, user, filter),
		places: await listProjectPlaces(db, user, filter),
		byProject: await listSeries(db, user, filter, "day", "project"),
		byMachine: await listSeries(db, user, filter, "hour", "machine"),
		sessions: await listSessions(db, user, filter),
		page: await listSessionPage(db, user, filter, { limit: 50 }),
		found: await listSessionPage(db, user, filter, { limit: 50, projectPart: "/p/b" }),
		top: await listTopSessions(db, user, filter, 5),
		tracked: (await listTrackedMachines(db, user)).map(({ lastSeen: _, ...row }) => row),
		totals: await findTotals(db, user, filter),
	};
}

test("what is merged is told as if it had always been one, in every report, mode and filter", async () => {
	const merged = await tell((project) => project);
	const { db, user } = merged;
	const before = await dumpLedger(db);
	expect(await changeProject(db, user.id, projectId("/p/a"), { mergedInto: projectId("/p/b") }, NOW)).toBe(
		"done",
	);
	expect(await changeMachine(db, user.id, DESKTOP.uuid, { mergedInto: LAPTOP.uuid }, NOW)).toBe("done");
	const one = await tell(
		(project) => (project === "/p/a" ? "/p/b" : project),
		(i) => (i === 1 ? 0 : i),
	);
	for (const mode of COST_MODES) {
		for (const zone of ["Europe/Berlin", "Asia/Kathmandu"]) {
			const all = { mode, zone };
			expect(await told(merged, all)).toEqual(await told(one, all));
			const b = { ...all, project: { only: ["/p/b"], not: [] } };
			expect(await told(merged, b)).toEqual(await told(one, b));
			expect(await told(merged, { ...all, project: { only: ["/p/a"], not: [] } })).toEqual(
				await told(one, b),
			);
			const notA = { ...all, project: { only: [], not: ["/p/a"] } };
			expect(await told(merged, notA)).toEqual(
				await told(one, { ...all, project: { only: [], not: ["/p/b"] } }),
			);
			const laptop = { ...all, machine: { only: [LAPTOP.uuid], not: [] } };
			for (const name of [LAPTOP.uuid, DESKTOP.uuid, "desktop"]) {
				const named = { ...all, machine: { only: [name], not: [] } };
				expect(await told(merged, named)).toEqual(await told(one, laptop));
			}
		}
	}
	// Usage itself is as it was.
	const { events, usage_slots, usage_days, session_parts } = await dumpLedger(db);
	expect({ events, usage_slots, usage_days, session_parts }).toEqual({
		events: before.events,
		usage_slots: before.usage_slots,
		usage_days: before.usage_days,
		session_parts: before.session_parts,
	});
	expect(await changeProject(db, user.id, projectId("/p/a"), { mergedInto: null }, NOW)).toBe("done");
	expect(
		(await listProjects(db, user, { mode: "calculate", zone: "UTC" })).map(({ project }) => project),
	).toEqual(["", "/p/a", "/p/b", "/p/c"]);
});

test("whatever is merged into what, each pointer leads to where it ends", async () => {
	const ledger = await tell((project) => project);
	const { db, user } = ledger;
	const random = new Random(9);
	const counts = { done: 0, itself: 0 };
	for (let n = 0; n < 200; n++) {
		const from = projectId(random.pick(PROJECTS));
		const into = random.next() < 0.25 ? null : projectId(random.pick(PROJECTS));
		const changed = await changeProject(db, user.id, from, { mergedInto: into }, NOW);
		if (changed === "done" || changed === "itself") counts[changed]++;
		const chains = await db.all(
			`select own.name from projects as own
			join projects as root on root.id = own.merged_into
			where root.merged_into is not null or root.id = own.id
			order by own.id`,
		);
		expect(chains).toEqual([]);
		const rows = await listProjects(db, user, { mode: "calculate", zone: "UTC" });
		expect(rows.reduce((sum, { responses }) => sum + Number(responses), 0)).toBe(150);
		const { projects, aside } = await listKnownNames(db, user);
		expect(rows.map(({ project }) => project)).toEqual(projects.toSorted());
		expect(projects.length + (aside?.projects.length ?? 0)).toBe(PROJECTS.length);
	}
	expect(counts.done).toBeGreaterThan(20);
	expect(counts.itself).toBeGreaterThan(20);
});

test("what is merged on takes along what was merged into it", async () => {
	const { db, user } = await tell((project) => project);
	const merge = (from: string, into: string) =>
		changeProject(db, user.id, projectId(from), { mergedInto: projectId(into) }, NOW);
	await merge("/p/a", "/p/b");
	await merge("/p/b", "/p/c");
	// A target that counts under another one stands for that one.
	await merge("", "/p/a");
	const { aside } = await listKnownNames(db, user);
	expect(aside?.projects.map(({ into }) => into)).toEqual(["/p/c", "/p/c", "/p/c"]);
	expect(await merge("/p/c", "/p/a")).toBe("itself");
});

test("hidden projects and archived machines are in all totals, and known as such", async () => {
	const { db, user } = await tell((project) => project);
	const filter: UsageFilter = { mode: "calculate", zone: "UTC" };
	const before = await findTotals(db, user, filter);
	await changeProject(db, user.id, projectId("/p/a"), { isHidden: true, alias: "A" }, NOW);
	await changeMachine(db, user.id, LAPTOP.uuid, { isArchived: true }, NOW);
	expect(await findTotals(db, user, filter)).toEqual(before);
	const { projects, machines, aside } = await listKnownNames(db, user);
	expect(projects).not.toContain("/p/a");
	expect(machines.map(({ uuid }) => uuid)).not.toContain(LAPTOP.uuid);
	expect(aside?.projects).toEqual([{ name: "/p/a", alias: "A", into: null }]);
	expect(aside?.machines).toMatchObject([{ uuid: LAPTOP.uuid, into: null }]);
});
