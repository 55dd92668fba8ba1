import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildBinary } from "../../build.ts";
import { VERSION } from "../../src/version.ts";
import { answer, MAIN } from "../support/answers.ts";
import { whoInstalls } from "../support/installing.ts";
import { madeProgram, madeRelease, type ReleaseServer, serveReleases } from "../support/made-release.ts";
import { runCli, startCli } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

setDefaultTimeout(60_000);

const NEW = madeRelease(madeProgram("0.10.0"));

describe.skipIf(process.platform === "win32")("the real program", () => {
	let folder: string;
	let server: ReleaseServer;

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "promptpulse-installed-"));
		await buildBinary(pathToFileURL(`${folder}/`));
		const real = madeRelease(readFileSync(join(folder, "promptpulse")));
		server = await serveReleases({ latest: NEW, [VERSION]: real });
	}, 120_000);
	afterAll(async () => {
		await server[Symbol.asyncDispose]();
		rmSync(folder, { recursive: true, force: true });
	});

	test("is installed, runs under both names, is replaced while it runs, and takes its schedule with it", async () => {
		const own = { crontab: `#!/bin/sh\n[ "$1" = -l ] && exit 1\nexit 0\n` };
		await whoInstalls(
			server,
			async ({ home, bin, program, tools, install, left, version }) => {
				const { code, err } = await install(["--version", VERSION]);
				expect([code, err, version()]).toEqual([0, "", VERSION]);
				writeTranscripts(join(home, ".claude/projects"), { [MAIN]: [answer(1), answer(2)] });
				const env = { PATH: tools };
				const open = startCli(["dashboard", "--no-open", "--port", "0"], { home, program: [program], env });
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
				const { out } = await runCli(["report", "--json"], { home, program: [program], env });
				expect(JSON.parse(out).totals.responses).toBe(2);
				const gone = await install(["--uninstall"]);
				expect([gone.code, gone.err, left()]).toEqual([0, "", []]);
				expect(gone.out).toContain("Nothing to take away");
			},
			{ own },
		);
	});
});
