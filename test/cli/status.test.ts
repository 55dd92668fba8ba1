import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { answer, MAIN } from "../support/answers.ts";
import { countNaively } from "../support/naive-count.ts";
import { inOtherProcess } from "../support/other-process.ts";
import { PROGRAM } from "../support/program.ts";
import { AS_ORDINARY_USER, type CliHome, environmentOf, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const ANSWERS = { [MAIN]: [answer(1), answer(2), answer(2), answer(3)] };

/** The status as JSON; it has to end well and without a word on stderr. */
async function statusOf(home: CliHome, options?: Parameters<CliHome["cli"]>[1]) {
	const { code, out, err } = await home.cli(["status", "--json"], options);
	expect({ code, err }).toEqual({ code: 0, err: "" });
	return JSON.parse(out);
}

describe("the status", () => {
	test("of a machine where nothing was collected yet says what to do, and makes nothing", async () => {
		await inHome(ANSWERS, async (home) => {
			// Whatever the machine has that the tests run on is not looked at.
			const env = { PATH: home.home };
			expect(await home.cli(["status"], { env })).toEqual({
				code: 0,
				out:
					"Last collect  None is noted. Run promptpulse collect.\n" +
					"By itself     Nothing is set up. Run promptpulse setup.\n" +
					"Kept          Nothing yet. Run promptpulse collect.\n" +
					`Home          ${home.kept}\n`,
				err: "",
			});
			const path = join(home.home, ".claude/settings.json");
			expect(await statusOf(home, { env })).toEqual({
				home: home.kept,
				isCollecting: false,
				lastRun: null,
				lastSuccessAt: null,
				lastScheduledAt: null,
				setup: { schedules: [], hooks: [{ path, isSet: false, isCurrent: false }], troubles: [] },
				responses: 0,
				since: null,
				server: null,
				unsent: null,
				setAside: [],
				skipped: {},
			});
			expect(existsSync(home.kept)).toBe(false);
		});
	});

	test("tells the last collect and as many responses as there are", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			const files = readdirSync(home.kept).sort();
			const { total } = countNaively(home.projects);
			const status = await statusOf(home);
			expect(status).toMatchObject({ responses: total.responses, since: "2026-03-02", isCollecting: false });
			expect(status.lastRun).toMatchObject({ trigger: "manual", exitCode: 0, files: 1, stored: 3 });
			expect(status.lastSuccessAt).toBe(status.lastRun.finishedAt);
			const { out } = await home.cli(["status"]);
			expect(out).toMatch(
				/^Last collect {2}\d{4}-\d\d-\d\d \d\d:\d\d, .+ ago, by hand\n {14}It ended well\.\n/,
			);
			expect(out).toContain("\nKept          3 responses since 2026-03-02\n");
			expect(out).toContain("\nUnsent        Nothing: no server is set.\n");
			expect(readdirSync(home.kept).sort()).toEqual(files);
		});
	});

	test("tells how a collect failed, and when the last one did not", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			const before = await statusOf(home);
			writeFileSync(join(home.kept, "prices.json"), "{");
			expect((await home.cli(["collect", "--trigger", "schedule"])).code).toBe(7);
			const { lastRun, lastSuccessAt, responses } = await statusOf(home);
			expect(lastRun).toMatchObject({ trigger: "schedule", exitCode: 7 });
			expect(lastRun.error).toContain(join(home.kept, "prices.json"));
			expect({ lastSuccessAt, responses }).toEqual({ lastSuccessAt: before.lastSuccessAt, responses: 3 });
			expect((await home.cli(["status"])).out).toContain("by schedule\n");
		});
	});

	test("tells what waits for a server that is set, without asking it", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect", "--no-push"]);
			// Nobody listens on that port: who asked would be refused.
			const env = { PROMPTPULSE_SERVER: "http://127.0.0.1:1", PROMPTPULSE_API_KEY: "a-key" };
			const { server, unsent } = await statusOf(home, { env });
			expect(new URL(server).host).toBe("127.0.0.1:1");
			expect(unsent).toMatchObject({ events: 3, oldestAt: "2026-03-02T10:00:00.000Z" });
			const ages: number[] = Object.values(unsent.byAge);
			expect(ages.reduce((sum, events) => sum + events, 0)).toBe(3);
			const { out } = await home.cli(["status"], { env });
			expect(out).toContain("\nUnsent        3 responses for 127.0.0.1:1: ");
			expect(out).not.toContain("a-key");
		});
	});

	test("tells that the server refused the key, and that nothing has been well since", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect", "--no-push"]);
			const before = await statusOf(home);
			const server = Bun.serve({
				hostname: "127.0.0.1",
				port: 0,
				fetch: () => new Response("", { status: 401 }),
			});
			const env = { PROMPTPULSE_SERVER: server.url.origin, PROMPTPULSE_API_KEY: "a-key" };
			expect((await home.cli(["collect"], { env })).code).toBe(3);
			await server.stop(true);
			const { lastRun, lastSuccessAt } = await statusOf(home);
			expect(lastRun).toMatchObject({ exitCode: 3, files: 1, push: { sent: 0, unsent: 3 } });
			expect(lastRun.error).toContain(server.url.host);
			expect(JSON.stringify(lastRun)).not.toContain("a-key");
			expect(lastSuccessAt).toBe(before.lastSuccessAt);
			expect((await home.cli(["status"], { env })).out).toContain(
				"\n              The server refused the key: ",
			);
		});
	});

	test("tells lines that could not be counted as long as their transcript is there", async () => {
		await inHome(ANSWERS, async (home) => {
			appendFileSync(join(home.projects, MAIN), `${answer(4, { usage: { output_tokens: -1 } })}\n`);
			for (const words of [["collect"], ["collect"], ["collect", "--full"]]) {
				await home.cli(words);
				expect((await statusOf(home)).skipped).toEqual({ bad_counter: 1 });
			}
			expect((await home.cli(["status"])).out).toContain(
				"\nNot counted   1 line: a number of tokens is not a sound one\n",
			);
			rmSync(join(home.projects, MAIN));
			await home.cli(["collect"]);
			expect(await statusOf(home)).toMatchObject({ skipped: {}, responses: 3 });
		});
	});

	test("does without a note that cannot be understood", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			writeFileSync(join(home.kept, "last-run.json"), "{");
			expect(await statusOf(home)).toMatchObject({ lastRun: null, lastSuccessAt: null, responses: 3 });
		});
	});

	test("says so of a damaged ledger, as every command does", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			writeFileSync(join(home.kept, "ledger.db"), "Dear diary,\n".repeat(1_000));
			const { code, out, err } = await home.cli(["status"]);
			expect({ code, out }).toEqual({ code: 1, out: "" });
			expect(err).toContain("is damaged or is not a ledger");
		});
	});
});

