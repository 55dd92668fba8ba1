import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kindOfKey } from "../../src/account/api-key.ts";
import { findAccountByName } from "../../src/ledger/accounts.ts";
import { findUsableKey, listKeys } from "../../src/ledger/api-keys.ts";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { answer, MAIN } from "../support/answers.ts";
import { runWithInput } from "../support/at-terminal.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

let served: ServedServer;
let ada: Person;
let bob: Person;

beforeAll(async () => {
	served = await serveServer();
	ada = await served.server.join("ada", "owner");
	bob = await served.server.join("bob");
});

afterAll(() => served.stop());

function keptIn({ kept }: CliHome): Record<string, unknown> {
	return JSON.parse(readFileSync(join(kept, "config.json"), "utf8"));
}

async function newInvite(): Promise<string> {
	const { db, now } = served.server;
	const wanted = { role: "member", createdBy: null, expiresAt: now + 60_000 } as const;
	return (await db.transaction((tx) => saveNewInvite(tx, wanted, now))).code;
}

const OLD_KEY = `pk_${"0123456789abcdef".repeat(4)}`;
const RESPONSES = [0, 1, 2].map((n) => answer(n, { timestamp: `2026-03-0${n + 1}T12:00:00Z` }));

describe("login with a key", () => {
	test("keeps it, its server and its account, for the machine's owner alone", async () => {
		await inHome({}, async (home) => {
			const { code, out, err } = await home.cli(["login", ada.keys.full, "--server", `${served.origin}/`]);
			expect({ code, out }).toEqual({ code: 0, out: "" });
			expect(err).toContain("--key-stdin keeps it out of there");
			expect(err).toContain(`Logged in at 127.0.0.1:${served.port} as ada.`);
			expect(err).toContain("promptpulse collect");
			expect(err).not.toContain(ada.keys.full);
			expect(keptIn(home)).toEqual({
				apiKey: ada.keys.full,
				userId: ada.account.id,
				username: "ada",
				server: served.origin,
			});
			if (process.platform === "win32") return;
			expect(statSync(join(home.kept, "config.json")).mode & 0o777).toBe(0o600);
			expect(statSync(home.kept).mode & 0o777).toBe(0o700);
		});
	});

	test.each([
		["and an end", false],
		["and more to come", true],
	])("from the standard input, with a line's end %s", async (_what, staysOpen) => {
		await inHome({}, async (home) => {
			const words = ["login", "--key-stdin", "--server", served.origin];
			const { code, err } = await runWithInput(words, home, `  ${ada.keys.full} \r\n`, staysOpen);
			expect(code).toBe(0);
			expect(err).not.toContain("history");
			expect(keptIn(home).apiKey).toBe(ada.keys.full);
		});
	});

	test("leaves what else stands in config.json", async () => {
		await inHome({}, async (home) => {
			mkdirSync(home.kept, { mode: 0o700 });
			writeFileSync(join(home.kept, "config.json"), JSON.stringify({ theme: "dark" }), { mode: 0o600 });
			await home.cli(["login", ada.keys.full, "--server", served.origin]);
			expect(keptIn(home)).toMatchObject({ theme: "dark", username: "ada" });
			await home.cli(["logout"]);
			expect(keptIn(home)).toEqual({ theme: "dark" });
		});
	});

	test.each([
		["of an earlier PromptPulse", OLD_KEY, "which no server takes any more"],
		["with a typing error", "pk_f00000000000000000000000000000000000000", "has a typing error"],
		["that was cut", "pk_f0000", "is not whole"],
		["that is none", "hello", "This is no API key"],
	])("%s is refused before any server is asked", async (_what, key, sentence) => {
		await inHome({}, async ({ cli, kept }) => {
			const { code, out, err } = await cli(["login", key, "--server", "http://127.0.0.1:1"]);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain(sentence);
			expect(err).not.toContain(key);
			expect(existsSync(kept)).toBe(false);
		});
	});

	test("that only reads is refused: nothing could be sent", async () => {
		await inHome({}, async ({ cli }) => {
			const { code, err } = await cli(["login", ada.keys.read, "--server", served.origin]);
			expect(code).toBe(2);
			expect(err).toContain("it cannot send usage");
		});
	});

	test("that the server does not know ends with 3, a server that is not there with 4, and nothing is kept", async () => {
		const stranger = await served.server.join("stranger");
		const [key] = (await listKeys(served.server.db, stranger.account.user)).filter(
			({ kind }) => kind === "full",
		);
		await stranger.send("DELETE", `/api/user/keys/${key?.id}`, {});
		await inHome({}, async ({ cli, kept }) => {
			const refused = await cli(["login", stranger.keys.full, "--server", served.origin]);
			expect(refused.code).toBe(3);
			expect(refused.err).toContain("does not accept the key (it answered 401)");
			const absent = await cli(["login", ada.keys.full, "--server", "http://127.0.0.1:1"]);
			expect(absent.code).toBe(4);
			expect(absent.err).toContain("could not be reached");
			expect(refused.err + absent.err).not.toMatch(/pk_f/);
			expect(existsSync(kept)).toBe(false);
		});
	});

	test.each([
		["no server", ["login", "--key-stdin"], "--server"],
		["http elsewhere", ["login", "--key-stdin", "--server", "http://usage.example.com"], "--insecure"],
		["no address", ["login", "--key-stdin", "--server", "usage"], "https://usage.example.com"],
		["the key twice", ["login", "pk_f0", "--key-stdin"], "Leave it out"],
		["a name beside it", ["login", "pk_f0", "--username", "ada"], "only one"],
		["no day", ["login", "--key-stdin", "--since", "yesterday"], "YYYY-MM-DD"],
	])("and %s is refused, and what would do is named", async (_what, words, hint) => {
		await inHome({}, async (home) => {
			const { code, out, err } = await runWithInput(words, home, ada.keys.full);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain(hint);
			expect(existsSync(home.kept)).toBe(false);
		});
	});
});

