import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { buildBinary } from "../build.ts";
import { type Bench, type BenchOptions, tellStep } from "./bench.ts";
import { benchCloud } from "./cloud.ts";
import { benchCollect, PART_NAMES } from "./collect.ts";
import { benchDashboard } from "./dashboard.ts";
import { describeMachine } from "./machine.ts";
import { BenchError } from "./measure.ts";
import { benchNpm } from "./npm.ts";
import { benchRelease } from "./release.ts";
import { formatSection, writeSection } from "./results.ts";
import { benchServer } from "./server.ts";

const BENCHES = {
	collect: benchCollect,
	dashboard: benchDashboard,
	server: benchServer,
	cloud: benchCloud,
	npm: benchNpm,
	release: benchRelease,
} satisfies Record<string, Bench>;
type BenchName = keyof typeof BENCHES;
const BENCH_NAMES = Object.keys(BENCHES) as BenchName[];

type RunOptions = BenchOptions & { write?: boolean };

const command = new Command("bench")
	.description("Measures promptpulse beside its peers, and prints what was found as Markdown.")
	.addArgument(new Argument("[what...]", "which benches; all without").choices(BENCH_NAMES))
	.option("--runs <count>", "how often each is measured", positive, 5)
	.option("--size-mb <size>", "how large a corpus to make", positive, 1000)
	.option("--keep <folder>", "make the corpus and install peers there, once", (folder) => resolve(folder))
	.option("--corpus <folder>", "measure with this Claude config directory; needs --expect")
	.option("--expect <file>", "the totals of that corpus, as its generator wrote them")
	.option("--large", "measure memory with 4 GB too", false)
	.addOption(new Option("--only <parts...>", "only these parts of collect").choices(PART_NAMES).default([]))
	.option("--write", "put what was found into bench/RESULTS.md")
	.action(runBenches);

try {
	await command.parseAsync();
} catch (error) {
	if (!(error instanceof BenchError)) throw error;
	console.error(error.message);
	process.exitCode = 1;
}

async function runBenches(names: readonly BenchName[], options: RunOptions): Promise<void> {
	if (options.write && options.only.length > 0)
		throw new BenchError("Results are written whole: leave out --only or --write.");
	const machine = describeMachine();
	const folder = makeScratchFolder();
	tellStep("Building the program …");
	const program = join(folder, "program");
	await buildBinary(pathToFileURL(`${program}/`));

	for (const name of names.length === 0 ? BENCH_NAMES : names) {
		const ownFolder = join(folder, name);
		mkdirSync(ownFolder);
		const found = await BENCHES[name]({ options, folder: ownFolder, binary: join(program, "promptpulse") });
		const section = { ...found, text: `${machine}.\n\`${commandLine()}\`\n\n${found.text}` };
		console.log(formatSection(section));
		if (options.write) await writeSection(section);
	}
}

/** Gone when this ends, however it does. */
function makeScratchFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "promptpulse-bench-"));
	process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));
	return folder;
}

function commandLine(): string {
	return ["bun run bench", ...process.argv.slice(2)].join(" ");
}

function positive(text: string): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1)
		throw new InvalidArgumentError("It has to be a whole number from 1.");
	return value;
}
