import { Database } from "bun:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { FILE_CHECKS } from "../../src/ledger/checks/file-checks.ts";
import { listCloudChecks } from "../../src/ledger/cloud/checks.ts";
import { DO_NOT_USE, forRequests, rowsAnswer, takeBackFaults } from "../support/cloud-checking.ts";
import { AS_ORDINARY_USER, type CliHome, type CliResult, inHome, startCli } from "../support/run-cli.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";
import { until } from "../support/until.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const KEY = "zq-secret+Key/of=tests";
/** All but the minute of an unused connection. */
const QUICK = ["doctor", "--database", "--quick"];
const QUICK_CHECKS = listCloudChecks(undefined).length;

let cloud: CloudServer;

beforeAll(async () => {
	// A second writer is turned away soon, which ends its check.
	cloud = await CloudServer.start({ apiKey: KEY, busyMs: 1_000 });
});
afterEach(() => takeBackFaults(cloud));
afterAll(() => cloud.stop());

/** Runs it over the server of the tests. */
async function check(words: readonly string[], url = cloud.url()): Promise<CliResult> {
	const results: CliResult[] = [];
	await inHome({}, async ({ cli, kept }) => {
		results.push(await cli(words, { env: { DATABASE_URL: url } }));
		// What is far away needs no home.
		expect(existsSync(kept)).toBe(false);
	});
	const [result = { code: -1, out: "", err: "" }] = results;
	for (const text of [result.out, result.err]) expect(text).not.toMatch(/zq-secret|Key(?:\/|%2F)of/);
	return result;
}

function listScratch(): unknown[] {
	using db = new Database(cloud.path, { readonly: true });
	return db.query("select name from sqlite_schema where name glob 'promptpulse_*'").all();
}

describe("promptpulse doctor --database on SQLite Cloud", () => {
	test("tells every check in a line, what was left out, and that all passed", async () => {
		const { code, out, err } = await check(QUICK);
		expect({ code, err }).toEqual({ code: 0, err: "" });
		const lines = out.trimEnd().split("\n");
		expect(lines[0]).toBe(`sqlitecloud://localhost:${cloud.port}/promptpulse.sqlite`);
		expect(lines.filter((line) => line.startsWith("✓ "))).toHaveLength(QUICK_CHECKS);
		expect(out).toMatch(/\n✓ round trip {24}\d+(?:\.\d)? ms, the median of 20\n/);
		expect(out).toMatch(/\n✓ connections at once {15}10 of 10\n/);
		expect(out).toContain("\n– unused connection                 left out: --quick\n");
		expect(lines.at(-1)).toBe(`All ${QUICK_CHECKS} checks passed.`);
		expect(out).not.toContain("\x1b");
		expect(listScratch()).toEqual([]);
		expect(cloud.violations).toEqual([]);
	});

	test("tells programs a list, and what was left out beside it", async () => {
		const { code, out, err } = await check([...QUICK, "--json"]);
		expect({ code, err }).toEqual({ code: 0, err: "Left out by --quick: unused connection.\n" });
		const findings = JSON.parse(out);
		expect(findings).toHaveLength(QUICK_CHECKS);
		for (const finding of findings) {
			expect(finding).toEqual({
				check: expect.any(String),
				passed: true,
				detail: expect.any(String),
				hint: null,
			});
		}
	});

	test("opens as many connections as a server would", async () => {
		await inHome({}, async ({ cli }) => {
			const env = { DATABASE_URL: cloud.url(), DB_MAX_CONNECTIONS: "3" };
			expect((await cli(QUICK, { env })).out).toMatch(/\n✓ connections at once +3 of 3\n/);
			const wrong = await cli(QUICK, { env: { ...env, DB_MAX_CONNECTIONS: "many" } });
			expect(wrong).toMatchObject({ code: 7, err: expect.stringContaining("DB_MAX_CONNECTIONS") });
		});
	});

	test("ends with 1 where something does not hold, and says what to do, the gravest first", async () => {
		cloud.faults.garbage = forRequests(/count\(\*\) .*_drop/, rowsAnswer(["count"], [1n]), { from: 2 });
		cloud.faults.mostConnections = 4;
		const { code, out, err } = await check(QUICK);
		expect({ code, err }).toEqual({ code: 1, err: "" });
		expect(out).toMatch(/\n✗ rollback of a lost connection {5}what was not committed was kept\n/);
		expect(out).toMatch(/\n✗ connections at once {15}4 of 10: The database at localhost takes no log-in: /);
		const [count, gravest, other] = out.trimEnd().split("\n").slice(-3);
		expect(count).toBe(`2 of ${QUICK_CHECKS} checks failed.`);
		expect(gravest).toBe("Do not use this database: changes could stay half done in it.");
		expect(other).toMatch(/^Set DB_MAX_CONNECTIONS to 4 or less, /);
	});

	test("tells programs what does not hold", async () => {
		cloud.faults.garbage = forRequests(/sqlite_version/, rowsAnswer(["version"], ["3.37.2"]));
		const { code, out } = await check([...QUICK, "--json"]);
		expect(code).toBe(1);
		const failed = JSON.parse(out).filter(({ passed }: { passed: boolean }) => !passed);
		expect(failed).toEqual([
			{ check: "SQLite version", passed: false, detail: "3.37.2", hint: expect.stringMatching(DO_NOT_USE) },
		]);
	});

	test.each([
		["a wrong key", { apiKey: "zq-secret-wrong" }, 7, "does not accept the API key."],
		[
			"no such database",
			{ database: "absent.sqlite" },
			7,
			"There is no database absent.sqlite at localhost.",
		],
		[
			"no such host",
			{ host: "nowhere.invalid" },
			4,
			"The host of the database, nowhere.invalid, is not known",
		],
	])("with %s says so, and what to do", async (_, wrong, exitCode, sentence) => {
		const { code, out } = await check(QUICK, cloud.url(wrong));
		expect(code).toBe(exitCode);
		expect(out).toContain(sentence);
		expect(out).toContain(`1 of 1 checks failed. ${QUICK_CHECKS - 1} more could not be made.\n`);
		expect(out).toMatch(/\n(?:See|Make) .*\.\n$/);
		const json = await check([...QUICK, "--json"], cloud.url(wrong));
		expect(JSON.parse(json.out)).toMatchObject([{ check: "reached and logged in", passed: false }]);
		expect(json.code).toBe(exitCode);
	});

	test("does not begin with an address that cannot be right", async () => {
		const both = cloud.url().replace("//", "//user:zq-secret@");
		expect(await check(QUICK, both)).toMatchObject({ code: 7, out: "" });
		const unknown = await check(QUICK, "postgres://user:zq-secret@host/db");
		expect(unknown).toMatchObject({ code: 7, out: "", err: expect.stringContaining("of the kind postgres") });
	});

	test.each(["SIGINT", "SIGTERM"] as const)("on %s it ends at once and leaves nothing", async (signal) => {
		await inHome({}, async ({ home }) => {
			cloud.resetCounts();
			const env = { DATABASE_URL: cloud.url() };
			const child = startCli(["doctor", "--database"], { home, env });
			// It waits for a minute then.
			await until(
				"nothing but an unused connection is left",
				() => cloud.commands.some((sql) => sql.includes("json_group_array")) && cloud.connections === 2,
			);
			expect(listScratch()).not.toEqual([]);
			child.kill(signal);
			const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
			expect(await child.exited).toBe(130);
			expect(err).toBe(
				"The checks were stopped before their end, and what they had made was removed.\nRun the same command again to have all of them.\n",
			);
			expect(out).toMatch(/\n✓ own tables dropped +\d+ of this run\n$/);
			expect(listScratch()).toEqual([]);
		});
	});
});