// Windows leads this address nowhere.
test.skipIf(process.platform === "win32")(
	"http that others can read is allowed once, at the login, and for that server",
	async () => {
		await inHome({}, async (home) => {
			const server = `http://0.0.0.0:${served.port}`;
			expect((await home.cli(["login", ada.keys.full, "--server", server])).code).toBe(2);
			expect((await home.cli(["login", ada.keys.full, "--server", server, "--insecure"])).code).toBe(0);
			expect(keptIn(home)).toMatchObject({ server, insecure: true });
			expect((await home.cli(["collect"])).code).toBe(0);
			expect((await home.cli(["whoami"])).code).toBe(0);
			const env = { PROMPTPULSE_SERVER: "http://usage.example.com", PROMPTPULSE_API_KEY: "a-key" };
			expect((await home.cli(["whoami"], { env })).code).toBe(7);
		});
	},
);

describe("another login", () => {
	test("is replaced only if that is wanted; the same account's is, without a word", async () => {
		await inHome({}, async (home) => {
			const loginAs = (key: string, ...flags: string[]) =>
				home.cli(["login", key, "--server", served.origin, ...flags]);
			await loginAs(ada.keys.full);
			const refused = await loginAs(bob.keys.full);
			expect(refused.code).toBe(2);
			expect(refused.err).toContain(`This machine is logged in as ada at 127.0.0.1:${served.port}.`);
			expect(refused.err).toContain("--yes");
			expect(keptIn(home).username).toBe("ada");
			expect((await loginAs(ada.keys.ingest)).code).toBe(0);
			expect(keptIn(home)).toMatchObject({ username: "ada", apiKey: ada.keys.ingest });
			const asNew = await home.cli(["login", "--username", "eve"]);
			expect(asNew).toMatchObject({ code: 2, out: "" });
			expect(await findAccountByName(served.server.db, "eve")).toBeUndefined();
			expect((await loginAs(bob.keys.full, "--yes")).code).toBe(0);
			expect(keptIn(home).username).toBe("bob");
		});
	});

	test("of an earlier PromptPulse is explained, and replaced without asking", async () => {
		await inHome({ [MAIN]: RESPONSES }, async (home) => {
			mkdirSync(home.kept, { mode: 0o700 });
			const old = { apiKey: OLD_KEY, userId: 7, username: "ada", email: "ada@example.com" };
			writeFileSync(join(home.kept, "config.json"), JSON.stringify(old), { mode: 0o600 });
			const collected = await home.cli(["collect"]);
			expect(collected.code).toBe(0);
			expect(collected.err).toContain("one of an earlier PromptPulse");
			expect(collected.err).toContain("promptpulse login");
			const env = { PROMPTPULSE_SERVER: served.origin };
			const refused = await home.cli(["collect"], { env });
			expect(refused.code).toBe(3);
			expect(refused.err).toContain(`promptpulse login --server ${served.origin}`);
			const { code } = await home.cli(["login", ada.keys.full, "--server", served.origin]);
			expect(code).toBe(0);
			expect(keptIn(home).userId).toBe(ada.account.id);
		});
	});
});

