import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Counts = { passed: number; failed: number; skipped: number };

/** Runs `bun test` with the arguments given and closes with the counts, as one line. */
async function main(args: string[]): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), "promptpulse-test-"));
	try {
		const report = join(folder, "report.xml");
		const exitCode = await bunTest([
			// Each file in a fresh global; a file that ends its process is a failure there, not the end of the run.
			"--parallel",
			// The whole suite has too many names to read; whoever asks for a part wants to see them.
			...(args.length === 0 ? ["--only-failures"] : []),
			"--reporter=junit",
			`--reporter-outfile=${report}`,
			...args,
		]);
		const { passed, failed, skipped } = await readCounts(report);
		if (passed + failed === 0)
			console.error("No test ran: see above, and check the names and the filter that were given.");
		// A file that could not be loaded fails the run without being in the report.
		const failures = exitCode === 0 ? failed : Math.max(failed, 1);
		console.log(`${passed} passed, ${failures} failed, ${skipped} skipped`);
		return failures > 0 || passed === 0 ? 1 : 0;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** A test that takes this long hangs; a slow machine is no reason to fail. In ms. */
const TIMEOUT = 60_000;

async function bunTest(args: string[]): Promise<number> {
	const flags = ["--no-orphans", `--timeout=${TIMEOUT}`];
	const child = Bun.spawn([process.execPath, "--no-env-file", "test", ...flags, ...args], {
		cwd: join(import.meta.dir, ".."),
		stdio: ["inherit", "inherit", "inherit"],
	});
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
	return await child.exited;
}

/** From the report's first element; all zero where there is no report, as when the run broke off. */
async function readCounts(report: string): Promise<Counts> {
	const xml = await readFile(report, "utf8").catch(() => "");
	const suites = /<testsuites [^>]*>/.exec(xml)?.[0] ?? "";
	const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suites)?.[1] ?? 0);
	const failed = count("failures");
	const skipped = count("skipped");
	return { passed: count("tests") - failed - skipped, failed, skipped };
}

process.exitCode = await main(process.argv.slice(2));
