import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildBinary } from "../build.ts";

type Counts = { passed: number; failed: number; skipped: number };

/** What of the tests runs, by flags of `bun test`, and what is said to them. */
type Part = { flags: readonly string[]; environment?: Record<string, string> };

/** All there is. It has too many names to read; whoever asks for some of it wants to see them. */
const WHOLE: readonly Part[] = [
	// Each file in a fresh global; a file that ends its process is a failure there, not the end of the run.
	{ flags: ["--only-failures"] },
	// The suites that ledgers of every kind have to pass run once more on a SQLite Cloud server of their own. What is about
	// the cloud alone was there the first time, and so was each file in a fresh global, which takes a quarter of the time.
	{
		flags: [
			"--only-failures",
			"--no-isolate",
			"--path-ignore-patterns=test/ledger/cloud/**",
			"test/ledger/",
			"test/reports/",
			"test/web/",
			"test/isolation/",
		],
		environment: { TEST_DATABASE: "cloud" },
	},
];

/** Files at a time: often one waits for what it has started, and another one may run. */
const WORKERS = availableParallelism() + 1;

/** Runs `bun test` with the arguments given, and without any all there is; closes with the counts, as one line. */
async function main(args: string[]): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), "promptpulse-test-"));
	try {
		await buildBinary(pathToFileURL(`${join(folder, "program")}/`));
		// Some tests run it as somebody else, who has to get to it.
		await chmod(folder, 0o711);
		const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
		for (const part of args.length > 0 ? [{ flags: args }] : WHOLE) {
			const { passed, failed, skipped } = await run(part, folder);
			counts.passed += passed;
			counts.failed += failed;
			counts.skipped += skipped;
		}
		const { passed, failed, skipped } = counts;
		if (passed + failed === 0)
			console.error("No test ran: see above, and check the names and the filter that were given.");
		console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
		return failed > 0 || passed === 0 ? 1 : 0;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/**
 * Runs some of the tests.
 *
 * @param folder has the compiled program, and takes the report and the ledgers that tests leave behind: it goes when all
 *   is done
 */
async function run({ flags, environment }: Part, folder: string): Promise<Counts> {
	const report = join(folder, "report.xml");
	await rm(report, { force: true });
	const reporter = ["--reporter=junit", `--reporter-outfile=${report}`];
	const exitCode = await bunTest([`--parallel=${WORKERS}`, ...reporter, ...flags], {
		...environment,
		TEST_FOLDER: folder,
	});
	const counts = await readCounts(report);
	// A file that could not be loaded fails the run without being in the report.
	return exitCode === 0 ? counts : { ...counts, failed: Math.max(counts.failed, 1) };
}

/** A test that takes this long hangs; a slow machine is no reason to fail. In ms. */
const TIMEOUT = 60_000;

async function bunTest(args: string[], environment: Record<string, string>): Promise<number> {
	const flags = ["--no-orphans", `--timeout=${TIMEOUT}`];
	const child = Bun.spawn([process.execPath, "--no-env-file", "test", ...flags, ...args], {
		cwd: join(import.meta.dir, ".."),
		env: { ...process.env, ...environment },
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
