import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ExpectedTotals } from "./agreement.ts";
import { type BenchSetting, tellStep } from "./bench.ts";
import { BenchError } from "./measure.ts";

/** Transcripts in a Claude config directory, and what has to come out of them. */
export type Corpus = { claude: string; expected: ExpectedTotals };

const GENERATOR = Bun.fileURLToPath(new URL("../../shared/tools/gen-corpus.ts", import.meta.url));
const SEED = 2;
const SESSIONS_PER_MB = 1.5;

/** The corpus that was named, or one of the size asked for. */
export async function openCorpus(setting: BenchSetting): Promise<Corpus> {
	const { corpus, expect, sizeMb } = setting.options;
	if (corpus === undefined) return await makeCorpus(setting, sizeMb);
	if (expect === undefined)
		throw new BenchError("Name the file with the totals of this corpus too: --expect FILE.");
	return readCorpus(resolve(corpus), resolve(expect));
}

/** Made once where there is a folder to keep it in; the same options give the same bytes. */
export async function makeCorpus({ options, folder }: BenchSetting, sizeMb: number): Promise<Corpus> {
	const claude = join(options.keep ?? folder, `corpus-${sizeMb}mb`);
	const totals = `${claude}.json`;
	// The totals are written last.
	if (!existsSync(totals)) await generate(claude, totals, sizeMb);
	return readCorpus(claude, totals);
}

async function generate(claude: string, totals: string, sizeMb: number): Promise<void> {
	if (!existsSync(GENERATOR)) {
		throw new BenchError(
			`There is no corpus generator at ${GENERATOR}: name transcripts and their totals with --corpus DIR --expect FILE.`,
		);
	}
	tellStep(`Making a corpus of ${sizeMb} MB …`);
	const options = {
		out: claude,
		"size-mb": sizeMb,
		sessions: Math.ceil(sizeMb * SESSIONS_PER_MB),
		projects: 40,
		days: 180,
		seed: SEED,
		expect: totals,
	};
	const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
	const child = Bun.spawn([process.execPath, "--no-env-file", GENERATOR, ...flags], {
		stdout: "ignore",
		stderr: "pipe",
	});
	const trouble = await child.stderr.text();
	if ((await child.exited) !== 0) throw new BenchError(`The corpus could not be made: ${trouble.trim()}`);
}

function readCorpus(claude: string, totals: string): Corpus {
	for (const path of [join(claude, "projects"), totals]) {
		if (!existsSync(path)) throw new BenchError(`${path} does not exist: check --corpus and --expect.`);
	}
	return { claude, expected: JSON.parse(readFileSync(totals, "utf8")) };
}
