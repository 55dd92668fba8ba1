import { readFileSync } from "node:fs";
import type { BenchSetting } from "./bench.ts";
import { compileProgram } from "./compile.ts";
import { BenchError, median } from "./measure.ts";
import { environmentOf } from "./promptpulse.ts";
import type { Section } from "./results.ts";
import { formatMegabytes, formatMs, formatRatio, table } from "./table.ts";

/** From the start of the process to the last byte of the first whole page, and resident memory when idle. */
type Run = { startMs: number; residentBytes: number };

const IDLE_AFTER_MS = 1_000;

/**
 * How long `promptpulse dashboard` takes from its start to the first whole page, and what it holds in memory when idle,
 * beside an empty Elysia server compiled alike.
 */
export async function benchDashboard({ options, folder, binary }: BenchSetting): Promise<Section> {
	const empty = await compileProgram("empty-server", folder);
	const fixtures = Bun.fileURLToPath(new URL("../test/fixtures/claude", import.meta.url));
	const environment = environmentOf(folder, fixtures);
	const runs: { empty: Run[]; dashboard: Run[] } = { empty: [], dashboard: [] };
	for (let i = 0; i < options.runs; i++) {
		runs.empty.push(await runServer([empty], environment));
		runs.dashboard.push(await runServer([binary, "dashboard", "--no-open"], environment));
	}

	const emptyMs = median(runs.empty.map(({ startMs }) => startMs));
	const row = (name: string, own: readonly Run[]) => {
		const startMs = median(own.map((run) => run.startMs));
		const resident = median(own.map(({ residentBytes }) => residentBytes));
		return [name, formatMs(startMs), formatRatio(startMs / emptyMs), formatMegabytes(resident)];
	};
	return {
		name: "`promptpulse dashboard`",
		text: [
			[
				"The fixtures' transcripts; from the start of the process to the last byte of the first whole page, link and",
				"redirect included; resident memory a second later.",
			].join("\n"),
			table(
				[`median of ${options.runs}`, "start to first answer", "ratio", "resident, idle"],
				[row("empty Elysia server", runs.empty), row("promptpulse dashboard", runs.dashboard)],
			),
		].join("\n\n"),
	};
}

async function runServer(words: string[], environment: Record<string, string>): Promise<Run> {
	const started = performance.now();
	const child = Bun.spawn(words, { env: environment, stdout: "pipe", stderr: "ignore" });
	try {
		const link = await firstLine(child.stdout);
		const entry = await fetch(link, { redirect: "manual" });
		const cookie = entry.headers.get("set-cookie")?.split(";")[0] ?? "";
		if (entry.status === 303) {
			const page = await fetch(new URL("/", link), { headers: { cookie } });
			if (!(await page.text()).includes("</html>"))
				throw new BenchError("The dashboard's page is not whole.");
		}
		const startMs = performance.now() - started;
		await Bun.sleep(IDLE_AFTER_MS);
		const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
		return { startMs, residentBytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024 };
	} finally {
		child.kill();
		await child.exited;
	}
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
	let text = "";
	for await (const chunk of stream) {
		text += new TextDecoder().decode(chunk);
		const end = text.indexOf("\n");
		if (end >= 0) return text.slice(0, end);
	}
	throw new BenchError("The server ended without printing its address.");
}
