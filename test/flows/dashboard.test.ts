import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { type CliOptions, runCli, startCli } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";

// A process is started for each, and one of them makes up a year of usage.
setDefaultTimeout(60_000);

const FIXTURES = join(import.meta.dir, "../fixtures/claude");

type Visitor = { link: string; get(path: string, headers?: Record<string, string>): Promise<Response> };

/** Runs the dashboard, visits it by its link, and ends it as Ctrl-C does. */
async function withDashboard(
	args: string[],
	options: CliOptions,
	use: (visitor: Visitor) => Promise<void>,
): Promise<number> {
	const child = startCli(["dashboard", "--no-open", ...args], options);
	try {
		const link = await firstLine(child.stdout);
		const entry = await fetch(link, { redirect: "manual" });
		const cookie = entry.headers.get("set-cookie")?.split(";")[0] ?? "";
		const get = (path: string, headers = {}) =>
			fetch(new URL(path, link), { redirect: "manual", headers: { cookie, ...headers } });
		await use({ link, get });
	} finally {
		child.kill("SIGINT");
	}
	return child.exited;
}

/** What comes back for a request that no client would write. */
async function rawRequest(port: number, head: string): Promise<string> {
	const { promise, resolve } = Promise.withResolvers<string>();
	let text = "";
	await Bun.connect({
		hostname: "127.0.0.1",
		port,
		socket: {
			open: (socket) => void socket.write(`${head}\r\nConnection: close\r\n\r\n`),
			data: (_, bytes) => {
				text += bytes.toString();
			},
			close: () => resolve(text),
		},
	});
	return promise;
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
	const reader = stream.getReader();
	let text = "";
	while (!text.includes("\n")) {
		const { value, done } = await reader.read();
		if (done) throw new Error(`the dashboard printed no link but ${JSON.stringify(text)}`);
		text += new TextDecoder().decode(value);
	}
	reader.releaseLock();
	return text.slice(0, text.indexOf("\n"));
}

describe("promptpulse dashboard", () => {
	test.each(["a b", "127.0.0.1:99999", "localhost@evil.example", "[", ""])(
		"refuses a host that is none and tells nothing of itself: %j",
		async (host) => {
			await inFolder(async (home) => {
				await withDashboard([], { home, claude: FIXTURES }, async ({ link }) => {
					const answer = await rawRequest(Number(new URL(link).port), `GET /livez HTTP/1.1\r\nHost: ${host}`);
					expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
					expect(answer).not.toMatch(/\.ts|stack|cwd|node_modules/);
				});
			});
		},
	);

	test("prints a link that shows this machine's usage, and ends well when interrupted", async () => {
		await inFolder(async (home) => {
			const code = await withDashboard([], { home, claude: FIXTURES }, async ({ link, get }) => {
				expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open\/[\w-]{43}$/);
				const page = await get("/?range=custom&from=2026-03-01&to=2026-03-31");
				expect(page.status).toBe(200);
				const text = await page.text();
				expect(text).toContain("$1.26");
				expect(text).not.toContain("This is sample data");
				for (const [address] of text.matchAll(/\/assets\/[\w.-]+/g))
					expect((await get(address)).status).toBe(200);
			});
			expect(code).toBe(0);
		});
	});

	test("tells a bare visit how to get in, and refuses another host's name", async () => {
		await inFolder(async (home) => {
			await withDashboard([], { home, claude: FIXTURES }, async ({ link, get }) => {
				const bare = await fetch(new URL("/", link));
				expect(bare.status).toBe(403);
				expect(await bare.text()).toContain("Open the link that promptpulse dashboard printed");
				expect((await get("/", { host: "evil.example" })).status).toBe(403);
				for (const host of ["a b", "127.0.0.1:99999", "localhost@evil.example", "["]) {
					const response = await get("/livez", { host });
					expect(response.status).toBeGreaterThanOrEqual(400);
					expect(response.status).toBeLessThan(500);
					expect(await response.text()).not.toMatch(/\.ts|stack|cwd/);
				}
			});
		});
	});

	test("shows made-up usage where there is none, says so, and lets it be left", async () => {
		await inFolder(async (home) => {
			await withDashboard([], { home }, async ({ link, get }) => {
				expect(await (await get("/")).text()).toContain("This is sample data");
				const entry = await fetch(link, { redirect: "manual" });
				const own = entry.headers.get("set-cookie")?.split(";")[0] ?? "";
				const leave = await fetch(new URL("/sample/leave", link), {
					method: "POST",
					redirect: "manual",
					headers: { cookie: own },
				});
				expect(leave.status).toBe(303);
				const left = leave.headers.get("set-cookie")?.split(";")[0] ?? "";
				const page = await (await get("/", { cookie: `${own}; ${left}` })).text();
				expect(page).not.toContain("This is sample data");
				expect(page).toContain(join(home, ".claude/projects"));
			});
		});
	});

	test("with --sample leaves the machine's own ledger as it is", async () => {
		await inFolder(async (home) => {
			await withDashboard(["--sample"], { home, claude: FIXTURES }, async ({ get }) => {
				expect(await (await get("/")).text()).toContain("This is sample data");
			});
			const { out } = await runCli(["report", "daily", "--json"], { home, claude: FIXTURES });
			expect(JSON.parse(out).totals.responses).toBe(9);
		});
	});

	test.each(["70000", "-1", "x", ""])("takes no port that is none: %j", async (port) => {
		await inFolder(async (home) => {
			const { code, err } = await runCli(["dashboard", `--port=${port}`], { home });
			expect(code).toBe(2);
			expect(err).toContain("is not a port");
		});
	});

	test("says what to do where its port is taken", async () => {
		await inFolder(async (home) => {
			await withDashboard([], { home, claude: FIXTURES }, async ({ link }) => {
				const { port } = new URL(link);
				const { code, err } = await runCli(["dashboard", "--no-open", "--port", port], {
					home,
					claude: FIXTURES,
				});
				expect(code).toBe(2);
				expect(err).toContain(`Port ${port} of this machine cannot be used`);
			});
		});
	});
});
