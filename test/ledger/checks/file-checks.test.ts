import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../../src/ledger/checks/check.ts";
import { CLEARED, checkFile, FILE_CHECKS } from "../../../src/ledger/checks/file-checks.ts";
import type { FileCheckOptions } from "../../../src/ledger/checks/file-scene.ts";
import { holdTransaction } from "../../../src/ledger/checks/lock-checks.ts";
import { newScratchName } from "../../../src/ledger/checks/scratch-name.ts";
import { openSqlite } from "../../../src/ledger/sqlite.ts";
import { inFolder } from "../../support/scan.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;
const LOCAL = { type: 0xef53, freeBytes: 5e9 };

type Options = Partial<FileCheckOptions>;

async function checkAll(
	ledger: string,
	options: Options = {},
	whenBegun?: (check: string) => void,
): Promise<Finding[]> {
	const { signal } = new AbortController();
	const hearer = { begin: whenBegun ?? (() => undefined), tell() {} };
	return checkFile(ledger, { startWriter, now: () => NOW, signal, diskOf: () => LOCAL, ...options }, hearer);
}

/** In this process, where it ends as if it were killed. */
async function startWriter(path: string): Promise<() => Promise<void>> {
	const holding = Promise.withResolvers<void>();
	const dying = Promise.withResolvers<void>();
	const held = holdTransaction(path, () => {
		holding.resolve();
		return dying.promise;
	}).catch((error: unknown) => {
		if (error !== KILLED) throw error;
	});
	await Promise.race([holding.promise, held]);
	return () => {
		dying.reject(KILLED);
		return held;
	};
}

type Writer = FileCheckOptions["startWriter"];

/** Commits what the other process only begins. */
async function commitMark(path: string): Promise<void> {
	const db = openSqlite(path);
	await db.run("insert into marks (n) values (2000)");
	await db.close();
}

const KILLED = new Error("killed");

function failuresOf(findings: readonly Finding[]): Finding[] {
	return findings.filter(({ passed }) => !passed);
}

describe("on a sound disk", () => {
	test("all checks pass, with a ledger and without one, and nothing is changed or left", async () => {
		await inFolder(async (folder) => {
			const ledger = join(folder, "server.db");
			const without = await checkAll(ledger);
			expect(failuresOf(without)).toEqual([]);
			expect(without).toHaveLength(FILE_CHECKS);
			expect(readdirSync(folder)).toEqual([]);

			// It is not looked into: what is in it does not matter.
			writeFileSync(ledger, "no ledger");
			const before = statSync(ledger);
			const findings = await checkAll(ledger);
			expect(failuresOf(findings)).toEqual([]);
			expect(findings.map(({ check }) => check)).toEqual(without.map(({ check }) => check));
			expect(readdirSync(folder)).toEqual(["server.db"]);
			const { mtimeMs, atimeMs, size } = statSync(ledger);
			expect({ mtimeMs, atimeMs, size }).toEqual({
				mtimeMs: before.mtimeMs,
				atimeMs: before.atimeMs,
				size: before.size,
			});
		});
	});

	test("what it is and how much room there is comes from the system", async () => {
		await inFolder(async (folder) => {
			const options = { startWriter, now: () => NOW, signal: new AbortController().signal };
			const findings = await checkFile(join(folder, "server.db"), options, { tell() {} });
			const disk = findings.find(({ check }) => check === "disk of this machine");
			expect(disk?.detail).toMatch(/^(?:not told, )?[\d,]+ MB free$|^it is reached over a network \(\w+\)$/);
		});
	});
});

/** Opens files in which statements that match do something else. */
function openingWith(form: RegExp, instead: (sql: string) => string): typeof openSqlite {
	return (path, patience) => {
		const db = openSqlite(path, patience);
		const changed = (sql: string) => (form.test(sql) ? instead(sql) : sql);
		return {
			all: (sql, parameters) => db.all(changed(sql), parameters),
			get: (sql, parameters) => db.get(changed(sql), parameters),
			run: (sql, parameters) => db.run(changed(sql), parameters),
			batch: (batches) => db.batch(batches),
			transaction: (work) => db.transaction(work),
			close: () => db.close(),
		};
	};
}

const DO_NOT_USE = /^Do not use this disk: /;

/** A check, what is wrong, what is found then, and what to do. */
const FAILURES: [check: string, wrong: string, options: Options, detail: RegExp, hint: RegExp][] = [
	...(
		[
			["NFS", 0x6969],
			["SMB", 0xfe534d42],
			// As a system tells it whose numbers have a sign.
			["SMB", 0xff534d42 | 0],
			["9P", 0x01021997],
		] as const
	).map(([name, type]): (typeof FAILURES)[number] => [
		"disk of this machine",
		`${name} (${type})`,
		{ diskOf: () => ({ type, freeBytes: 1 }) },
		new RegExp(`^it is reached over a network \\(${name}\\)$`),
		/^Do not use this disk: SQLite's locks do not hold over a network/,
	]),
	[
		"SQLite version",
		"an older one",
		{ open: openingWith(/sqlite_version/, () => "select '3.37.2' as version") },
		/^3\.37\.2$/,
		/^Get PromptPulse anew/,
	],
	[
		"STRICT and WITHOUT ROWID",
		"not meant",
		{ open: openingWith(/strict, without/, (sql) => sql.replace("strict, ", "")) },
		/^a text was put into a column of numbers$/,
		/^Get PromptPulse anew/,
	],
	[
		"STRICT and WITHOUT ROWID",
		"not known",
		{ open: openingWith(/strict, without/, (sql) => sql.replace("strict,", "stricter,")) },
		/unknown table option: stricter/,
		/^Get PromptPulse anew/,
	],
	[
		"one writer at a time",
		"locks that do not hold",
		{ startWriter: async () => async () => undefined },
		/^two processes wrote at once$/,
		DO_NOT_USE,
	],
];

