import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { kindOfKey } from "../../src/account/api-key.ts";
import { findAccountByName } from "../../src/ledger/accounts.ts";
import { findUsableKey } from "../../src/ledger/api-keys.ts";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

const NO_TRANSCRIPTS = {};

/** Whose key it is, as the server would find it. */
async function ownerOf({ kept }: CliHome, key: string): Promise<string | undefined> {
	const db = await openLedger(join(kept, "server.db"), Date.now());
	try {
		return (await findUsableKey(db, key, Date.now()))?.account.username;
	} finally {
		await db.close();
	}
}

describe("promptpulse user", () => {
	test("create makes the owner first, then whom it is told to, and prints a key alone", async () => {
		await inHome(NO_TRANSCRIPTS, async (home) => {
			const owner = await home.cli(["user", "create", "ada"]);
			expect(owner.code).toBe(0);
			const key = owner.out.trim();
			expect(kindOfKey(key)).toBe("full");
			expect(await ownerOf(home, key)).toBe("ada");
			expect(owner.err).toContain("ada (owner)");
			const words = ["user", "create", "grace", "--role", "admin", "--email", "grace@example.com", "--json"];
			const admin = JSON.parse((await home.cli(words)).out);
			expect(admin).toEqual({
				id: expect.stringMatching(/^[0-9A-Za-z]{27}$/),
				username: "grace",
				role: "admin",
				apiKey: expect.any(String),
			});
			expect(JSON.parse((await home.cli(["user", "list", "--json"])).out)).toMatchObject([
				{ username: "ada", role: "owner", email: null, disabledAt: null },
				{ username: "grace", role: "admin", email: "grace@example.com", disabledAt: null },
			]);
			expect((await home.cli(["user", "list"])).out).toMatch(/^User +Role +E-mail +Since/);
		});
	});

	test.each([
		[["user", "create", "ADA"], "Somebody else is known on the server by this name"],
		[["user", "create", "b\u001b[31mob"], "cannot be a user name"],
		[["user", "create", "bob", "--email", "nowhere"], "not an e-mail address"],
		[["user", "disable", "nobody"], "Nobody is called"],
		[["user", "reset-key", "nobody"], "Nobody is called"],
		[["user", "disable", "ada"], "is the owner"],
		[["user", "erase", "ada"], "Say that it is meant with --yes."],
		[["user", "erase", "nobody", "--yes"], "Nobody is called"],
		[["user", "erase", "ada", "--yes", "--heir", "nobody"], "Nobody is called"],
		[["user", "erase", "ada", "--yes", "--heir", "ada"], "ada cannot own the server then."],
	])("%j is wrong usage, and changes nothing", async (words, sentence) => {
		await inHome(NO_TRANSCRIPTS, async ({ cli }) => {
			await cli(["user", "create", "ada", "--email", "ada@example.com"]);
			const before = await cli(["user", "list", "--json"]);
			const { code, out, err } = await cli(words);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain(sentence);
			expect(err).not.toContain("\u001b");
			expect(await cli(["user", "list", "--json"])).toEqual(before);
		});
	});

	test("disable ends what someone may do, and --enable lets them in again", async () => {
		await inHome(NO_TRANSCRIPTS, async (home) => {
			await home.cli(["user", "create", "ada"]);
			const key = (await home.cli(["user", "create", "bob"])).out.trim();
			expect((await home.cli(["user", "disable", "bob"])).code).toBe(0);
			expect(await ownerOf(home, key)).toBeUndefined();
			expect((await home.cli(["user", "disable", "bob", "--enable"])).code).toBe(0);
			expect(await ownerOf(home, key)).toBe("bob");
		});
	});

	test("reset-key ends the old key and prints a new one", async () => {
		await inHome(NO_TRANSCRIPTS, async (home) => {
			const old = (await home.cli(["user", "create", "ada"])).out.trim();
			const next = (await home.cli(["user", "reset-key", "ada"])).out.trim();
			expect(await ownerOf(home, old)).toBeUndefined();
			expect(await ownerOf(home, next)).toBe("ada");
		});
	});

	test("erase removes someone for good, and leaves the server to whom it is told to where its owner goes", async () => {
		await inHome(NO_TRANSCRIPTS, async (home) => {
			await home.cli(["user", "create", "ada"]);
			const key = (await home.cli(["user", "create", "bob"])).out.trim();
			await home.cli(["user", "create", "carol"]);
			const owners = await home.cli(["user", "erase", "ada", "--yes"]);
			expect([owners.code, owners.out]).toEqual([2, ""]);
			expect(owners.err).toContain("--heir");
			const gone = await home.cli(["user", "erase", "bob", "--yes"]);
			expect([gone.code, gone.out]).toEqual([
				0,
				"bob is erased: the account, its keys, and all of its usage.\n",
			]);
			expect(await ownerOf(home, key)).toBeUndefined();
			const heir = await home.cli(["user", "erase", "ada", "--yes", "--heir", "carol", "--json"]);
			expect(JSON.parse(heir.out)).toEqual({ id: expect.any(String), username: "ada", erased: true });
			const left = JSON.parse((await home.cli(["user", "list", "--json"])).out);
			expect(left).toMatchObject([{ username: "carol", role: "owner" }]);
			const db = await openLedger(join(home.kept, "server.db"), Date.now());
			expect(await db.all("select id from users")).toHaveLength(1);
			expect(await db.all("select user from erasures")).toEqual([]);
			await db.close();
		});
	});

	test.each(["disable", "reset-key"])("%s ends the invites that someone made", async (command) => {
		await inHome(NO_TRANSCRIPTS, async (home) => {
			await home.cli(["user", "create", "ada"]);
			await home.cli(["user", "create", "grace", "--role", "admin"]);
			await home.cli(["invite", "create"]);
			const db = await openLedger(join(home.kept, "server.db"), Date.now());
			const grace = await findAccountByName(db, "grace");
			const expiresAt = Date.now() + 60_000;
			await db.transaction((tx) =>
				saveNewInvite(tx, { role: "member", createdBy: grace?.user ?? null, expiresAt }, Date.now()),
			);
			await db.close();
			const count = async () => JSON.parse((await home.cli(["invite", "list", "--json"])).out).length;
			expect(await count()).toBe(2);
			expect((await home.cli(["user", command, "grace"])).code).toBe(0);
			expect(await count()).toBe(1);
		});
	});

	test("works on the database that is named, by flag or environment, and on no other kind", async () => {
		await inHome(NO_TRANSCRIPTS, async ({ home, cli }) => {
			const database = join(home, "elsewhere.db");
			await cli(["user", "create", "ada", "--database", database]);
			expect((await cli(["user", "list", "--json"])).out).toBe("[]\n");
			const named = await cli(["user", "list"], { env: { DATABASE_URL: `file:${database}` } });
			expect(named.out).toContain("ada");
			const secret = "mysql://root:hunter2@localhost/usage";
			const foreign = await cli(["user", "list"], { env: { DATABASE_URL: secret } });
			expect(foreign.code).toBe(7);
			expect(foreign.err).toContain("DATABASE_URL");
			expect(foreign.err).not.toContain("hunter2");
		});
	});
});

