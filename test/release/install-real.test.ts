import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "../../src/version.ts";
import { answer, MAIN } from "../support/answers.ts";
import { whoInstalls } from "../support/installing.ts";
import { placeProgram } from "../support/placed-program.ts";
import { madeProgram, madeRelease, type ReleaseServer, serveReleases } from "../support/release-server.ts";
import { runCli, startCli } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

setDefaultTimeout(60_000);

const NEW = madeRelease(madeProgram("0.10.0"));

describe.skipIf(process.platform === "win32")("the real program", () => {
	let folder: string;
	let server: ReleaseServer;

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "promptpulse-installed-"));
		const real = madeRelease(readFileSync(await placeProgram(folder)));
		server = await serveReleases({ latest: NEW, [VERSION]: real });
	}, 120_000);
	afterAll(async () => {
		await server[Symbol.asyncDispose]();
		rmSync(folder, { recursive: true, force: true });
	});

	test("is installed, runs under both names, is replaced while it runs, and takes its schedule with it", async () => {
		const crontab = join(import.meta.dir, "../support/schedulers/crontab");
		const own = { crontab: `#!/bin/sh\nSCHEDULERS_STATE="$HOME" exec '${crontab}' "$@"\n` };
		await whoInstalls(
			server,
			async ({ home, bin, program, tools, install, left, version }) => {
				const { code, err } = await install(["--version", VERSION]);
				expect([code, err, version()]).toEqual([0, "", VERSION]);
				writeTranscripts(join(home, ".claude/projects"), { [MAIN]: [answer(1), answer(2)] });
				const env = { PATH: tools };
				const open = startCli(["dashboard", "--no-open", "--port", "0"], { home, program: [program], env });
				// It has collected before it tells where it is, and does not stand in the way any more.
				await open.stdout.getReader().read();
				const collect = startCli(["collect", "--quiet"], { home, program: [join(bin, "ppulse")], env });
				const upgrade = await install();
				expect([upgrade.code, upgrade.out, version()]).toEqual([
					0,
					expect.stringContaining(`place of ${VERSION}`),
					"0.10.0",
				]);
				expect(await collect.exited).toBe(0);
				open.kill("SIGINT");
				expect(await open.exited).toBe(0);
				expect((await install(["--version", VERSION, "--allow-downgrade"])).code).toBe(0);
				const run = (...words: string[]) => runCli(words, { home, program: [program], env });
				expect(JSON.parse((await run("report", "--json")).out).totals.responses).toBe(2);
				expect((await run("setup", "--scheduler", "cron")).code).toBe(0);
				expect(readFileSync(join(home, "crontab"), "utf8")).toContain(program);
				const gone = await install(["--uninstall"]);
				expect([gone.code, gone.err, left()]).toEqual([0, "", []]);
				expect(gone.out).toContain("Taken away: ");
				expect(existsSync(join(home, "crontab")) && readFileSync(join(home, "crontab"), "utf8")).toBeOneOf([
					false,
					"",
				]);
				expect(existsSync(join(home, ".promptpulse/ledger.db"))).toBe(true);
			},
			{ own },
		);
	});
});
