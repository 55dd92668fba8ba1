import { Database as Sqlite } from "bun:sqlite";
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { lockServerLedger } from "../../src/ledger/server-ledger.ts";
import { withDatabase } from "../support/database-files.ts";
import { contentsOf, fillLedger } from "../support/full-ledger.ts";
import { NOW } from "../support/ledger.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

type Places = CliHome & {
	/** A server's ledger with something in every table. */
	source: string;
	/** A file that is not there yet, in a folder that is not there either. */
	target: string;
};

async function withLedger(use: (places: Places) => Promise<void>, responses = 20): Promise<void> {
	await inHome({}, async (home) => {
		const source = join(home.home, "old.db");
		await withDatabase(
			() => openLedger(source, NOW),
			(db) => fillLedger(db, responses),
		);
		await use({ ...home, source, target: join(home.home, "new/place/new.db") });
	});
}

async function withCloud(use: (cloud: CloudServer) => Promise<void>): Promise<void> {
	const cloud = await CloudServer.start();
	try {
		await use(cloud);
		expect(cloud.violations).toEqual([]);
	} finally {
		await cloud.stop();
	}
}

function contentsIn(path: string): Promise<unknown> {
	return withDatabase(
		() => openLedger(path, NOW),
		(db: Database) => contentsOf(db),
	);
}

async function expectSame(one: string, other: string): Promise<void> {
	expect(await contentsIn(other)).toEqual(await contentsIn(one));
}

describe("promptpulse migrate --from --to", () => {
	test("copies a file, tells what it has copied, and does it once", async () => {
		await withLedger(async ({ cli, source, target }) => {
			const { code, out, err } = await cli(["migrate", "--from", source, "--to", `file:${target}`]);
			expect(code).toBe(0);
			expect(out).toStartWith(
				`${source} was copied to ${target}, and both are the same, row by row:\nTable `,
			);
			expect(out).toMatch(/\nevents +60\n/);
			expect(out).toMatch(/\nTotal +[\d,]+\n$/);
			expect(err).toBe(
				`Start servers with ${target} in DATABASE_URL from now on. Machines notice, and send again what the copy may lack.\n`,
			);
			await expectSame(source, target);
			for (const end of ["", ".lock"]) expect(statSync(`${target}${end}`).mode & 0o777).toBe(0o600);
			const again = await cli(["migrate", "--from", source, "--to", target]);
			expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: "" });
			expect(again.out).toStartWith(`${target} has all of ${source} already`);
		});
	});

	test("takes what is left out from DATABASE_URL, or server.db of the home", async () => {
		await withLedger(async ({ cli, source, target, kept }) => {
			expect((await cli(["migrate", "--to", target], { env: { DATABASE_URL: source } })).code).toBe(0);
			await expectSame(source, target);
			const third = join(kept, "third.db");
			expect((await cli(["migrate", "--from", target], { env: { DATABASE_URL: third } })).code).toBe(0);
			await expectSame(source, third);
			expect((await cli(["migrate", "--from", third])).code).toBe(0);
			await expectSame(source, join(kept, "server.db"));
		});
	});

	test("that is killed in the middle goes on the next time", async () => {
		await withLedger(async ({ cli, source, target }) => {
			const command = ["migrate", "--from", source, "--to", target];
			// The first commits make the schema, and one of the last is the end.
			for (const commit of ["3", "5", "8", "12"]) {
				const killed = await cli(command, {
					program: fromSourcesAfter("dying-at-commit.ts"),
					env: { DIE_AT_COMMIT: commit },
				});
				expect(killed).toEqual({ code: 137, out: "", err: "" });
			}
			expect((await cli(command)).code).toBe(0);
			await expectSame(source, target);
		});
	});

	test.each([
		["a file that is not there", ["--from", "no.db", "--to", "new.db"], "There is no ledger of a server in "],
		["a file into itself", ["--from", "old.db", "--to", "old.db"], "cannot be copied into itself"],
		[
			"a file into itself by another name",
			["--from", "old.db", "--to", "link.db"],
			"cannot be copied into itself",
		],
		["a file into itself in DATABASE_URL", ["--from", "old.db"], "cannot be copied into itself"],
		["what is no ledger", ["--from", "empty.db", "--to", "new.db"], "There is no ledger in "],
		[
			"with sums made anew",
			["--from", "old.db", "--to", "new.db", "--rebuild"],
			"do not go with --database, --rebuild",
		],
		["to what is unknown", ["--from", "old.db", "--to", "mysql://u:geheim@host/db"], "of the kind mysql"],
		[
			"with a key that is cut",
			["--from", "old.db", "--to", "sqlitecloud://host?apikey=geheim"],
			"names no database",
		],
	])("does not copy %s", async (_, words, said) => {
		await withLedger(async ({ cli, home, source }) => {
			symlinkSync(source, join(home, "link.db"));
			writeFileSync(join(home, "empty.db"), "");
			const { code, out, err } = await cli(["migrate", ...words], { env: { DATABASE_URL: source } });
			expect(code).toBeOneOf([2, 7]);
			expect(out).toBe("");
			expect(err).toContain(said);
			expect(err).not.toContain("geheim");
			expect(err.trimEnd()).toEndWith(".");
			expect(existsSync(join(home, "new.db"))).toBe(false);
		});
	});

	test("does not copy into a ledger that is in use, and leaves it as it was", async () => {
		await withLedger(async ({ cli, home, source, kept }) => {
			await cli(["user", "create", "ada"]);
			const server = join(kept, "server.db");
			const before = await contentsIn(server);
			const { code, err } = await cli(["migrate", "--from", source]);
			expect(code).toBe(2);
			expect(err).toBe(
				`There is a ledger in ${server} already, not the same as the one in ${source}. Nothing was changed.\nName a database that is empty.\n`,
			);
			expect(await contentsIn(server)).toEqual(before);
			expect(readdirSync(home)).not.toContain("new");
		});
	});

	test("waits for no server: one that has either file is to be stopped first", async () => {
		await withLedger(async ({ cli, home, source, target }) => {
			mkdirSync(join(home, "new/place"), { recursive: true });
			for (const path of [source, target]) {
				const release = lockServerLedger(path);
				const { code, err } = await cli(["migrate", "--from", source, "--to", target]);
				release();
				expect(code).toBe(8);
				expect(err).toBe(`A running server has ${path}.\nStop it first, then run this again.\n`);
			}
			expect((await cli(["migrate", "--from", source, "--to", target])).code).toBe(0);
			// It has let go of both.
			lockServerLedger(source)();
			lockServerLedger(target)();
		});
	});
});

