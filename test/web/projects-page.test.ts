import { describe, expect, test } from "bun:test";
import { changeProject } from "../../src/ledger/project-names.ts";
import { projectId } from "../../src/usage/project-id.ts";
import { DAY } from "../support/ledger.ts";
import { byClass, elementsOf, plain } from "../support/markup.ts";
import { localDate } from "../support/naive-usage.ts";
import { NOW } from "../support/scan.ts";
import { fieldsOf, startUsageServer, type Told, tellUsage, timesFrom } from "../support/usage-api.ts";

type ProjectRow = {
	id: string;
	project: string;
	alias: string | null;
	hidden: boolean;
	share: number | null;
	sessions: number;
	machines: number;
	lastUsed: string;
	totalTokens: number;
	totalCost: number;
	responses: number;
};
type Numbers<Row> = { rows: Row[]; totals: { totalCost: number; totalTokens: number } };

const APP = "/home/ada/app";
const told = tellUsage(timesFrom(NOW - 40 * DAY, 200, 8), 8);
const usage = await startUsageServer(told);
const { server, alice, bob } = usage;

async function numbers<Row = ProjectRow>(query: string, panel = "projects"): Promise<Numbers<Row>> {
	return (await alice.ask(`/api/views/projects/${panel}?${query}`)).json() as Promise<Numbers<Row>>;
}

const isWithin = (zone: string, since: string, until: string) => (response: Told) => {
	const date = localDate(response.at, zone).toString();
	return date >= since && date <= until;
};

/** Counted over the responses that were told, one by one. */
function naive(zone: string, since: string, until: string) {
	const within = told.filter(isWithin(zone, since, until));
	return new Map(
		[...Map.groupBy(within, ({ project = "" }) => project)].map(([project, own]) => {
			const fields = fieldsOf(own);
			const all = told.filter((response) => (response.project ?? "") === project);
			const ends = [...Map.groupBy(all, ({ session }) => session).values()].map((of) =>
				Math.max(...of.map(({ at }) => at)),
			);
			return [
				project,
				{
					totalTokens: fields.total_tokens,
					totalCost: fields.total_cost,
					responses: fields.responses,
					sessions: ends.filter((at) => {
						const date = localDate(at, zone).toString();
						return date >= since && date <= until;
					}).length,
					machines: new Set(own.map(({ from }) => from.uuid)).size,
					lastUsed: own
						.map(({ at }) => localDate(at, zone).toString())
						.sort()
						.at(-1),
				},
			] as const;
		}),
	);
}

describe("numbers", () => {
	test.each(["UTC", "Asia/Kathmandu", "America/St_Johns"])(
		"in %s are those of the responses",
		async (zone) => {
			await usage.setZone(zone);
			for (const [since, until] of [
				["2026-10-25", "2026-11-20"],
				["2026-11-01", "2026-11-01"],
				["2026-01-01", "2026-12-31"],
			] as const) {
				const expected = naive(zone, since, until);
				const { rows, totals } = await numbers(`from=${since}&to=${until}`);
				expect(rows.map(({ project }) => project).toSorted()).toEqual([...expected.keys()].sort());
				for (const row of rows) expect(row as unknown).toMatchObject(expected.get(row.project) ?? {});
				const sum = [...expected.values()].reduce((all, row) => all + row.totalTokens, 0);
				expect(totals.totalTokens).toBe(sum);
				const shares = rows.reduce((all, { share }) => all + (share ?? 0), 0);
				if (rows.length > 0 && totals.totalCost > 0) expect(shares).toBeCloseTo(1, 9);
			}
			await usage.setZone("UTC");
		},
	);

	test("on the page are the same, row by row, in the order that was asked for", async () => {
		for (const query of ["", "sort=tokens&order=asc", "sort=used", "sort=project", "sort=sessions&q=A"]) {
			const { rows } = await numbers(`range=all&${query}`);
			const page = await elementsOf(await (await alice.visit(`/projects?range=all&${query}`)).text());
			const labels = byClass(page, "project-label").map(({ attributes }) => attributes.get("title"));
			expect(labels).toEqual(rows.map(({ project }) => project));
			const cells = (name: string) =>
				page
					.filter(({ tag, attributes }) => tag === "td" && attributes.get("data-name") === name)
					.slice(0, rows.length);
			const whole = (count: number) => count.toLocaleString("en-US");
			expect(cells("Responses").map(({ text }) => plain(text))).toEqual(
				rows.map(({ responses }) => whole(responses)),
			);
			expect(cells("Tokens").map(({ attributes }) => attributes.get("title"))).toEqual(
				rows.map(({ totalTokens }) => whole(totalTokens)),
			);
			expect(cells("Machines").map(({ text }) => plain(text))).toEqual(
				rows.map(({ machines }) => whole(machines)),
			);
		}
	});

	test("are sorted by each column, both ways", async () => {
		const values: Record<string, (row: ProjectRow) => number | string> = {
			sessions: (row) => row.sessions,
			machines: (row) => row.machines,
			used: (row) => row.lastUsed,
			responses: (row) => row.responses,
			tokens: (row) => row.totalTokens,
			cost: (row) => row.totalCost,
		};
		for (const [sort, amountOf] of Object.entries(values)) {
			for (const order of ["asc", "desc"]) {
				const { rows } = await numbers(`range=all&sort=${sort}&order=${order}`);
				const own = rows.map(amountOf);
				const sorted = own.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
				expect(own).toEqual(order === "asc" ? sorted : sorted.reverse());
			}
		}
	});

	test("of branches are those of the project that is open, and add up to it", async () => {
		const { rows } = await numbers("range=all");
		for (const row of rows) {
			const query = `range=all&open=${row.id}`;
			const branches = (await numbers<ProjectRow & { branch: string }>(query, "branches")).rows;
			expect(branches.every(({ project }) => project === row.project)).toBe(true);
			expect(branches.reduce((sum, { totalTokens }) => sum + totalTokens, 0)).toBe(row.totalTokens);
		}
		expect((await numbers("range=all", "branches")).rows).toEqual([]);
		expect((await numbers("range=all&open=nothing", "branches")).rows).toEqual([]);
	});

	test("as CSV have a head and the same rows", async () => {
		const text = await (await alice.ask("/api/views/projects/projects?range=all&format=csv")).text();
		const { rows } = await numbers("range=all");
		expect(text.trimEnd().split("\r\n")).toHaveLength(rows.length + 1);
		expect(text).toStartWith("id,project,alias,hidden,share,sessions,machines,lastUsed,models,");
	});
});

