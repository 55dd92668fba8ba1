import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * How long `promptpulse dashboard` takes from its start to the first whole page, and what it holds in memory when idle,
 * beside an empty Elysia server compiled alike. Both in turn, so that a busy machine slows both.
 *
 *     bun run build && bun bench/dashboard.ts
 */
const RUNS = 9;

const EMPTY_SERVER = `
import { Elysia } from "elysia";
const server = new Elysia().get("/", () => "").listen({ port: 0, hostname: "127.0.0.1" });
console.log(\`http://127.0.0.1:\${server.server?.port}/\`);
`;

type Run = { startMs: number; residentMb: number };

async function measure(command: string[], environment: Record<string, string>): Promise<Run> {
	const started = performance.now();
	const child = Bun.spawn(command, { env: environment, stdout: "pipe", stderr: "ignore" });
	try {
		const link = await firstLine(child.stdout);
		const entry = await fetch(link, { redirect: "manual" });
		const cookie = entry.headers.get("set-cookie")?.split(";")[0] ?? "";
		if (entry.status === 303) {
			const page = await fetch(new URL("/", link), { headers: { cookie } });
			if (!(await page.text()).includes("</html>")) throw new Error("the page is not whole");
		}
		const startMs = performance.now() - started;
		await Bun.sleep(1_000);
		const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
		return { startMs, residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024 };
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
	throw new Error("the server printed no address");
}

function median(values: number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const folder = mkdtempSync(join(tmpdir(), "promptpulse-bench-"));
try {
	const source = new URL("empty.ts", import.meta.url);
	await Bun.write(source, EMPTY_SERVER);
	const empty = join(folder, "empty");
	await Bun.build({
		entrypoints: [Bun.fileURLToPath(source)],
		target: "bun",
		format: "esm",
		minify: true,
		bytecode: true,
		splitting: true,
		define: { "process.env.NODE_ENV": '"production"' },
		compile: { outfile: empty, autoloadDotenv: false, autoloadBunfig: false },
	});
	await Bun.file(source).delete();
	const fixtures = Bun.fileURLToPath(new URL("../test/fixtures/claude", import.meta.url));
	const environment = { HOME: folder, PATH: "/usr/bin:/bin", CLAUDE_CONFIG_DIR: fixtures };
	const binary = Bun.fileURLToPath(new URL("../dist/promptpulse", import.meta.url));
	const runs: Record<"empty" | "dashboard", Run[]> = { empty: [], dashboard: [] };
	for (let i = 0; i < RUNS; i++) {
		runs.empty.push(await measure([empty], environment));
		runs.dashboard.push(await measure([binary, "dashboard", "--no-open"], environment));
	}
	const row = (name: string, own: Run[]) => {
		const start = median(own.map(({ startMs }) => startMs));
		const resident = median(own.map(({ residentMb }) => residentMb));
		const ratio = start / median(runs.empty.map(({ startMs }) => startMs));
		console.log(`| ${name} | ${start.toFixed(0)} ms | ${ratio.toFixed(2)}x | ${resident.toFixed(0)} MB |`);
	};
	console.log("| median of 9 | start to first answer | ratio | resident, idle |\n| --- | --- | --- | --- |");
	row("empty Elysia server", runs.empty);
	row("promptpulse dashboard", runs.dashboard);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
