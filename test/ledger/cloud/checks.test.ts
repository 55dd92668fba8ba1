import { Database } from "bun:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Finding } from "../../../src/ledger/checks/check.ts";
import { newScratchName } from "../../../src/ledger/checks/scratch-name.ts";
import type { SceneOptions } from "../../../src/ledger/cloud/check-scene.ts";
import { CLEARED, checkCloud, listCloudChecks } from "../../../src/ledger/cloud/checks.ts";
import { openCloud } from "../../../src/ledger/cloud/cloud-database.ts";
import { parseCloudUrl } from "../../../src/ledger/cloud/connection-string.ts";
import { migrate } from "../../../src/ledger/migrate.ts";
import { failing, forRequests, quickly, takeBackFaults } from "../../support/cloud-checking.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";
import { until } from "../../support/until.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;

let cloud: CloudServer;

/** With the ledger's own tables and something in them. */
beforeAll(async () => {
	cloud = await CloudServer.start();
	const db = await openCloud(cloud.url(), {
		maxConnections: 1,
		idleMs: 500,
		retry: { attempts: 0, delayMs: 0 },
		note: () => undefined,
	});
	await migrate(db, NOW);
	await db.run("insert into settings (name, value) values ('doctor', 'was not here')");
	await db.close();
});
afterEach(() => takeBackFaults(cloud));
afterAll(() => cloud.stop());

/** Runs all checks; `whenBegun` hears of each before it is made. */
async function checkAll(
	options: Partial<SceneOptions> = {},
	whenBegun?: (check: string) => void,
): Promise<{ findings: Finding[]; told: Finding[] }> {
	const told: Finding[] = [];
	const hearer = { begin: whenBegun ?? (() => undefined), tell: (finding: Finding) => told.push(finding) };
	const findings = await checkCloud(
		parseCloudUrl(cloud.url()),
		quickly({ now: () => NOW, ...options }),
		hearer,
	);
	return { findings, told };
}

function failuresOf(findings: readonly Finding[]): Finding[] {
	return findings.filter(({ passed }) => !passed);
}

/** All that there is in the database. */
function dump(): unknown {
	using db = new Database(cloud.path, { readonly: true });
	const schema = db.query<{ type: string; name: string; sql: string }, []>(
		"select type, name, sql from sqlite_schema order by type, name",
	);
	const tables = schema.all().filter(({ type }) => type === "table");
	const rows = tables.map(({ name }) => [name, db.query(`select * from ${name}`).all()]);
	return { schema: schema.all(), rows };
}

function listScratch(): string[] {
	using db = new Database(cloud.path, { readonly: true });
	const query = db.query<{ name: string }, []>(
		"select name from sqlite_schema where name glob 'promptpulse_*'",
	);
	return query.all().map(({ name }) => name);
}

describe("on a sound server", () => {
	test("all checks pass, each is told when it is made, and no two have one name", async () => {
		const begun: string[] = [];
		const { findings, told } = await checkAll({}, (check) => begun.push(check));
		expect(failuresOf(findings)).toEqual([]);
		expect(told).toEqual(findings);
		const names = listCloudChecks(20).map(({ name }) => name);
		expect(findings.map(({ check }) => check)).toEqual(names);
		expect(begun).toEqual(names);
		expect(new Set(names).size).toBe(names.length);
		expect(cloud.violations).toEqual([]);
	});

	test("an unused connection is left out where that is wanted, and nothing else", async () => {
		const { findings } = await checkAll({ idleMs: undefined });
		const all = listCloudChecks(20).map(({ name }) => name);
		expect(findings.map(({ check }) => check)).toEqual(all.filter((name) => name !== "unused connection"));
	});

	test("nothing is changed, nothing is left, and no table of others is named", async () => {
		const before = dump();
		cloud.resetCounts();
		await checkAll();
		expect(dump()).toEqual(before);
		const named = cloud.commands.flatMap((sql) => [
			...sql.matchAll(/\b(?:from|join|into|update|table(?: if exists)?|on)\s+(\w+)/g),
		]);
		const tables = new Set(named.map(([, name = ""]) => name.replace(/^promptpulse_doctor_.*/, "own")));
		for (const word of ["conflict", "set", "where"]) tables.delete(word);
		// Beside them: what is made within a statement, and the list of tables.
		expect([...tables].sort()).toEqual(["json_each", "n", "own", "sqlite_schema", "v"]);
		await until("all connections are closed", () => cloud.connections === 0);
	});
});

