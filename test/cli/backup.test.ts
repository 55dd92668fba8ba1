import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLedger } from "../../src/ledger/open.ts";
import { lockServerLedger } from "../../src/ledger/server-ledger.ts";
import { findBackupTime, findLedgerUuid } from "../../src/ledger/settings.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

/** A home with a server's ledger in which Ada has an account. */
async function withServer(use: (home: CliHome & { server: string; copy: string }) => Promise<void>) {
	await inHome({}, async (home) => {
		await home.cli(["user", "create", "ada"]);
		await use({ ...home, server: join(home.kept, "server.db"), copy: join(home.home, "copy.db") });
	});
}

async function uuidOf(path: string): Promise<string> {
	const db = await openLedger(path, Date.now());
	try {
		return await findLedgerUuid(db);
	} finally {
		await db.close();
	}
}

async function usersOf({ cli }: CliHome, ...flags: string[]): Promise<string[]> {
	const list = JSON.parse((await cli(["user", "list", "--json", ...flags])).out) as { username: string }[];
	return list.map(({ username }) => username);
}

describe("promptpulse backup", () => {
	test("copies the ledger while a server has it, for its owner alone", async () => {
		await withServer(async ({ cli, server, copy }) => {
			const release = lockServerLedger(server);
			const db = await openLedger(server, Date.now());
			const { code, err } = await cli(["backup", copy]);
			await db.close();
			release();
			expect({ code, err }).toEqual({ code: 0, err: "" });
			expect(statSync(copy).mode & 0o777).toBe(0o600);
			expect(await uuidOf(copy)).toBe(await uuidOf(server));
		});
	});

	test("is noted with its time in the ledger, and done where that cannot be noted", async () => {
		await withServer(async ({ cli, server, copy }) => {
			const before = Date.now();
			expect((await cli(["backup", copy])).code).toBe(0);
			const db = await openLedger(server, Date.now());
			expect(await findBackupTime(db)).toBeGreaterThanOrEqual(before);
			await db.run("drop table settings");
			await db.close();
			expect((await cli(["backup", copy, "--force"])).code).toBe(0);
		});
	});

	test("overwrites nothing unless it is told to", async () => {
		await withServer(async ({ cli, copy }) => {
			writeFileSync(copy, "dear to me");
			expect((await cli(["backup", copy])).code).toBe(2);
			expect(readFileSync(copy, "utf8")).toBe("dear to me");
			expect((await cli(["backup", copy, "--force"])).code).toBe(0);
			expect(readFileSync(copy, "utf8")).toStartWith("SQLite format 3");
		});
	});

	test("never overwrites what it copies, by whatever name that is called", async () => {
		await withServer(async (home) => {
			const { cli, server, copy } = home;
			symlinkSync(server, copy);
			for (const name of [server, copy]) {
				const { code, err } = await cli(["backup", name, "--force"]);
				expect(code).toBe(2);
				expect(err).toContain("is the ledger itself");
			}
			expect(await usersOf(home)).toEqual(["ada"]);
		});
	});

	test("in the place of a former copy takes nothing from a log that was left beside it", async () => {
		await withServer(async (home) => {
			const { cli, copy } = home;
			await cli(["backup", copy]);
			const db = await openLedger(copy, Date.now());
			await db.run("update accounts set username = 'eve'");
			const log = readFileSync(`${copy}-wal`);
			await db.close();
			writeFileSync(`${copy}-wal`, log);
			await cli(["user", "create", "bob"]);
			expect((await cli(["backup", copy, "--force"])).code).toBe(0);
			expect(await usersOf(home, "--database", copy)).toEqual(["ada", "bob"]);
		});
	});

	test("of a ledger that is not there says so and makes none", async () => {
		await inHome({}, async ({ cli, home, kept }) => {
			const { code, err } = await cli(["backup", join(home, "copy.db")]);
			expect(code).toBe(2);
			expect(err).toContain("There is no ledger of a server");
			expect(existsSync(join(kept, "server.db"))).toBe(false);
		});
	});
});

