import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CliHome, inHome, startCli } from "../support/run-cli.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";
import { withServer } from "../support/usage-server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

let served: ServedServer;
let ada: Person;

beforeAll(async () => {
	served = await serveServer();
	served.server.now = Date.now();
	ada = await served.server.join("ada", "owner");
});

afterAll(() => served.stop());

/** A home in which somebody is logged in under a key. */
async function loggedIn(
	login: { server: string; apiKey: string },
	use: (home: CliHome) => Promise<void>,
): Promise<void> {
	await inHome({}, async (home) => {
		mkdirSync(home.kept, { mode: 0o700 });
		writeFileSync(join(home.kept, "config.json"), JSON.stringify(login), { mode: 0o600 });
		await use(home);
	});
}

/** What the dashboard prints when it serves the machine's own pages, before it is ended. */
async function ownPages(home: CliHome, ...flags: string[]): Promise<{ link: string; err: string }> {
	const child = startCli(["dashboard", "--no-open", ...flags], { home: home.home });
	const decoder = new TextDecoder();
	let link = "";
	for await (const chunk of child.stdout) {
		link += decoder.decode(chunk, { stream: true });
		if (link.includes("\n")) break;
	}
	child.kill("SIGINT");
	const err = await child.stderr.text();
	await child.exited;
	return { link: link.trim(), err };
}

describe("dashboard, where somebody is logged in", () => {
	test("prints a link that logs a browser in once, without the key", async () => {
		await loggedIn({ server: served.origin, apiKey: ada.keys.full }, async ({ cli }) => {
			const { code, out, err } = await cli(["dashboard", "--no-open"]);
			expect(code).toBe(0);
			expect(out).toStartWith(`${served.origin}/login/`);
			expect(out + err).not.toContain(ada.keys.full);
			const link = out.trim();
			const page = await (await fetch(link)).text();
			expect(page).toContain("<form");
			const codes = new Set([link, (await cli(["dashboard", "--no-open"])).out.trim()]);
			expect(codes.size).toBe(2);
		});
	});

	test.each([[["--local"]], [["--sample"]], [["--port", "0"]]])(
		"shows the machine's own pages with %p",
		async (flags) => {
			await loggedIn({ server: "http://127.0.0.1:1", apiKey: ada.keys.full }, async (home) => {
				expect((await ownPages(home, ...flags)).link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
			});
		},
	);

	test.each([
		["ingest", "only sends usage"],
		["read", "only reads"],
	] as const)("shows the machine's own pages under a key of the kind %s, and says why", async (kind, why) => {
		await loggedIn({ server: served.origin, apiKey: ada.keys[kind] }, async (home) => {
			const { link, err } = await ownPages(home);
			expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
			expect(new URL(link).port).not.toBe(String(served.port));
			expect(err).toContain(why);
		});
	});

	test("ends with 3 under a key that is good no more, and with 4 where nobody answers", async () => {
		const stranger = await served.server.join("stranger");
		await stranger.send("DELETE", `/api/user/keys/${await idOfKey(stranger)}`, {});
		await loggedIn({ server: served.origin, apiKey: stranger.keys.full }, async ({ cli }) => {
			const { code, out, err } = await cli(["dashboard", "--no-open"]);
			expect({ code, out }).toEqual({ code: 3, out: "" });
			expect(err).toContain("promptpulse login");
			expect(err).not.toContain(stranger.keys.full);
		});
		await loggedIn({ server: "http://127.0.0.1:1", apiKey: ada.keys.full }, async ({ cli }) => {
			const { code, out, err } = await cli(["dashboard", "--no-open"]);
			expect({ code, out }).toEqual({ code: 4, out: "" });
			expect(err).toContain("dashboard --local");
		});
	});
});

describe("a server that answers something else", () => {
	test.each<[string, () => Response]>([
		["a page of a network that wants a log-in", () => new Response("<html>Welcome</html>")],
		["another address", () => Response.redirect("http://127.0.0.1:1/api/auth/link", 307)],
		["a program instead of a link", () => Response.json({ url: "javascript:alert(1)" })],
		["a file of this machine", () => Response.json({ url: "file:///etc/passwd" })],
		["signs that move the cursor", () => Response.json({ url: "\u001b[2Jhttps://example.com" })],
		["more than an answer is", () => new Response("x".repeat(2 * 1024 * 1024))],
	])("with %s leads nowhere", async (_what, answer) => {
		await withServer(async (server) => {
			server.behaviour = answer;
			await loggedIn({ server: server.address, apiKey: ada.keys.full }, async ({ cli }) => {
				const { code, out, err } = await cli(["dashboard", "--no-open"]);
				expect({ code, out }).toEqual({ code: 4, out: "" });
				expect(err).toContain("dashboard --local");
				expect(err).not.toContain("\u001b");
				expect(server.asked).toEqual(["/api/auth/link"]);
			});
		});
	});
});

/** The id of somebody's full key. */
async function idOfKey(person: Person): Promise<string> {
	const keys = (await (await person.ask("/api/user/keys")).json()) as { id: string; kind: string }[];
	return keys.find(({ kind }) => kind === "full")?.id ?? "";
}