describe("a check fails where there is", () => {
	test.each(FAILURES)("%s: %s", async (check, _, options, detail, hint) => {
		await inFolder(async (folder) => {
			const findings = await checkAll(join(folder, "server.db"), options);
			expect(failuresOf(findings).map((finding) => finding.check)).toEqual([check]);
			const [failure] = failuresOf(findings);
			expect(failure?.detail).toMatch(detail);
			expect(failure?.hint).toMatch(hint);
			expect(failure?.hint).toEndWith(".");
			expect(readdirSync(folder)).toEqual([]);
		});
	});

	test.each<[string, Writer, RegExp]>([
		["keeps what was not committed", async (path) => () => commitMark(path), /^what was kept came as /],
		[
			"shows what was not committed",
			async (path) => {
				await commitMark(path);
				return async () => undefined;
			},
			/^what another process had not committed came as /,
		],
	])("rollback of a killed process: a disk that %s", async (_, second, detail) => {
		await inFolder(async (folder) => {
			const writers = [startWriter, second];
			const next: Writer = (path) => (writers.shift() ?? startWriter)(path);
			const findings = await checkAll(join(folder, "server.db"), { startWriter: next });
			expect(failuresOf(findings)).toMatchObject([{ check: "rollback of a killed process" }]);
			const [failure] = failuresOf(findings);
			expect(failure?.detail).toMatch(detail);
			expect(failure?.hint).toStartWith("Do not use this disk: changes could stay half done on it.");
		});
	});

	test("no folder: nothing else is looked at, and none is made", async () => {
		await inFolder(async (folder) => {
			const findings = await checkAll(join(folder, "none", "server.db"));
			expect(findings).toMatchObject([
				{ check: "folder", passed: false, hint: "Make it, or name another place in DATABASE_URL." },
			]);
			expect(readdirSync(folder)).toEqual([]);
		});
	});

	test("a file in the folder's place", async () => {
		await inFolder(async (folder) => {
			writeFileSync(join(folder, "file"), "");
			const findings = await checkAll(join(folder, "file", "server.db"));
			expect(findings).toMatchObject([{ check: "folder", passed: false }]);
		});
	});

	test("a folder in the ledger's place", async () => {
		await inFolder(async (folder) => {
			mkdirSync(join(folder, "server.db"));
			const findings = await checkAll(join(folder, "server.db"));
			expect(failuresOf(findings)).toMatchObject([{ check: "ledger's file" }]);
			expect(failuresOf(findings)[0]?.detail).toEndWith("server.db is not a file");
		});
	});

	test("a disk on which nothing can be made: what could be is removed", async () => {
		await inFolder(async (folder) => {
			const open = openingWith(/create table marks/, () => "create nothing");
			const findings = await checkAll(join(folder, "server.db"), { open });
			expect(findings.map(({ check, passed }) => [check, passed]).slice(-2)).toEqual([
				["file made and written", false],
				[CLEARED.name, true],
			]);
			expect(readdirSync(folder)).toEqual([]);
		});
	});
});

test("of a disk whose kind is not told it is said what to see to", async () => {
	await inFolder(async (folder) => {
		const diskOf = () => ({ type: 0x65735546, freeBytes: 5e9 });
		const finding = (await checkAll(join(folder, "server.db"), { diskOf })).find(
			({ check }) => check === "disk of this machine",
		);
		expect(finding).toMatchObject({ passed: true, detail: "not told, 5,000 MB free" });
		expect(finding?.hint).toMatch(/^See that the ledger lies on a disk of this machine: /);
	});
});

test("files that an earlier run left are removed after an hour, not those of a run that may be at work", async () => {
	await inFolder(async (folder) => {
		const old = newScratchName(NOW - 61 * MINUTE);
		const young = newScratchName(NOW - 59 * MINUTE);
		const kept = [`${young}.db`, `${young}.db-wal`, "promptpulse_doctor_notes.db", `${old}.txt`, "server.db"];
		for (const name of [`${old}.db`, `${old}.db-wal`, `${old}.db-shm`, ...kept]) {
			writeFileSync(join(folder, name), "");
		}
		const findings = await checkAll(join(folder, "server.db"));
		expect(findings.at(-1)).toMatchObject({ passed: true, detail: "and 3 that an earlier run had left" });
		expect(readdirSync(folder).sort()).toEqual(kept.sort());
	});
});

test.each(["file made and written", "one writer at a time", "rollback of a killed process"])(
	"interrupted at %s, nothing is left",
	async (at) => {
		await inFolder(async (folder) => {
			const stopping = new AbortController();
			const findings = await checkAll(join(folder, "server.db"), { signal: stopping.signal }, (check) => {
				if (check === at) stopping.abort();
			});
			expect(findings.some(({ check }) => check === at)).toBe(false);
			expect(findings.at(-1)).toMatchObject({ check: CLEARED.name, passed: true });
			expect(readdirSync(folder)).toEqual([]);
		});
	},
);