describe("promptpulse doctor --database on a file", () => {
	const checkFile = (words: string[], { cli }: CliHome, env: Record<string, string> = {}) =>
		cli(["doctor", "--database", ...words], { env });

	test("looks at the folder and what another process does there, and leaves nothing", async () => {
		await inHome({}, async (home) => {
			const { code, out, err } = await checkFile([], home);
			expect({ code, err }).toEqual({ code: 0, err: "" });
			expect(out).toStartWith(`${join(home.kept, "server.db")}\n\n✓ folder`);
			expect(out).toMatch(
				/\n✓ one writer at a time +a second process waits, and is turned away after 300 ms\n/,
			);
			expect(out).toMatch(/\n✓ rollback of a killed process +rolled back within .* ms\n/);
			expect(out).toEndWith(`\nAll ${FILE_CHECKS} checks passed.\n`);
			expect(readdirSync(home.kept)).toEqual([]);
			expect(statSync(home.kept).mode & 0o777).toBe(0o700);
		});
	});

	test("looks where it is told, by name or by DATABASE_URL, and does not touch the ledger", async () => {
		await inHome({}, async (home) => {
			const folder = join(home.home, "data");
			mkdirSync(folder);
			const path = join(folder, "team.db");
			writeFileSync(path, "a ledger");
			for (const [words, env] of [
				[[path], {}],
				[["data/team.db"], {}],
				[[], { DATABASE_URL: `file:${path}` }],
			] as const) {
				const { code, out } = await checkFile([...words, "--json"], home, env);
				expect(code).toBe(0);
				const findings: { check: string; detail: string }[] = JSON.parse(out);
				expect(findings).toHaveLength(FILE_CHECKS);
				expect(findings.find(({ check }) => check === "ledger's file")?.detail).toBe("1 MB");
			}
			expect(readFileSync(path, "utf8")).toBe("a ledger");
			expect(readdirSync(folder)).toEqual(["team.db"]);
		});
	});

	test("ends with 1 where there is no folder, and says what to do", async () => {
		await inHome({}, async (home) => {
			const { code, out } = await checkFile(["none/server.db"], home);
			expect(code).toBe(1);
			expect(out).toMatch(/\n✗ folder +.*none is not there\n/);
			expect(out).toEndWith("\nMake it, or name another place in DATABASE_URL.\n");
		});
	});

	test.if(AS_ORDINARY_USER !== undefined)("ends with 7 where nothing may be written", async () => {
		await inHome({}, async (home) => {
			mkdirSync(home.kept);
			writeFileSync(join(home.kept, "server.db"), "");
			chmodSync(join(home.kept, "server.db"), 0o400);
			chmodSync(home.kept, 0o500);
			const { code, out } = await home.cli(["doctor", "--database"], { through: AS_ORDINARY_USER });
			chmodSync(home.kept, 0o700);
			expect(code).toBe(7);
			expect(out).toMatch(/\n✗ ledger's file +EACCES/);
			expect(out).toMatch(/\n✗ file made and written +.* cannot be written /);
			expect(out).toContain("\nGive the user that runs PromptPulse the right to read and write it, ");
			expect(readdirSync(home.kept)).toEqual(["server.db"]);
		});
	});
});