describe("login without a key", () => {
	test("makes an account with an invite, and prints its key alone", async () => {
		await inHome({}, async (home) => {
			const words = [
				"login",
				"--server",
				served.origin,
				"--username",
				"carol",
				"--email",
				"carol@example.com",
			];
			const { code, out, err } = await home.cli([...words, "--invite", await newInvite()]);
			expect(code).toBe(0);
			const key = out.trim();
			expect(kindOfKey(key)).toBe("full");
			expect(err).toContain("It is shown this once");
			expect(err).not.toContain(key);
			expect(keptIn(home)).toMatchObject({ apiKey: key, username: "carol", email: "carol@example.com" });
			const found = await findUsableKey(served.server.db, key, served.server.now);
			expect(found?.account).toMatchObject({ username: "carol", role: "member" });
		});
	});

	test.each([
		["no name", [], "--username"],
		["a name that is none", ["--username", "a b"], "What --username gives cannot be a user name."],
		["an e-mail address that is none", ["--username", "dave", "--email", "x"], "--email"],
		["no invite", ["--username", "dave"], "--invite"],
		["a wrong invite", ["--username", "dave", "--invite", "0".repeat(24)], "The invite is not good"],
	])("and with %s is refused, and what would do is named", async (_what, flags, hint) => {
		await inHome({}, async ({ cli, kept }) => {
			const { code, out, err } = await cli(["login", "--server", served.origin, ...flags]);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain(hint);
			expect(existsSync(kept)).toBe(false);
		});
	});

	test("and with a name that somebody has is refused", async () => {
		await inHome({}, async ({ cli }) => {
			const words = ["login", "--server", served.origin, "--username", "ADA", "--invite", await newInvite()];
			const { code, err } = await cli(words);
			expect(code).toBe(2);
			expect(err).toContain("Somebody else is known on the server by this name");
		});
	});
});

describe("login --ingest-only", () => {
	test("keeps only a key that can send, made by the one that was given", async () => {
		await inHome({ [MAIN]: RESPONSES }, async (home) => {
			await home.cli(["login", bob.keys.full, "--server", served.origin, "--ingest-only"]);
			const { apiKey } = keptIn(home);
			expect(kindOfKey(String(apiKey))).toBe("ingest");
			const keys = await listKeys(served.server.db, bob.account.user);
			expect(keys.map(({ name }) => name)).toContain("laptop");
			expect(readFileSync(join(home.kept, "config.json"), "utf8")).not.toContain(bob.keys.full);
			expect((await home.cli(["collect"])).out).toContain("3 responses sent");
			expect((await home.cli(["whoami"])).out).toContain("of the kind ingest");
		});
	});

	test("prints a new account's full key, and does not keep it", async () => {
		await inHome({}, async (home) => {
			const words = ["login", "--server", served.origin, "--username", "frank", "--ingest-only"];
			const { code, out, err } = await home.cli([...words, "--invite", await newInvite()]);
			expect(code).toBe(0);
			expect(kindOfKey(out.trim())).toBe("full");
			expect(err).toContain("This machine does not keep it.");
			expect(kindOfKey(String(keptIn(home).apiKey))).toBe("ingest");
		});
	});
});

describe("login --since", () => {
	test("leaves older usage on the machine until an earlier day is chosen", async () => {
		await inHome({ [MAIN]: RESPONSES }, async (home) => {
			const gina = await served.server.join("gina");
			const loginFrom = (...flags: string[]) =>
				home.cli(["login", gina.keys.full, "--server", served.origin, ...flags]);
			await home.cli(["collect", "--no-push"]);
			const { err } = await loginFrom("--since", "2026-03-02");
			expect(err).toContain("history from 2026-03-02 on: 2 responses of 2 days");
			const sent = async () => JSON.parse((await home.cli(["collect", "--json"])).out).push;
			expect(await sent()).toMatchObject({ sent: 2, unsent: 0 });
			expect(await sent()).toMatchObject({ sent: 0, unsent: 0 });
			expect((await loginFrom()).err).toContain("from 2026-03-02 on");
			expect(await sent()).toMatchObject({ sent: 0, unsent: 0 });
			await loginFrom("--since", "2026-01-01");
			expect(await sent()).toMatchObject({ sent: 1, known: 2, unsent: 0 });
		});
	});
});
