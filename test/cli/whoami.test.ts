import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";
import { type Behaviour, withServer } from "../support/usage-server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

let served: ServedServer;
let ada: Person;

beforeAll(async () => {
	served = await serveServer();
	ada = await served.server.join("ada", "owner");
});

afterAll(() => served.stop());

async function withLogin(login: object, use: (home: CliHome) => Promise<void>): Promise<void> {
	await inHome({}, async (home) => {
		mkdirSync(home.kept, { mode: 0o700 });
		writeFileSync(join(home.kept, "config.json"), JSON.stringify(login), { mode: 0o600 });
		await use(home);
	});
}

describe("whoami", () => {
	test("tells user, server, kind of key and machine, and of the key no more than its end", async () => {
		await withLogin({ apiKey: ada.keys.full, server: served.origin }, async ({ cli }) => {
			const { code, out, err } = await cli(["whoami", "--json"]);
			expect({ code, err }).toEqual({ code: 0, err: "" });
			expect(JSON.parse(out)).toEqual({
				server: served.origin,
				reached: true,
				user: { id: ada.account.id, username: "ada", email: null },
				key: { kind: "full", last8: ada.keys.full.slice(-8) },
				machine: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), label: "laptop" },
			});
			const people = await cli(["whoami"]);
			expect(people.out).toMatch(/^User +ada\n/);
			expect(people.out).toContain(`…${ada.keys.full.slice(-8)}, of the kind full`);
			expect(people.out).not.toContain(ada.keys.full.slice(0, -8));
		});
	});

	test("tells what was kept where the server is not reached, and ends with 4", async () => {
		const login = { apiKey: ada.keys.full, server: "http://127.0.0.1:1", username: "ada", userId: "u1" };
		await withLogin(login, async ({ cli }) => {
			const { code, out, err } = await cli(["whoami", "--json"]);
			expect(code).toBe(4);
			expect(JSON.parse(out)).toMatchObject({
				reached: false,
				user: { id: "u1", username: "ada", email: null },
			});
			expect(err).toContain("could not be reached");
		});
	});

	test("ends with 3 where nobody is logged in, and where the key is refused", async () => {
		await inHome({}, async ({ cli }) => {
			const { code, out, err } = await cli(["whoami"]);
			expect({ code, out }).toEqual({ code: 3, out: "" });
			expect(err).toBe("This machine is not logged in.\nRun promptpulse login.\n");
			const env = { PROMPTPULSE_SERVER: served.origin, PROMPTPULSE_API_KEY: "no-key-of-anybody" };
			const refused = await cli(["whoami", "--json"], { env });
			expect({ code: refused.code, out: refused.out }).toEqual({ code: 3, out: "" });
			expect(refused.err).toContain("does not accept the key");
			expect(refused.err).not.toContain("anybody");
		});
	});

	test("says where the login is the older program's, whose keys no server takes", async () => {
		await withLogin({ apiKey: `pk_${"0af1".repeat(16)}`, userId: 7, username: "ada" }, async ({ cli }) => {
			const { code, err } = await cli(["whoami"]);
			expect(code).toBe(3);
			expect(err).toStartWith(
				"The login that is kept here is one of an earlier PromptPulse, which no server",
			);
		});
	});
});

describe("a server that is none, or a bad one", () => {
	const portal = "<html><body>Please log in to the network</body></html>";
	const endless = () =>
		new Response(
			new ReadableStream({
				pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)),
			}),
		);
	test.each<[string, Behaviour, string]>([
		["a network that wants a log-in", () => new Response(portal), "a network that wants a log-in first"],
		[
			"one that sends elsewhere",
			() => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/stolen" } }),
			"sends to another address, which is not followed",
		],
		["one whose answer never ends", endless, "gave an answer that is not PromptPulse's"],
	])("%s gets no key but the first, and nothing is kept of it", async (_what, behaviour, sentence) => {
		await withServer((server) =>
			inHome({}, async ({ cli, kept }) => {
				server.behaviour = behaviour;
				const { code, out, err } = await cli(["login", ada.keys.full, "--server", server.address]);
				expect({ code, out }).toEqual({ code: 4, out: "" });
				expect(err).toContain(sentence);
				expect(err).not.toContain(ada.keys.full);
				expect(server.asked).toEqual(["/api/auth/validate"]);
				expect(existsSync(kept)).toBe(false);
			}),
		);
	});

	test("one whose names would move the cursor shows them without", async () => {
		await withServer((server) =>
			inHome({}, async ({ cli }) => {
				const user = { id: "u1", username: "ada\x1b[2J\u202e", email: "x\x07@example.com" };
				server.behaviour = () => Response.json({ user });
				const { err } = await cli(["login", ada.keys.full, "--server", server.address]);
				const { out } = await cli(["whoami"]);
				expect(err).toContain("as ada[2J (x@example.com).");
				// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
				expect(out + err).not.toMatch(/[\x1b\x07\u202e]/);
			}),
		);
	});
});
