import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { openLedger } from "../../src/ledger/open.ts";
import { findLedgerUuid } from "../../src/ledger/settings.ts";
import { inHome } from "../support/run-cli.ts";
import { makeUploader } from "../support/serve-process.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** What Litestream 0.3 puts into a database that it copies. */
const LITESTREAM = [
	"create table _litestream_seq (id integer primary key, seq integer)",
	"create table _litestream_lock (id integer)",
	"insert into _litestream_seq values (1, 7)",
];

test("the tables that Litestream adds hinder neither a server's ledger nor its copies, and stay out of other databases", async () => {
	await inHome({}, async ({ home, cli }) => {
		const [path, copy, moved] = ["server.db", "copy.db", "moved.db"].map((name) => join(home, name));
		if (!path || !copy || !moved) throw new Error("there are three");
		const ledger = await openLedger(path, Date.now());
		await makeUploader(ledger, "ada");
		const before = await findLedgerUuid(ledger);
		await ledger.close();
		const litestream = new Database(path);
		// It has the ledger open all the time, beside the server.
		for (const statement of LITESTREAM) litestream.run(statement);
		const env = { DATABASE_URL: path };
		const run = async (...words: string[]) => {
			const { code, err } = await cli(words, { env });
			expect([words, code, err]).toEqual([words, 0, expect.any(String)]);
		};
		await run("user", "create", "grace");
		await run("backup", copy);
		litestream.close();
		await run("restore", copy, "--force");
		await run("migrate", "--from", path, "--to", moved);
		await run("migrate", "--database", path, "--rebuild");

		const restored = await openLedger(path, Date.now());
		expect(await findLedgerUuid(restored)).not.toBe(before);
		expect(await restored.get("select count(*) as people from users")).toEqual({ people: 2 });
		await restored.close();
		const tables = new Database(moved).query(
			"select name from sqlite_master where name like '\\_litestream%' escape '\\'",
		);
		expect(tables.all()).toEqual([]);
	});
});
