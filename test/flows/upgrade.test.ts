import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildBinary } from "../../build.ts";
import { VERSION } from "../../src/version.ts";
import { answer, MAIN } from "../support/answers.ts";
import { placeProgram } from "../support/placed-program.ts";
import { inHome, startCli } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

setDefaultTimeout(60_000);

let folder: string;
let whole: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "promptpulse-upgrade-"));
	whole = await placeProgram(join(folder, "bin"));
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a whole binary in the place of another one, as an upgrade does. */
function replace(program: string): void {
	copyFileSync(whole, `${program}.new`);
	renameSync(`${program}.new`, program);
}

describe("R41: a binary that is run by the clock", () => {
	test("is the old one or the new one, whenever a build is stopped", async () => {
		const out = join(folder, "stopped");
		mkdirSync(out);
		const old = "the old one";
		for (const ms of [50, 200, 600, 1_200]) {
			writeFileSync(join(out, "promptpulse"), old);
			const script = `import { buildBinary } from ${JSON.stringify(join(import.meta.dir, "../../build.ts"))};
				await buildBinary(new URL(${JSON.stringify(pathToFileURL(`${out}/`).href)}));`;
			const child = Bun.spawn([process.execPath, "-e", script], {
				cwd: join(import.meta.dir, "../.."),
				stdout: "ignore",
				stderr: "ignore",
			});
			await Promise.race([child.exited, Bun.sleep(ms)]);
			child.kill("SIGKILL");
			await child.exited;
			const left = readFileSync(join(out, "promptpulse"));
			expect(left.toString("latin1") === old || left.equals(readFileSync(whole))).toBe(true);
		}
		await buildBinary(pathToFileURL(`${out}/`));
		expect(Bun.spawnSync([join(out, "ppulse"), "--version"]).stdout.toString()).toBe(`${VERSION}\n`);
	});

	test("may be replaced while it collects: that run ends well, and the next one finds all of it", async () => {
		await inHome({ [MAIN]: [answer(1), answer(2)] }, async ({ home, projects, report }) => {
			const program = join(home, "promptpulse");
			replace(program);
			const running = startCli(["collect", "--quiet"], { home, program: [program] });
			replace(program);
			expect(await running.exited).toBe(0);
			writeTranscripts(projects, { [MAIN]: [answer(1), answer(2), answer(3)] });
			const next = startCli(["collect", "--quiet"], { home, program: [program] });
			expect(await next.exited).toBe(0);
			expect((await report("daily", "--no-collect")).totals.responses).toBe(3);
		});
	});

	test("that is copied by half does nothing to what is kept, and a whole one goes on", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async ({ home, projects, report }) => {
			const program = join(home, "promptpulse");
			replace(program);
			expect(await startCli(["collect", "--quiet"], { home, program: [program] }).exited).toBe(0);
			const { size } = Bun.file(program);
			for (const part of [0.1, 0.5, 0.99]) {
				replace(program);
				truncateSync(program, Math.floor(size * part));
				Bun.spawnSync([program, "collect", "--quiet"], { env: { HOME: home }, timeout: 5_000 });
				expect((await report("daily", "--no-collect")).totals.responses).toBe(1);
			}
			replace(program);
			writeTranscripts(projects, { [MAIN]: [answer(1), answer(2)] });
			expect(await startCli(["collect", "--quiet"], { home, program: [program] }).exited).toBe(0);
			expect((await report("daily", "--no-collect")).totals.responses).toBe(2);
		});
	});
});
