import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mintKey } from "../../src/account/api-key.ts";
import { migrations } from "../../src/embedded.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { answer, MAIN } from "../support/answers.ts";
import { CTRL_C, runAtTerminal } from "../support/at-terminal.ts";
import { inOtherProcess } from "../support/other-process.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { AS_ORDINARY_USER, type CliHome, inHome } from "../support/run-cli.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import { KEY, withServer } from "../support/usage-server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const ANSWERS = { [MAIN]: [answer(1), answer(2)] };

describe("exit code 0", () => {
	test("is for whatever was done, with something new or with nothing", async () => {
		await inHome({}, async ({ cli }) => {
			for (const words of [
				[],
				["collect", "--no-push"],
				["report"],
				["report", "--json"],
				["migrate"],
				["--help"],
			]) {
				expect(await cli(words)).toMatchObject({ code: 0, err: "" });
			}
		});
	});
});

describe("exit code 1", () => {
	test("is for a check of the doctor that failed", async () => {
		await inHome(ANSWERS, async ({ cli, kept }) => {
			mkdirSync(kept, { mode: 0o700 });
			writeFileSync(join(kept, "ledger.db"), "no ledger");
			const { code, out } = await cli(["doctor"], { env: { PATH: "" } });
			expect(code).toBe(1);
			expect(out).toMatch(/^✗ ledger /m);
		});
	});

	test("is for a ledger of a newer program, which is left alone", async () => {
		await inHome(ANSWERS, async ({ cli, kept, report }) => {
			await cli(["collect"]);
			const db = openSqlite(join(kept, "ledger.db"));
			await db.run("insert into migrations values (99, '0099_later.sql', 'x', 0)");
			for (const words of [["collect"], ["report"], ["report", "--no-collect"], ["migrate"], []]) {
				expect(await cli(words)).toEqual({
					code: 1,
					out: "",
					err:
						`The ledger has schema 99 (0099_later.sql), and this promptpulse knows no further than ${migrations.length}.\n` +
						"Install the newest promptpulse. Nothing was changed.\n",
				});
			}
			await db.run("delete from migrations where version = 99");
			await db.close();
			expect((await report("daily")).totals.responses).toBe(2);
		});
	});
});

describe("exit code 2", () => {
	test.each([
		[["colect"], "unknown command 'colect'", "(Did you mean collect?)"],
		[["repotr"], "unknown command 'repotr'", "(Did you mean report?)"],
		[["report", "--jsn"], "unknown option '--jsn'", "(Did you mean --json?)"],
		[["--jsn"], "unknown option '--jsn'", "(Did you mean --json?)"],
		[["report", "dayly"], "error: 'dayly' is invalid as grouping.", "daily, weekly, monthly"],
		[["report", "daily", "weekly"], "too many arguments", ""],
		[["report", "--since"], "argument missing", ""],
		[["report", "--since", "yesterday"], '--since "yesterday" is not a day.', "YYYY-MM-DD"],
		[["report", "--until", "2026-02-30"], '--until "2026-02-30" is not a day.', "YYYYMMDD"],
		[["report", "--since=2026-03-02", "--until=2026-03-01"], "is after --until", "earlier day"],
		[["report", "--timezone", "Mars/Olympus"], "is not a time zone", "Europe/Berlin"],
		[["--timezone", "Mars/Olympus"], "is not a time zone", "Europe/Berlin"],
		[["report", "--mode", "guess"], "'guess' is invalid", "calculate, auto, display"],
	])("is for words that cannot be meant: %p", async (words, what, hint) => {
		await inHome(ANSWERS, async ({ cli }) => {
			const { code, out, err } = await cli(words);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain(what);
			expect(err).toContain(hint);
		});
	});
});

