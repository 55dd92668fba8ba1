import { existsSync, readFileSync } from "node:fs";
import { BenchError } from "../measure.ts";

/** A server that was started and answers. */
export type Serving = { address: string; startMs: number; residentBytes: () => number };

const PATIENCE_MS = 20_000;
const EVERY_MS = 2;

/** A port of this machine that nobody uses at the moment. */
export async function freePort(): Promise<number> {
	// Nobody who asks too early takes its answer for the other's.
	const server = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		fetch: () => new Response(null, { status: 503 }),
	});
	const port = Number(server.port);
	await server.stop(true);
	return port;
}

/**
 * Runs a server on a port, waits for the first answer to `path`, and ends it after `use`.
 *
 * @param core it runs on this core alone, where that can be had
 */
export async function withServing<Result>(
	words: readonly string[],
	{
		port,
		path,
		environment,
		core,
	}: { port: number; path: string; environment: Record<string, string>; core?: number },
	use: (serving: Serving) => Promise<Result>,
): Promise<Result> {
	const pinned = core !== undefined && Bun.which("taskset") ? ["taskset", "-c", String(core)] : [];
	const address = `http://127.0.0.1:${port}`;
	const started = performance.now();
	const child = Bun.spawn([...pinned, ...words], { env: environment, stdout: "ignore", stderr: "pipe" });
	const told = child.stderr.text();
	try {
		while (!(await answers(`${address}${path}`))) {
			if (child.exitCode !== null)
				throw new BenchError(`${words.join(" ")} ended. It printed:\n${await told}`);
			if (performance.now() - started > PATIENCE_MS) throw new BenchError(`${words[0]} does not answer.`);
			await Bun.sleep(EVERY_MS);
		}
		const startMs = performance.now() - started;
		return await use({ address, startMs, residentBytes: () => residentBytes(child.pid) });
	} finally {
		child.kill();
		await child.exited;
	}
}

async function answers(url: string): Promise<boolean> {
	try {
		const response = await fetch(url);
		await response.arrayBuffer();
		return response.ok;
	} catch {
		return false;
	}
}

function residentBytes(pid: number): number {
	const path = `/proc/${pid}/status`;
	if (!existsSync(path)) return Number.NaN;
	return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(path, "utf8"))?.[1]) * 1024;
}
