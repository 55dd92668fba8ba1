import { join } from "node:path";
import type { BenchSetting } from "../bench.ts";
import { compileProgram } from "../compile.ts";
import { median } from "../measure.ts";
import { environmentOf } from "../promptpulse.ts";
import type { Team } from "../server.ts";
import { formatMegabytes, formatMs, formatRatio } from "../table.ts";
import type { Verdict } from "../verdict.ts";
import { freePort, withServing } from "./serving.ts";

const MOST_RATIO = 1.5;
const MOST_MEGABYTES = 90;
const IDLE_AFTER_MS = 2_000;

/** From the start of the process to its first answer, and what it holds when nobody asks. */
export async function benchStart(
	{ options, folder, binary }: BenchSetting,
	team: Team,
): Promise<{ verdicts: Verdict[] }> {
	const empty = await compileProgram("empty-server", folder);
	const environment = environmentOf(join(folder, "start-home"), join(folder, "none"));
	const runs: { empty: number[]; serve: number[]; resident: number[] } = {
		empty: [],
		serve: [],
		resident: [],
	};
	for (let i = 0; i < options.runs; i++) {
		const port = await freePort();
		runs.empty.push(
			await withServing(
				[empty, String(port)],
				{ port, path: "/", environment },
				async ({ startMs }) => startMs,
			),
		);
		const words = [binary, "serve", "--port", String(port), "--database", team.path];
		await withServing(words, { port, path: "/livez", environment }, async ({ startMs, residentBytes }) => {
			runs.serve.push(startMs);
			await Bun.sleep(IDLE_AFTER_MS);
			runs.resident.push(residentBytes());
		});
	}
	const [own, peer, resident] = [median(runs.serve), median(runs.empty), median(runs.resident)];
	return {
		verdicts: [
			{
				what: "serve: start to first answer",
				own: formatMs(own),
				peer: `empty Elysia server: ${formatMs(peer)}`,
				ratio: formatRatio(own / peer),
				target: `at most ${MOST_RATIO}x`,
				isMet: own / peer <= MOST_RATIO,
			},
			{
				what: "serve: resident memory, idle",
				own: formatMegabytes(resident),
				peer: "",
				ratio: "",
				target: `at most ${MOST_MEGABYTES} MB`,
				isMet: resident <= MOST_MEGABYTES * 1e6,
			},
		],
	};
}