test("a search takes letters as they are, whatever their case, in names and aliases", async () => {
	const names = async (q: string) =>
		(await numbers(`range=all&q=${encodeURIComponent(q)}`)).rows.map(({ project }) => project);
	expect(await names("E%B_1*")).toEqual(["/home/ada/we%b_1*"]);
	expect(await names("%")).toEqual(["/home/ada/we%b_1*"]);
	expect(await names("x%x")).toEqual([]);
});

test("what is hidden is left out and counted, and shown where it is asked for; totals have it", async () => {
	const { db } = server;
	const { user } = alice.account;
	const before = await numbers("range=all");
	await changeProject(db, user, projectId(APP), { isHidden: true, alias: "The app" }, NOW);
	const after = await numbers("range=all");
	expect(after.rows).toEqual(before.rows.filter(({ project }) => project !== APP));
	expect(after.totals).toEqual(before.totals);
	const page = await (await alice.visit("/projects?range=all")).text();
	expect(page).toContain("1 hidden: show");
	expect(page).not.toContain("The app");
	const shown = (await numbers("range=all&hidden=1")).rows.find(({ project }) => project === APP);
	expect(shown).toMatchObject({ hidden: true, alias: "The app" });
	// Who asks for it by name gets it.
	const asked = await numbers(`range=all&project=${encodeURIComponent(APP)}`);
	expect(asked.rows.map(({ project }) => project)).toEqual([APP]);
	const overview = (await (
		await alice.ask("/api/views/overview/projects?range=all")
	).json()) as Numbers<ProjectRow>;
	expect(overview.rows.map(({ project }) => project)).not.toContain(APP);
	expect(overview.totals.totalTokens).toBe(before.totals.totalTokens);
	expect((await numbers("range=all&hidden=1&q=THE APP")).rows).toHaveLength(1);
	await changeProject(db, user, projectId(APP), { isHidden: false, alias: null }, NOW);
	expect(await numbers("range=all")).toEqual(before);
});

test("a parameter that means nothing is told", async () => {
	for (const query of ["sort=x", "order=up", "hidden=2", `q=${"x".repeat(201)}`, `open=${"x".repeat(65)}`]) {
		expect((await alice.visit(`/projects?${query}`)).status).toBe(422);
		expect((await alice.ask(`/api/views/projects/projects?${query}`)).status).toBe(422);
	}
});

test("another person's projects are not there, whatever is asked for", async () => {
	for (const query of ["range=all&hidden=1", `range=all&open=${projectId(APP)}`, "range=all&q=ada"]) {
		const page = await (await bob.visit(`/projects?${query}`)).text();
		expect(page).not.toContain("/home/ada");
	}
	expect(server.reported).toEqual([]);
});
