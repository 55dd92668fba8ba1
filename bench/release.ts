import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildReleaseFile } from "../build.ts";
import { packed } from "../release/pack.ts";
import { fileNameOf, TARGETS } from "../release/targets.ts";
import { OWN_TARGET } from "../test/support/npm.ts";
import type { BenchSetting } from "./bench.ts";
import { compileProgram } from "./compile.ts";
import { BenchError, type Measured, measure, measureInTurn, type Sample } from "./measure.ts";
import { environmentOf } from "./promptpulse.ts";
import type { Section } from "./results.ts";
import { freePort, withServing } from "./server/serving.ts";
import { formatCount, formatMs, formatRatio, table } from "./table.ts";

/** These runs are so short that many are needed for a median. */
const RUNS_FACTOR = 3;

/** What people download: how large it is, and how soon it is there, beside programs that do nothing. */
export async function benchRelease({ options, folder }: BenchSetting): Promise<Section> {
	const target = TARGETS.find(({ name }) => name === OWN_TARGET);
	if (!target)
		throw new BenchError(`Nothing is released for ${OWN_TARGET}, so there is nothing to measure here.`);
	const file = join(folder, fileNameOf(target));
	await buildReleaseFile(pathToFileURL(file), { target: target.bun, runtime: process.execPath });
	const content = await Bun.file(file).bytes();
	const [empty, server] = [
		await compileProgram("empty", folder),
		await compileProgram("empty-server", folder),
	];
	const environment = environmentOf(join(folder, "home"), join(folder, "none"));
	mkdirSync(join(folder, "home"));
	const runs = options.runs * RUNS_FACTOR;
	const measured = await measureInTurn(runs, [
		{ name: "empty program", run: () => measure({ words: [empty], environment }) },
		{
			name: `${fileNameOf(target)} --version`,
			run: () => measure({ words: [file, "--version"], environment }),
		},
		{ name: "empty Elysia server, to its first answer", run: () => answerOf([server], "/", environment) },
		{ name: `${fileNameOf(target)} serve, to its first answer`, run: () => serveOf(file, environment) },
	]);
	return {
		name: "the file of a release",
		text: [
			`${fileNameOf(target)}: ${formatCount(content.length)} bytes; as \`.gz\`, which the installers take, ${formatCount(packed(content).length)}.`,
			table([`median of ${runs}`, "wall", "fastest to slowest", "ratio"], rowsOf(measured)),
		].join("\n\n"),
	};
}

/** Each beside the program that does nothing which stands before it. */
function rowsOf([empty, version, server, serve]: readonly Measured[]): string[][] {
	return [
		[empty, empty],
		[version, empty],
		[server, server],
		[serve, server],
	].flatMap(([own, peer]) =>
		own && peer
			? [
					[
						own.name,
						formatMs(own.wallMs),
						`${formatMs(own.fastestMs)} to ${formatMs(own.slowestMs)}`,
						formatRatio(own.wallMs / peer.wallMs),
					],
				]
			: [],
	);
}

async function serveOf(file: string, environment: Record<string, string>): Promise<Sample> {
	return await answerOf([file, "serve", "--port"], "/livez", environment);
}

/** Of a server, which goes on, no time of processors is told. Its last word is the port. */
async function answerOf(
	words: readonly string[],
	path: string,
	environment: Record<string, string>,
): Promise<Sample> {
	const port = await freePort();
	const serving = { port, path, environment };
	const wallMs = await withServing([...words, String(port)], serving, async ({ startMs }) => startMs);
	return { wallMs, cpuMs: Number.NaN };
}