describe("what others need", () => {
	test("is looked at first, and where it fails nothing more is", async () => {
		cloud.faults.errorFor = forRequests(/AUTH/, { code: 10_004, message: "no" });
		const { findings } = await checkAll();
		expect(findings).toMatchObject([{ check: "reached and logged in", passed: false }]);
	});

	test("is cleared away even so", async () => {
		Object.assign(cloud.faults, failing(/insert into \w+_made/));
		const { findings } = await checkAll();
		expect(findings.map(({ check, passed }) => [check, passed])).toEqual([
			["reached and logged in", true],
			["tables made and dropped", false],
			["own tables dropped", true],
		]);
		expect(listScratch()).toEqual([]);
	});
});

test("a failed check hinders no later one, whatever it leaves behind", async () => {
	cloud.faults.dropBefore = forRequests(/into \w+_upsert|'no number'|over \(/, true);
	cloud.faults.errorFor = forRequests(/returning k|commit/, { code: 1, message: "no" });
	const { findings } = await checkAll({ noticeMs: 10_000 });
	expect(failuresOf(findings).map(({ check }) => check)).toEqual([
		"STRICT and WITHOUT ROWID",
		"UPSERT",
		"RETURNING",
		"window functions",
		"transaction in one request",
		"transaction after an error",
		"a change is seen at once",
		"one writer at a time",
	]);
	expect(listScratch()).toEqual([]);
});

describe("own tables", () => {
	test("are said to be left where they cannot be dropped", async () => {
		cloud.faults.errorFor = forRequests(/drop table if exists/, { code: 10_005, message: "not now" });
		const { findings } = await checkAll();
		expect(failuresOf(findings)).toMatchObject([{ check: CLEARED.name, detail: "not now" }]);
		expect(failuresOf(findings)[0]?.hint).toMatch(
			/^Tables whose names begin with promptpulse_doctor_ may be /,
		);
		const left = listScratch();
		expect(left.length).toBeGreaterThan(10);
		using db = new Database(cloud.path);
		for (const name of left) db.run(`drop table ${name}`);
	});

	test("that an earlier run left are dropped after an hour, not those of a run that may still be at work", async () => {
		using db = new Database(cloud.path);
		const old = `${newScratchName(NOW - 61 * MINUTE)}_upsert`;
		const young = `${newScratchName(NOW - 59 * MINUTE)}_upsert`;
		const others = ["promptpulse_doctor_notes", "promptpulse_doctor_1_aaaaaaaa_x", `${old}_2`];
		for (const name of [old, young, ...others]) db.run(`create table ${name} (a)`);
		const { findings } = await checkAll();
		expect(findings.at(-1)).toMatchObject({ passed: true });
		expect(findings.at(-1)?.detail).toMatch(/^\d+ of this run, 1 that an earlier one had left$/);
		expect(listScratch().sort()).toEqual([young, ...others].sort());
		for (const name of [young, ...others]) db.run(`drop table ${name}`);
	});
});

describe("when it is interrupted", () => {
	/** What waits longest, and what holds a lock. */
	test.each(["unused connection", "one writer at a time", "10,000 rows", "reached and logged in"])(
		"at %s it ends at once, and nothing is left",
		async (at) => {
			const stopping = new AbortController();
			const { signal } = stopping;
			const holdMs = at === "one writer at a time" ? 600_000 : 40;
			const { findings } = await checkAll({ signal, idleMs: 600_000, holdMs }, (check) => {
				if (check === at) setTimeout(() => stopping.abort(), 1);
			});
			const made = findings.map(({ check }) => check).filter((check) => check !== CLEARED.name);
			const names = listCloudChecks(1).map(({ name }) => name);
			// It may have been over by then; it is not told as one that failed.
			expect(made.length).toBeLessThanOrEqual(names.indexOf(at) + 1);
			expect(failuresOf(findings)).toEqual([]);
			expect(listScratch()).toEqual([]);
			await until("all connections are closed", () => cloud.connections === 0);
		},
	);

	test("while an answer is waited for it ends at once, too", async () => {
		const stopping = new AbortController();
		cloud.faults.silent = forRequests(/into \w+_upsert/, true);
		const { findings } = await checkAll({ signal: stopping.signal, queryMs: 600_000 }, (check) => {
			if (check === "UPSERT") setTimeout(() => stopping.abort(), 50);
		});
		expect(findings.at(-1)).toMatchObject({ check: CLEARED.name, passed: true });
		expect(findings.some(({ check }) => check === "UPSERT")).toBe(false);
		expect(listScratch()).toEqual([]);
	});
});
