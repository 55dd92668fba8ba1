/** What is run: its words, and all that it gets to know of its surroundings. */
export type Command = { words: readonly string[]; environment: Record<string, string> };

/** What one run took; processor time is user and system together, of all its cores. */
export type Sample = { wallMs: number; cpuMs: number };

/** One of those that are measured in turn: what it is called, and one run of it. */
export type Contestant = { name: string; run: () => Promise<Sample> };

/** The medians of a contestant's runs, and how far their wall times lay apart. */
export type Measured = Sample & { name: string; fastestMs: number; slowestMs: number };

/** Ends the bench: a whole sentence that says why and what to do next. */
export class BenchError extends Error {}

/** Runs a command to its end, which has to be a good one. */
export async function measure(command: Command): Promise<Sample> {
	return (await run(command)).sample;
}

/** What a command prints. */
export async function outputOf(command: Command): Promise<string> {
	return (await run(command)).out;
}

/** GNU's `time`, which alone is small enough to start from, and has a flag to print only what is asked for. */
const TIME = "/usr/bin/time";

/**
 * The most memory that a command held at once, in bytes; undefined where GNU's `time` is missing. A process is told to
 * have held at least what the one that started it held, so that this program cannot ask for itself.
 */
export async function measurePeak({ words, environment }: Command): Promise<number | undefined> {
	if (process.platform !== "linux" || Bun.which(TIME) === null) return undefined;
	const { err } = await run({ words: [TIME, "-f", "%M", ...words], environment });
	return Number(err.trim().split("\n").at(-1)) * 1024;
}

/** Runs them one after the other, again and again, so that a busy machine slows all of them alike. */
export async function measureInTurn<const Contestants extends readonly Contestant[]>(
	runs: number,
	contestants: Contestants,
): Promise<{ -readonly [Index in keyof Contestants]: Measured }> {
	const samples: Sample[][] = contestants.map(() => []);
	for (let i = 0; i < runs; i++) {
		for (const [place, { run }] of contestants.entries()) samples[place]?.push(await run());
	}
	const measured = contestants.map(({ name }, place) => summarise(name, samples[place] ?? []));
	return measured as { -readonly [Index in keyof Contestants]: Measured };
}

/** The middle one; of an even count the upper of the two. */
export function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function summarise(name: string, samples: readonly Sample[]): Measured {
	const walls = samples.map(({ wallMs }) => wallMs);
	return {
		name,
		wallMs: median(walls),
		cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
		fastestMs: Math.min(...walls),
		slowestMs: Math.max(...walls),
	};
}

async function run({ words, environment }: Command): Promise<{ sample: Sample; out: string; err: string }> {
	const started = performance.now();
	// Into a pipe: what is written to /dev/null some programs do not even look for.
	const child = Bun.spawn([...words], { env: environment, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
	const printed = Promise.all([child.stdout.text(), child.stderr.text()]);
	const exitCode = await child.exited;
	const wallMs = performance.now() - started;
	const [out, err] = await printed;
	if (exitCode !== 0)
		throw new BenchError(`${words.join(" ")} ended with exit code ${exitCode}. It printed:\n${err}`);
	const cpuMs = Number(child.resourceUsage()?.cpuTime.total) / 1000;
	return { sample: { wallMs, cpuMs }, out, err };
}
