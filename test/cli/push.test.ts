import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { runAtTerminal } from "../support/at-terminal.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { AS_ORDINARY_USER, type CliHome, inHome, runCli } from "../support/run-cli.ts";
import { type Behaviour, KEY, type UsageServer, withServer } from "../support/usage-server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const TRANSCRIPTS = { [MAIN]: [0, 1, 2].map((n) => answer(n)) };

/** A home with transcripts, and a server that `collect` is told of in its environment. */
async function loggedIn(
	use: (home: CliHome, server: UsageServer, env: Record<string, string>) => Promise<void>,
): Promise<void> {
	await withServer((server) =>
		inHome(TRANSCRIPTS, (home) =>
			use(home, server, { PROMPTPULSE_SERVER: server.address, PROMPTPULSE_API_KEY: KEY }),
		),
	);
}

function ofUploads(behaviour: Behaviour): Behaviour {
	return (request, answer) => (request.url.endsWith("/events") ? behaviour(request, answer) : answer());
}

const rejectFirst = ofUploads(async (_request, answer) => {
	const reply = await (await answer()).json();
	return Response.json({ ...reply, stored: reply.stored - 1, rejected: [{ index: 0, code: "bad_time" }] });
});

const NOTE =
	"Usage stays on this machine: it sends to no server. To add up several machines run promptpulse login.\n";

describe("where no server is set", () => {
	test("collect keeps everything, says so in one note and ends well", async () => {
		await inHome(TRANSCRIPTS, async ({ cli }) => {
			const { code, out, err } = await cli(["collect", "--json"]);
			expect({ code, err }).toEqual({ code: 0, err: NOTE });
			expect(JSON.parse(out)).toMatchObject({ stored: 3, push: null });
			for (const flag of ["--quiet", "--no-push"]) expect((await cli(["collect", flag])).err).toBe("");
		});
	});

	test("a server without a key is a server that nothing can be sent to", async () => {
		await inHome(TRANSCRIPTS, async ({ cli, report }) => {
			const env = { PROMPTPULSE_SERVER: "https://usage.example/" };
			expect(await cli(["collect"], { env })).toEqual({
				code: 3,
				out: "",
				err: "Nothing was sent to usage.example: no key is set for it. Usage is kept here.\nRun promptpulse login --server https://usage.example, or unset PROMPTPULSE_SERVER to keep usage on this machine.\n",
			});
			expect((await report("daily", "--no-collect")).totals.responses).toBe(3);
			expect((await cli(["status"], { env })).out).toContain("usage.example");
			expect((await cli(["collect", "--no-push"], { env })).code).toBe(0);
		});
	});

	test("a key that an earlier PromptPulse has left is no login: no server stands beside it", async () => {
		await inHome(TRANSCRIPTS, async ({ cli, kept }) => {
			await cli(["collect", "--no-push"]);
			writeFileSync(join(kept, "config.json"), JSON.stringify({ apiKey: "a".repeat(64), userId: "u" }), {
				mode: 0o600,
			});
			expect(await cli(["collect"])).toMatchObject({ code: 0, err: NOTE });
		});
	});
});

describe("collect", () => {
	test("sends what is new to the server and says how much", async () => {
		await loggedIn(async ({ cli }, server, env) => {
			const first = await cli(["collect"], { env });
			expect(first).toMatchObject({ code: 0, err: "" });
			expect(first.out).toEndWith(`\n127.0.0.1:${server.port}: 3 responses sent, 0 others known already.\n`);
			expect(server.received).toMatchObject([
				{
					machine: {
						id: expect.stringMatching(/^[0-9a-f-]{36}$/),
						label: "laptop",
						os: process.platform,
						zone: "UTC",
					},
					events: [{ project: "app" }, { project: "app" }, { project: "app" }],
				},
			]);
			expect((await cli(["collect"], { env })).out).toEndWith(`\n127.0.0.1:${server.port} has everything.\n`);
			const { out } = await cli(["collect", "--json", "--resend"], { env });
			expect(JSON.parse(out).push).toEqual({
				server: `127.0.0.1:${server.port}`,
				sent: 0,
				known: 3,
				expired: 0,
				setAside: {},
				unsent: 0,
				ignored: 0,
			});
		});
	});

	test("alone sends: reports do not, nor does --no-push", async () => {
		await loggedIn(async ({ cli }, server, env) => {
			for (const words of [["collect", "--no-push"], [], ["report"], ["report", "--json"]]) {
				expect(await cli(words, { env })).toMatchObject({ code: 0, err: "" });
			}
			expect(server.asked).toEqual([]);
		});
	});

	test("sends under the key that was kept, and takes it away from others who could read it", async () => {
		await loggedIn(async ({ cli, kept }, server) => {
			await cli(["collect", "--no-push"]);
			const config = join(kept, "config.json");
			writeFileSync(config, JSON.stringify({ server: server.address, apiKey: KEY, username: "ada" }));
			chmodSync(config, 0o644);
			const { code, out, err } = await cli(["collect"]);
			expect(code).toBe(0);
			expect(out).toContain("3 responses sent");
			if (process.platform !== "win32") {
				expect(err).toBe(
					`Others could read the key in ${config} until now; they cannot any more. They may have it: replace it by a new one.\n`,
				);
				expect(statSync(config).mode & 0o777).toBe(0o600);
				expect((await cli(["collect"])).err).toBe("");
			}
		});
	});

	test("hides names as told, with a secret that stays", async () => {
		await loggedIn(async ({ cli, kept }, server, env) => {
			for (const setting of ["hash", "none"]) {
				await cli(["collect", "--resend"], { env: { ...env, PROJECT_PATH_PRIVACY: setting } });
			}
			const [hashed, absent] = server.received.map(({ events }) => events[0]);
			expect(hashed?.project).toMatch(/^[\w-]{16}$/);
			expect(absent?.project).toBeUndefined();
			const secret = join(kept, "secret.json");
			if (process.platform !== "win32") expect(statSync(secret).mode & 0o777).toBe(0o600);
			for (const { json } of server.received)
				expect(json).not.toContain(JSON.parse(readFileSync(secret, "utf8")).secret);
		});
	});
});

