import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { PROGRAM } from "../support/program.ts";
import { startCli } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";

setDefaultTimeout(60_000);

/** Runs `serve` with its standard output going elsewhere, asks it three things, and ends it. */
async function serveInto(redirection: string): Promise<{ statuses: number[]; code: number; err: string }> {
	let result = { statuses: [] as number[], code: -1, err: "" };
	await inFolder(async (home) => {
		const env = { PROMPTPULSE_HOME: join(home, "kept") };
		const words = ["serve", "--port", "0"];
		// The shell becomes the program, so a signal reaches it.
		const through = ["sh", "-c", `exec "$@" ${redirection}`, "sh", ...PROGRAM];
		const child = startCli(words, { home, env, program: through });
		let err = "";
		const told = (async () => {
			for await (const chunk of child.stderr) err += Buffer.from(chunk).toString();
		})();
		if (redirection === "") await child.stdout.cancel();
		while (!/answers at \S+ until/.test(err)) {
			if (child.exitCode !== null) throw new Error(`it ended: ${err}`);
			await Bun.sleep(20);
		}
		const address = /answers at (\S+) until/.exec(err)?.[1] ?? "";
		const statuses: number[] = [];
		for (let i = 0; i < 3; i++) statuses.push((await fetch(`${address}/api/health/db`)).status);
		child.kill("SIGTERM");
		const code = await child.exited;
		await told;
		result = { statuses, code, err };
	});
	return result;
}

test.each([
	["on a disk that is full", ">/dev/full"],
	["that nobody reads any more", ""],
])("a log %s does not stop the server, which says once that it has none", async (_, redirection) => {
	const { statuses, code, err } = await serveInto(redirection);
	expect(statuses).toEqual([200, 200, 200]);
	expect(code).toBe(0);
	expect(err.match(/The log cannot be written/g)).toHaveLength(1);
});