if (AS_ORDINARY_USER) {
	const through = AS_ORDINARY_USER;

	describe("exit code 6", () => {
		test("is for files that could not be read; the rest is collected, reported and told", async () => {
			const other = "-home-dev-app/other.jsonl";
			await inHome({ ...ANSWERS, [other]: [answer(3)] }, async ({ cli, projects, report }) => {
				chmodSync(join(projects, other), 0);
				for (const words of [["collect", "--no-push"], ["report", "--json"], []]) {
					const { code, out, err } = await cli(words, { through });
					expect(code).toBe(6);
					expect(out).not.toBe("");
					expect(err).toBe(
						`${join(projects, other)} could not be read (EACCES): its usage is missing until it can be.\n`,
					);
				}
				chmodSync(join(projects, other), 0o600);
				expect((await report("daily")).totals.responses).toBe(3);
			});
		});
	});

	describe("exit code 7", () => {
		test("is for a home that collect cannot write to", async () => {
			await inHome(ANSWERS, async ({ cli, kept, report }) => {
				mkdirSync(kept, { mode: 0o500 });
				for (const words of [["collect"], ["migrate"]]) {
					const { code, out, err } = await cli(words, { through });
					expect({ code, out }).toEqual({ code: 7, out: "" });
					expect(err).toContain(`${join(kept, "collect.lock")} cannot be written`);
					expect(err).toContain("PROMPTPULSE_HOME");
				}
				chmodSync(kept, 0o700);
				expect((await report("daily")).totals.responses).toBe(2);
			});
		});
	});
}

describe("exit code 7", () => {
	test.each([
		["machine.json", "{", "cannot be read"],
		["machine.json", '{"id": "laptop"}', "has no machine id in it"],
		["machine.json", "null", "has no machine id in it"],
		["prices.json", "{", "cannot be read"],
		["prices.json", '{"models": {"m": {"input": "cheap"}}}', 'model "m", "input" must be a number'],
		["prices.json", "[]", "must be an object"],
	])("is for a broken %s: %s", async (name, text, what) => {
		await inHome(ANSWERS, async ({ cli, kept, report }) => {
			mkdirSync(kept);
			writeFileSync(join(kept, name), text);
			for (const words of [["collect"], ["report"]]) {
				const { code, out, err } = await cli(words);
				expect({ code, out }).toEqual({ code: 7, out: "" });
				expect(err).toContain(join(kept, name));
				expect(err).toContain(what);
				expect(err).toMatch(/\. ?\n[^\n]* away[^\n]*\.\n$/);
			}
			writeFileSync(join(kept, name), '{"id": "00000000-0000-4000-8000-000000000001", "models": {}}');
			if (name === "prices.json") writeFileSync(join(kept, name), '{"models": {}}');
			expect((await report("daily")).totals.responses).toBe(2);
		});
	});
});

test("what an error names is shown without what a terminal would obey", async () => {
	const evil = "\x1b[2J\u202e\u009b31m";
	await inHome({ [MAIN]: [answer(1, { cwd: `/home/dev/${evil}` })] }, async ({ cli, kept }) => {
		const unknown = await cli(["report", "--project", "nothing"]);
		expect(unknown.code).toBe(2);
		expect(unknown.err).toContain("There is: [2J31m");
		writeFileSync(join(kept, "prices.json"), JSON.stringify({ models: { [evil]: { input: 1e9 } } }));
		const broken = await cli(["report"]);
		expect(broken.code).toBe(7);
		expect(broken.err).toContain('model "[2J31m"');
		for (const { err } of [unknown, broken]) expect(err).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
	});
});

describe("exit code 8", () => {
	test("is for a collect beside another one; a report tells what is known, with a note", async () => {
		await inHome(ANSWERS, async ({ cli, kept, report }) => {
			await cli(["collect"]);
			writeFileSync(join(kept, "../.claude/projects", MAIN), `${answer(3)}\n`);
			await inOtherProcess("lock", join(kept, "collect.lock"), async () => {
				for (const words of [["collect"], ["collect", "--json"], ["migrate"]]) {
					expect(await cli(words)).toEqual({
						code: 8,
						out: "",
						err:
							"Another collect is running on this machine.\n" +
							"Nothing is lost. Try again when it has finished.\n",
					});
				}
				const note = "Another collect is running: these are the figures up to the last one.\n";
				const { code, out, err } = await cli(["report", "--json"]);
				expect({ code, err }).toEqual({ code: 0, err: note });
				expect(JSON.parse(out).totals.responses).toBe(2);
				expect(await cli([])).toMatchObject({ code: 0, err: note });
				expect(await cli(["report", "--no-collect"])).toMatchObject({ code: 0, err: "" });
			});
			expect((await report("daily")).totals.responses).toBe(3);
		});
	});

	test("does not come from a report in a home that has no ledger yet", async () => {
		await inHome(ANSWERS, async ({ cli, kept, report }) => {
			mkdirSync(kept);
			await inOtherProcess("lock", join(kept, "collect.lock"), async () => {
				expect(await cli(["report", "--json"])).toMatchObject({ code: 0 });
			});
			expect((await report("daily")).totals.responses).toBe(2);
		});
	});
});

