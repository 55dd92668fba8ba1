import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findAccountByName } from "../../src/ledger/accounts.ts";
import { findUsableKey } from "../../src/ledger/api-keys.ts";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { CTRL_C, ENTER, runAtTerminal } from "../support/at-terminal.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

let served: ServedServer;
let ada: Person;

beforeAll(async () => {
	served = await serveServer();
	ada = await served.server.join("ada", "owner");
});

afterAll(() => served.stop());

function keptIn({ kept }: CliHome): Record<string, unknown> {
	return JSON.parse(readFileSync(join(kept, "config.json"), "utf8"));
}

// A pseudo-terminal is not to be had everywhere.
describe.skipIf(process.platform === "win32")("at a terminal", () => {
	test("a new account is asked for step by step, and again where something is not taken", async () => {
		const { db, now } = served.server;
		const wanted = { role: "member", createdBy: null, expiresAt: now + 60_000 } as const;
		const { code: invite } = await db.transaction((tx) => saveNewInvite(tx, wanted, now));
		await inHome({}, async (home) => {
			const { code, screen } = await runAtTerminal(["login"], home, [
				["Address of the server", `${served.origin}${ENTER}`],
				["User name", `a b${ENTER}`],
				["at most 64 letters", `\x7f\x7f\x7fADA${ENTER}`],
				["E-mail address", ENTER],
				["only for who has an invite", ""],
				["Code of the invite", `${"0".repeat(24)}${ENTER}`],
				["not good any more", ""],
				["Code of the invite", `${invite}${ENTER}`],
				["by one that looks the same", ""],
				["User name", `carol${ENTER}`],
			]);
			expect(code).toBe(0);
			const { apiKey, ...rest } = keptIn(home);
			expect(screen).toContain(String(apiKey));
			const found = await findUsableKey(db, String(apiKey), now);
			expect(rest).toEqual({ userId: found?.account.id, username: "carol", server: served.origin });
		});
	});

	test("a key is pasted unseen, and asked for again where it cannot be one", async () => {
		await inHome({}, async (home) => {
			const words = ["login", "--key-stdin", "--server", served.origin];
			const { code, screen } = await runAtTerminal(words, home, [
				["Paste the API key", `hello${ENTER}`],
				["This is no API key", `${"\x7f".repeat(5)}${ada.keys.full}${ENTER}`],
			]);
			expect(code).toBe(0);
			expect(screen).toContain("as ada.");
			expect(screen).not.toContain(ada.keys.full);
			expect(keptIn(home).apiKey).toBe(ada.keys.full);
		});
	});

	test("another login stays unless a person says yes", async () => {
		await inHome({}, async (home) => {
			await home.cli(["login", ada.keys.full, "--server", served.origin]);
			const bob = await served.server.join("bob");
			const words = ["login", bob.keys.full, "--server", served.origin];
			const no = await runAtTerminal(words, home, [["Replace that login?", ENTER]]);
			expect(no.code).toBe(130);
			expect(no.screen).toContain("Nothing was changed.");
			expect(keptIn(home).username).toBe("ada");
			const yes = await runAtTerminal(words, home, [["Replace that login?", "y"]]);
			expect(yes.code).toBe(0);
			expect(keptIn(home).username).toBe("bob");
		});
	});

	test("Ctrl-C ends it with 130, and leaves everything as it was", async () => {
		await inHome({}, async (home) => {
			const { code, screen } = await runAtTerminal(["login", "--server", served.origin], home, [
				["User name", `eve${ENTER}`],
				["E-mail address", CTRL_C],
			]);
			expect(code).toBe(130);
			expect(screen).toContain("Nothing was changed.");
			expect(existsSync(home.kept)).toBe(false);
			expect(await findAccountByName(served.server.db, "eve")).toBeUndefined();
		});
	});
});
