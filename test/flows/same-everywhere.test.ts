import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Database } from "../../src/ledger/database.ts";
import { LOCAL_USER } from "../../src/ledger/users.ts";
import { listDays } from "../../src/reports/days.ts";
import { listModels } from "../../src/reports/models.ts";
import { listProjects } from "../../src/reports/projects.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import { cacheWrites, dollars, totalTokens, type Usage } from "../../src/usage/usage.ts";
import { pushTo } from "../support/pushing.ts";
import { collectFrom, emptyLedger } from "../support/scan.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";

const FIXTURES = join(import.meta.dir, "../fixtures/claude");
const ASKER = { id: LOCAL_USER, zone: "UTC" };
const ALL = { zone: "UTC", mode: "calculate" } as const;

/** Numbers by name, as one surface tells them. */
type Told = Record<string, { tokens: unknown; cost: unknown; cacheWrite?: unknown; output?: unknown }>;
type Row = Record<string, unknown>;

let db: Database;
let served: ServedServer;
let alice: Person;

beforeAll(async () => {
	db = await emptyLedger();
	await collectFrom(db, FIXTURES);
	served = await serveServer();
	({ alice } = await served.server.joinAll());
	const pushed = await pushTo(db, served.origin, { key: alice.keys.ingest });
	expect(pushed).toMatchObject({ unsent: 0, setAside: {}, stop: undefined });
});

afterAll(() => served.stop());

function toldBy<One extends Usage>(rows: readonly One[], nameOf: (row: One) => string): Told {
	return Object.fromEntries(
		rows.map((row) => [
			nameOf(row),
			{
				tokens: totalTokens(row),
				cost: dollars(row.costNanoUsd),
				cacheWrite: cacheWrites(row),
				output: row.output,
			},
		]),
	);
}

async function rowsOf(path: string, list?: string): Promise<Row[]> {
	const response = await alice.ask(path);
	expect(response.status).toBe(200);
	const body = await response.json();
	return list === undefined ? body : body[list];
}

/** Of an API's rows what `told` has; the program before had other names for the same. */
function named(rows: readonly Row[], nameOf: (row: Row) => unknown): Told {
	return Object.fromEntries(
		rows.map((row) => [
			String(nameOf(row)),
			{
				tokens: row.total_tokens ?? row.totalTokens,
				cost: row.total_cost ?? row.totalCost,
				cacheWrite: row.cache_creation_tokens ?? row.cacheCreationTokens,
				output: row.output_tokens ?? row.outputTokens,
			},
		]),
	);
}

/** Without what a shorter answer leaves out. */
function brief(told: Told): Told {
	return Object.fromEntries(Object.entries(told).map(([name, { tokens, cost }]) => [name, { tokens, cost }]));
}

describe("a machine's own reports and a server that has what it sent say the same", () => {
	test("of days", async () => {
		const own = toldBy(await listDays(db, ASKER, ALL), ({ day }) => day);
		expect(Object.keys(own).length).toBeGreaterThan(1);
		expect(named(await rowsOf("/api/usage/aggregate", "daily"), (row) => row.date)).toEqual(own);
		const costs = await rowsOf("/api/usage/analytics/costs?groupBy=day", "costs");
		expect(brief(named(costs, (row) => row.date))).toEqual(brief(own));
	});

	test("of projects", async () => {
		const own = toldBy(await listProjects(db, ASKER, ALL), ({ project }) => project);
		const rows = await rowsOf("/api/usage/projects?since=2020-01-01&limit=100");
		expect(named(rows, (row) => row.project_path)).toEqual(own);
		const panel = await rowsOf("/api/views/overview/projects?range=all", "rows");
		expect(named(panel, (row) => row.project)).toEqual(own);
	});

	test("of models", async () => {
		const own = toldBy(await listModels(db, ASKER, ALL), ({ model }) => model);
		const panel = await rowsOf("/api/views/overview/models?range=all", "rows");
		expect(named(panel, (row) => row.model)).toEqual(own);
		const costs = await rowsOf("/api/usage/analytics/costs?groupBy=model", "costs");
		expect(brief(named(costs, (row) => row.model))).toEqual(brief(own));
	});

	test("of sessions", async () => {
		const own = toldBy(await listSessions(db, ASKER, ALL), ({ session }) => session);
		const rows = await rowsOf("/api/usage/sessions?limit=1000");
		expect(named(rows, (row) => row.session_id)).toEqual(own);
		const panel = await rowsOf("/api/views/overview/sessions?range=all", "rows");
		expect(named(panel, (row) => row.sessionId)).toEqual(own);
	});

	test("and the server's page, its JSON and its CSV do", async () => {
		const json = await rowsOf("/api/views/overview/models?range=all", "rows");
		const csv = await (await alice.ask("/api/views/overview/models?range=all&format=csv")).text();
		const [head = "", ...lines] = csv.trim().split("\r\n");
		const columns = head.split(",");
		const table = lines.map((line) =>
			Object.fromEntries(line.split(",").map((cell, i) => [columns[i] ?? "", cell])),
		);
		expect(table.map((row) => [row.model, row.totalTokens, Number(row.totalCost)])).toEqual(
			json.map((row) => [String(row.model), String(row.totalTokens), Number(row.totalCost)]),
		);
		const page = await (await alice.visit("/?range=all")).text();
		for (const { model } of json) expect(page).toContain(String(model));
	});
});