/** Runs `use` in a home that has sent what it had to a server, as the environment says. */
async function whereSent(
	use: (home: CliHome, server: ServedServer, env: Record<string, string>) => Promise<void>,
): Promise<void> {
	const served = await serveServer();
	try {
		const { keys } = await served.server.join("alice");
		const env = { PROMPTPULSE_SERVER: served.origin, PROMPTPULSE_API_KEY: keys.full };
		await inHome(ANSWERS, async (home) => {
			expect((await home.cli(["collect"], { env })).code).toBe(0);
			await use(home, served, env);
		});
	} finally {
		await served.stop();
	}
}

/** Whatever asks a server. */
const ASKING = [["collect", "--resend"], ["verify"], ["whoami"], ["dashboard", "--no-open"]];

describe("with a server, exit code", () => {
	test("3 is for nobody who is logged in, and for a key that it refuses", async () => {
		await whereSent(async ({ cli }, _server, env) => {
			for (const words of [["verify"], ["whoami"]]) {
				expect(await cli(words)).toMatchObject({ code: 3, out: "" });
			}
			const wrong = { ...env, PROMPTPULSE_API_KEY: mintKey("full") };
			for (const words of ASKING) {
				const { code, err } = await cli(words, { env: wrong });
				expect([words, code]).toEqual([words, 3]);
				expect(err).toMatch(/run promptpulse login/i);
			}
		});
	});

	test("4 is for one that cannot be reached; what was not sent is kept", async () => {
		await whereSent(async ({ cli, report }, _server, env) => {
			const away = { ...env, PROMPTPULSE_SERVER: "http://127.0.0.1:9" };
			for (const words of ASKING) {
				const { code, err } = await cli(words, { env: away, program: fromSourcesAfter("hasty-waits.ts") });
				expect([words, code]).toEqual([words, 4]);
				expect(err).toContain("127.0.0.1:9 could not be reached");
			}
			expect((await report("daily", "--no-collect")).totals.responses).toBe(2);
		});
	});

	test("5 is for usage that it refused", async () => {
		await withServer(async (server) => {
			server.behaviour = async (_request, answer) => {
				const reply = (await (await answer()).json()) as { stored: number };
				return Response.json({
					...reply,
					stored: reply.stored - 1,
					rejected: [{ index: 0, code: "bad_time" }],
				});
			};
			await inHome(ANSWERS, async ({ cli }) => {
				const env = { PROMPTPULSE_SERVER: server.address, PROMPTPULSE_API_KEY: KEY };
				const { code, err } = await cli(["collect"], { env });
				expect(code).toBe(5);
				expect(err).toContain("refused 1 response");
			});
		});
	});

	test("9 is for what it does not have any more", async () => {
		await whereSent(async ({ cli }, { server }, env) => {
			expect((await cli(["verify"], { env })).code).toBe(0);
			await server.db.run("delete from events");
			expect(await cli(["verify"], { env })).toMatchObject({ code: 9, err: "" });
		});
	});
});

// A pseudo-terminal is not to be had everywhere.
test.skipIf(process.platform === "win32")("exit code 130 is for Ctrl-C at a question", async () => {
	await inHome({}, async (home) => {
		const { code, screen } = await runAtTerminal(["login"], home, [["Address of the server", CTRL_C]]);
		expect(code).toBe(130);
		expect(screen).toContain("Nothing was changed.");
	});
});
