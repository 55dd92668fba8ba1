import { expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { PATIENCE, runs } from "../support/runs.ts";

setDefaultTimeout(Math.max(PATIENCE, 120_000));

const MB = 1_000_000;
/** Memory of a thorough run's largest input. */
const MOST_MEMORY = 256 * 1024 * 1024;

type Told = { stored: number; files: number; skipped: Record<string, number>; unreadable: string[] };

/** Writes a transcript piece by piece. */
function write(path: string, pieces: Iterable<string | Buffer>): void {
	mkdirSync(dirname(path), { recursive: true });
	const fd = openSync(path, "w");
	for (const piece of pieces) writeSync(fd, Buffer.from(piece));
	closeSync(fd);
}

function* repeated(text: string, times: number): Generator<Buffer> {
	const piece = Buffer.from(text);
	for (let n = 0; n < times; n++) yield piece;
}

const MEASURED = fromSourcesAfter("peak-memory.ts");

type Measured = { code: number; err: string; told: Told; memory: number };

/** Collects, and tells beside what it says how much memory it had at most, in bytes. */
async function collect({ home, cli }: CliHome): Promise<Measured> {
	const peak = join(home, "peak");
	const { code, err, out } = await cli(["collect", "--json", "--no-push"], {
		program: MEASURED,
		env: { PEAK_MEMORY: peak },
	});
	return { code, err, told: JSON.parse(out), memory: Number(readFileSync(peak, "utf8")) };
}

test("lines larger than any answer are passed over, what may be usage among them is told, and those around them count", async () => {
	await inHome({}, async (home) => {
		const size = runs(20, 200).numRuns;
		const [head = "", tail = ""] = answer(2).split("Done.");
		function* pieces(): Generator<string | Buffer> {
			yield `${answer(1)}\n`;
			for (const [before, after] of [
				[head, tail],
				['{"type":"user","message":{"content":"', '"}}'],
			] as const) {
				yield before;
				yield* repeated("x".repeat(MB), size);
				yield `${after}\n`;
			}
			yield `${answer(3)}\n`;
		}
		write(join(home.projects, MAIN), pieces());
		const { code, err, told, memory } = await collect(home);
		expect({ code, stored: told.stored }).toEqual({ code: 0, stored: 2 });
		expect(told.skipped).toEqual({ too_long: 1 });
		expect(err).toMatch(/^1 line could not be counted: longer than .*\.\n$/);
		expect(memory).toBeLessThan(MOST_MEMORY);
		expect((await home.report("daily")).totals.responses).toBe(2);
	});
});

test("a great many files are each read once", async () => {
	await inHome({}, async (home) => {
		const count = runs(2_000, 20_000).numRuns;
		const dir = join(home.projects, "-home-dev-app");
		mkdirSync(dir, { recursive: true });
		for (let n = 0; n < count; n++) writeFileSync(join(dir, `session-${n}.jsonl`), `${answer(n)}\n`);
		const first = await collect(home);
		expect(first).toMatchObject({
			code: 0,
			err: "",
			told: { files: count, filesRead: count, stored: count },
		});
		expect(first.memory).toBeLessThan(MOST_MEMORY);
		expect((await collect(home)).told).toMatchObject({ files: count, filesRead: 0, stored: 0 });
	});
});

test("a great many lines are read in little memory", async () => {
	await inHome({}, async (home) => {
		const thousands = runs(100, 5_000).numRuns;
		const thousand = `{"type":"user","message":{"content":"Go on."}}\n`.repeat(1_000);
		function* pieces(): Generator<string | Buffer> {
			for (let n = 0; n < thousands; n++) {
				yield thousand;
				yield `${answer(n)}\n`;
			}
		}
		write(join(home.projects, MAIN), pieces());
		const { code, err, told, memory } = await collect(home);
		expect({ code, err, stored: told.stored }).toEqual({ code: 0, err: "", stored: thousands });
		expect(memory).toBeLessThan(MOST_MEMORY);
	});
});

if (runs(0, 1).numRuns > 0) {
	test("5 GB of transcripts, one file of 2 GB among them, are read in little memory", async () => {
		await inHome({}, async (home) => {
			const said = `${JSON.stringify({ type: "user", message: { content: "x".repeat(19_000) } })}\n`;
			function* pieces(from: number, megabytes: number): Generator<string | Buffer> {
				for (let n = from; n < from + megabytes * 50; n++) {
					yield said;
					yield `${answer(n, { usage: { output_tokens: 1 } })}\n`;
				}
			}
			const sizes = [2_000, ...Array.from({ length: 30 }, () => 100)];
			let from = 0;
			for (const [n, megabytes] of sizes.entries()) {
				write(join(home.projects, `-home-dev-app/session-${n}.jsonl`), pieces(from, megabytes));
				from += megabytes * 50;
			}
			const { code, err, told, memory } = await collect(home);
			expect({ code, err, stored: told.stored }).toEqual({ code: 0, err: "", stored: from });
			expect(memory).toBeLessThan(MOST_MEMORY);
		});
	});
}