describe("promptpulse invite", () => {
	test("create prints a code, and where it leads if the server's address is set", async () => {
		await inHome(NO_TRANSCRIPTS, async ({ cli }) => {
			const { code, out } = await cli(["invite", "create"]);
			expect(code).toBe(0);
			expect(out).toMatch(/^[0-9A-Za-z]{24}\n$/);
			const env = { PUBLIC_URL: "https://usage.example.com" };
			const words = ["invite", "create", "--role", "admin", "--hours", "1", "--json"];
			const invite = JSON.parse((await cli(words, { env })).out);
			expect(invite).toMatchObject({ role: "admin", usedAt: null });
			expect(invite.url).toBe(`https://usage.example.com/join/${invite.code}`);
			expect(Date.parse(invite.expiresAt) - Date.parse(invite.createdAt)).toBeLessThan(3_700_000);
			const list = JSON.parse((await cli(["invite", "list", "--json"])).out);
			expect(list).toHaveLength(2);
			expect(JSON.stringify(list)).not.toContain(invite.code);
			expect((await cli(["invite", "list"])).out).toContain("open");
		});
	});

	test.each([["0"], ["721"], ["1.5"], ["many"]])("create refuses %s hours", async (hours) => {
		await inHome(NO_TRANSCRIPTS, async ({ cli }) => {
			const { code, err } = await cli(["invite", "create", "--hours", hours]);
			expect(code).toBe(2);
			expect(err).toContain("--hours");
		});
	});
});