describe("while a collect is running the status", () => {
	test("says so and tells what is known", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			await inOtherProcess("lock", join(home.kept, "collect.lock"), async () => {
				expect(await statusOf(home)).toMatchObject({ isCollecting: true, responses: 3 });
				expect((await home.cli(["status"])).out).toStartWith(
					"Running       A collect is at work right now.\n",
				);
			});
			expect(await statusOf(home)).toMatchObject({ isCollecting: false });
		});
	});

	test("does not wait for what it writes", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			const db = openSqlite(join(home.kept, "ledger.db"));
			await db.transaction(async (tx) => {
				await tx.run("delete from usage_days");
				expect(await statusOf(home)).toMatchObject({ responses: 3 });
			});
			await db.close();
		});
	});
});

if (AS_ORDINARY_USER) {
	const through = AS_ORDINARY_USER;

	test("the status of a home that cannot be written is told all the same", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			const paths = ["", ...readdirSync(home.kept)].map((name) => join(home.kept, name));
			Bun.spawnSync(["chmod", "a-w", ...paths]);
			expect(await statusOf(home, { through })).toMatchObject({ responses: 3, isCollecting: false });
			Bun.spawnSync(["chmod", "u+w", ...paths]);
		});
	});
}

describe.skipIf(process.platform === "win32")("the status on a screen", () => {
	const AGO = /, [^,]+ ago/g;

	/** The lines that a person sees. */
	async function seen({ home }: CliHome, cols: number, env: Record<string, string> = {}): Promise<string[]> {
		let screen = "";
		const child = Bun.spawn([...PROGRAM, "status"], {
			cwd: home,
			env: environmentOf({ home, env: { TERM: "xterm", ...env } }),
			terminal: {
				cols,
				rows: 24,
				data: (_terminal, bytes) => {
					screen += Buffer.from(bytes).toString();
				},
			},
		});
		await child.exited;
		return screen.trimEnd().split("\r\n");
	}

	test("has bold labels, and none where no colours are wanted", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			expect((await seen(home, 80))[0]).toStartWith("\x1b[1mLast collect\x1b[22m  ");
			for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
				expect((await seen(home, 80, env)).join("")).not.toContain("\x1b");
			}
		});
	});

	test("is no wider than that, but for the path of the home, which stays whole", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			const narrow = await seen(home, 40, { NO_COLOR: "1" });
			expect(narrow.at(-1)).toBe(`Home          ${home.kept}`);
			for (const line of narrow.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(40);
			const wide = await seen(home, 200, { NO_COLOR: "1" });
			expect(wide.length).toBeLessThan(narrow.length);
			const words = (lines: readonly string[]) => lines.map((line) => line.trim()).join(" ");
			expect(words(wide).replace(AGO, "")).toBe(words(narrow).replace(AGO, ""));
		});
	});
});