describe("promptpulse restore", () => {
	test("brings back what was copied, as another ledger", async () => {
		await withServer(async (home) => {
			const { cli, server, copy } = home;
			await cli(["backup", copy]);
			const before = await uuidOf(server);
			await cli(["user", "create", "bob"]);
			expect((await cli(["restore", copy])).code).toBe(2);
			expect(await usersOf(home)).toEqual(["ada", "bob"]);
			expect((await cli(["restore", copy, "--force"])).code).toBe(0);
			expect(await usersOf(home)).toEqual(["ada"]);
			expect(await uuidOf(server)).not.toBe(before);
			expect(await uuidOf(copy)).toBe(before);
			expect(statSync(server).mode & 0o777).toBe(0o600);
			expect(readdirSync(home.kept).filter((name) => /restored|part/.test(name))).toEqual([]);
		});
	});

	test("takes nothing from a log that the old ledger left behind", async () => {
		await withServer(async (home) => {
			const { cli, server, copy } = home;
			await cli(["backup", copy]);
			const db = await openLedger(server, Date.now());
			await db.run("update accounts set username = 'eve'");
			// As after a power cut: what was written last stands in the log alone.
			const files = ["", "-wal", "-shm"].map(
				(end) => [`${server}${end}`, readFileSync(`${server}${end}`)] as const,
			);
			await db.close();
			for (const [path, bytes] of files) writeFileSync(path, bytes);
			expect(await usersOf(home)).toEqual(["eve"]);
			for (const [path, bytes] of files) writeFileSync(path, bytes);
			expect((await cli(["restore", copy, "--force"])).code).toBe(0);
			expect(await usersOf(home)).toEqual(["ada"]);
		});
	});

	test("takes what stands in the log of a copy that was made by hand", async () => {
		await withServer(async (home) => {
			const { cli, server, copy } = home;
			const db = await openLedger(server, Date.now());
			await db.run("update accounts set username = 'eve'");
			for (const end of ["", "-wal"]) writeFileSync(`${copy}${end}`, readFileSync(`${server}${end}`));
			await db.close();
			await cli(["user", "create", "bob"]);
			expect((await cli(["restore", copy, "--force"])).code).toBe(0);
			expect(await usersOf(home)).toEqual(["eve"]);
		});
	});

	test("says how a ledger that is there is replaced", async () => {
		await withServer(async (home) => {
			const { cli, copy } = home;
			await cli(["backup", copy]);
			await cli(["user", "create", "bob"]);
			const before = await usersOf(home);
			const { code, err } = await cli(["restore", copy]);
			expect(code).toBe(2);
			expect(err).toContain("Stop the server, then put the copy in its place with --force.");
			expect(await usersOf(home)).toEqual(before);
		});
	});

	test("is refused while a server has the ledger", async () => {
		await withServer(async ({ cli, server, copy }) => {
			await cli(["backup", copy]);
			const release = lockServerLedger(server);
			const { code, err } = await cli(["restore", copy, "--force"]);
			release();
			expect(code).toBe(8);
			expect(err).toContain("A running server has");
		});
	});

	test.each([
		["a text", () => "no ledger at all ".repeat(100)],
		["half of a copy", (copy: Buffer) => copy.subarray(0, copy.length / 2)],
		["a copy with a torn page", (copy: Buffer) => Buffer.from(copy).fill(0xaa, 4_096, 12_288)],
	])("of %s is refused, and replaces nothing", async (_, damage) => {
		await withServer(async (home) => {
			const { cli, server, copy, kept } = home;
			await cli(["backup", copy]);
			writeFileSync(copy, damage(readFileSync(copy)));
			const before = await uuidOf(server);
			const { code, err } = await cli(["restore", copy, "--force"]);
			expect(code).toBe(1);
			expect(err).toContain(`${copy} is damaged or is not a ledger. Nothing was replaced.`);
			expect(await uuidOf(server)).toBe(before);
			expect(readdirSync(kept).filter((name) => /restored/.test(name))).toEqual([]);
		});
	});
});