describe("what hinders sending costs nothing of what was collected", () => {
	test.each<[string, number, Behaviour, string]>([
		[
			"a refused key",
			3,
			() => new Response(null, { status: 401 }),
			"does not accept the key (it answered 401). Run promptpulse login with a good one. 3 responses are kept here and sent next time.",
		],
		[
			"an answer of another program",
			4,
			() => new Response(null, { status: 404 }),
			"answered 404. 3 responses are kept here and sent next time.",
		],
		[
			"a server that wants to be left alone",
			4,
			() => new Response(null, { status: 429, headers: { "retry-after": "7200" } }),
			"asked to be left alone until ",
		],
	])("%s, told with exit code %d", async (_what, exit, behaviour, sentence) => {
		await loggedIn(async ({ cli, report }, server, env) => {
			server.behaviour = behaviour;
			const { code, out, err } = await cli(["collect", "--json", "--quiet"], { env });
			expect(code).toBe(exit);
			expect(JSON.parse(out)).toMatchObject({ stored: 3, push: { sent: 0, unsent: 3 } });
			expect(err).toContain(sentence);
			expect(out + err).not.toContain(KEY);
			expect((await report("daily")).totals.responses).toBe(3);
		});
	});

	test("an event that the server refuses, told with exit code 5 by its reason", async () => {
		await loggedIn(async ({ cli }, server, env) => {
			server.behaviour = rejectFirst;
			const { code, out, err } = await cli(["collect"], { env });
			expect(code).toBe(5);
			expect(out).toContain("2 responses sent");
			expect(err).toBe(
				`127.0.0.1:${server.port} refused 1 response: the time is missing or wrong. It is kept here; promptpulse collect --resend sends it again.\n`,
			);
			expect((await cli(["collect"], { env })).code).toBe(0);
		});
	});

	test.each([
		["PROJECT_PATH_PRIVACY", "public"],
		["PROMPTPULSE_SERVER", "not an address"],
		["PROMPTPULSE_SERVER", "http://usage.example.com"],
		["PROMPTPULSE_API_KEY", "two words"],
	])("%s set to %j, told with exit code 7", async (variable, value) => {
		await loggedIn(async ({ cli, report, kept }, server, env) => {
			const { code, err } = await cli(["collect"], { env: { ...env, [variable]: value } });
			expect(code).toBe(7);
			expect(err.trim().split("\n")).toHaveLength(2);
			expect(server.asked).toEqual([]);
			expect(existsSync(join(kept, "ledger.db"))).toBe(true);
			expect((await report("daily", "--no-collect")).totals.responses).toBe(3);
		});
	});
});

if (AS_ORDINARY_USER) {
	const through = AS_ORDINARY_USER;

	test("of several troubles the exit code tells the gravest: key, server, refused events, unreadable files", async () => {
		await loggedIn(async ({ cli, projects }, server, env) => {
			writeFileSync(join(projects, "-home-dev-app/other.jsonl"), "", { mode: 0o000 });
			const codes: number[] = [];
			for (const behaviour of [
				() => new Response(null, { status: 403 }),
				() => new Response(null, { status: 404 }),
				rejectFirst,
				(_request, answer) => answer(),
			] satisfies Behaviour[]) {
				server.behaviour = behaviour;
				codes.push((await cli(["collect"], { env, through })).code);
			}
			expect(codes).toEqual([3, 4, 5, 6]);
		});
	});
}

describe("a server that takes long", () => {
	const MANY = { [MAIN]: Array.from({ length: 6_000 }, (_, n) => answer(n)) };
	const program = fromSourcesAfter("hasty-clock.ts");

	test("is left after minutes by a run that nobody waits for, which ends well, and gets the rest from the next", async () => {
		await withServer((server) =>
			inHome(MANY, async ({ home, cli }) => {
				const env = { PROMPTPULSE_SERVER: server.address, PROMPTPULSE_API_KEY: KEY };
				const first = await runCli(["collect", "--quiet"], { home, env, program });
				expect(first).toEqual({
					code: 0,
					out: "",
					err: `The server ${new URL(server.address).host} was still taking usage in when this run had to end. 3,500 responses are kept here and sent next time.\n`,
				});
				expect((await cli(["status", "--json"], { env })).out).toContain('"exitCode": 0');
				const next = await runCli(["collect", "--trigger", "schedule", "--json"], { home, env, program });
				expect(JSON.parse(next.out).push).toMatchObject({
					sent: 2_500,
					unsent: 1_000,
					stop: { code: "late" },
				});
				expect(await cli(["collect", "--quiet"], { env })).toEqual({ code: 0, out: "", err: "" });
			}),
		);
	});

	test("is waited for by whoever looks, who sees how far it is", async () => {
		await withServer((server) =>
			inHome(MANY, async ({ home }) => {
				const env = { PROMPTPULSE_SERVER: server.address, PROMPTPULSE_API_KEY: KEY };
				const { code, screen } = await runAtTerminal(["collect"], { home, env, program }, []);
				expect(code).toBe(0);
				expect(screen).toMatch(/Sending: 5,000 of 6,000 responses, [\d,]+\/s, \d+ s left/);
				expect(screen).toContain("6,000 responses sent");
			}),
		);
	});
});