describe("promptpulse migrate with SQLite Cloud", () => {
	test("copies there and back, and never tells the key", async () => {
		await withLedger(async ({ cli, source, target }) => {
			await withCloud(async (cloud) => {
				const env = { DATABASE_URL: cloud.url() };
				const place = `sqlitecloud://localhost:${cloud.port}/promptpulse.sqlite`;
				const there = await cli(["migrate", "--from", source], { env });
				const again = await cli(["migrate", "--from", source], { env });
				const back = await cli(["migrate", "--from", cloud.url(), "--to", target]);
				expect([there.code, again.code, back.code]).toEqual([0, 0, 0]);
				expect(there.out).toStartWith(`${source} was copied to ${place}, and both`);
				expect(again.out).toStartWith(`${place} has all of ${source} already`);
				expect(back.out).toStartWith(`${place} was copied to ${target}, and both`);
				await expectSame(source, target);
				const itself = await cli(["migrate", "--to", cloud.url({ apiKey: "wrong-secret" })], { env });
				expect({ code: itself.code, out: itself.out }).toEqual({ code: 2, out: "" });
				expect(itself.err).toStartWith(`${place} cannot be copied into itself.`);
				const refused = await cli([
					"migrate",
					"--from",
					source,
					"--to",
					cloud.url({ apiKey: "wrong-secret" }),
				]);
				expect(refused.code).toBe(7);
				for (const { out, err } of [there, again, back, itself, refused]) {
					expect(out + err).not.toContain("key-of-the-tests");
					expect(out + err).not.toContain("wrong-secret");
				}
			});
		});
	});

	test("says that the source was changed meanwhile, and copies that anew the next time", async () => {
		await withLedger(async ({ cli, source }) => {
			await withCloud(async (cloud) => {
				let isChanged = false;
				cloud.faults.dropBefore = (sql) => {
					if (isChanged || !sql.includes("insert into session_parts")) return false;
					isChanged = true;
					const db = new Sqlite(source);
					db.run("update events set output = output + 1 where change = 1");
					db.run("delete from audit_log");
					db.close();
					return false;
				};
				const env = { DATABASE_URL: cloud.url() };
				const { code, out, err } = await cli(["migrate", "--from", source], { env });
				expect(isChanged).toBe(true);
				expect(code).toBe(9);
				expect(out).toContain(" are not the same in ");
				expect(out).toMatch(/\nTable +Rows +Copied\nevents +60 +60\n/);
				expect(err).toContain("Stop all servers");
				expect((await cli(["migrate", "--from", source], { env })).code).toBe(0);
				await expectSame(source, cloud.path);
			});
		});
	});
});
