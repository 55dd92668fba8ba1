import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mintKey } from "../../src/account/api-key.ts";
import { listCommands } from "../support/all-commands.ts";
import { answer, MAIN } from "../support/answers.ts";
import { runAtTerminal, runWithInput } from "../support/at-terminal.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { type CliHome, type CliResult, inHome, startCli } from "../support/run-cli.ts";
import { makeStandIns, type StandIns } from "../support/stand-ins.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** A key as it is given out; its last characters may be shown. */
const KEY = mintKey("full");
const HIDDEN = KEY.slice(3, -8);

/** What the program may start. */
const STARTED = [
	"crontab",
	"systemctl",
	"loginctl",
	"launchctl",
	"schtasks",
	"xdg-open",
	"open",
	"journalctl",
];

/** A server that tells the key back in every way it can. */
let echo: Bun.Server<undefined>;
let asked = 0;
let sawKey = false;

beforeAll(() => {
	echo = Bun.serve({
		port: 0,
		hostname: "127.0.0.1",
		fetch({ headers, url }) {
			const key = headers.get("x-api-key") ?? "";
			sawKey ||= key === KEY;
			const said = { "content-type": "application/json", "x-echo": key, "set-cookie": `key=${key}` };
			const told = JSON.stringify({ error: key, message: `no: ${key}`, code: key, user: key });
			const where = { location: `${new URL(url).origin}/?key=${key}`, ...said };
			const replies = [
				() => new Response(told, { status: 400, headers: said }),
				() => new Response(null, { status: 302, headers: where }),
				() => new Response(told, { status: 401, headers: { ...said, "www-authenticate": key } }),
				() => new Response(`<p>${key}`, { status: 500, statusText: key, headers: { "x-echo": key } }),
				() => new Response(told, { headers: said }),
			];
			return replies[asked++ % replies.length]?.() ?? new Response();
		},
	});
});

afterAll(() => echo.stop(true));

const SERVERS = {
	"a server that tells it back": () => `http://127.0.0.1:${echo.port}`,
	"a server that is not there": () => "http://127.0.0.1:9",
};

/** Beside every command as it is: what it does by further flags. */
const MORE: Record<string, string[][]> = {
	collect: [["--dry-run"], ["--resend"], ["--no-push", "--full"]],
	doctor: [["--fix"]],
	setup: [["--hook"], ["--print"], ["--status"], ["--remove"]],
	serve: [["--check"]],
	dashboard: [["--local"]],
	login: [["--username", "ada", "--yes"]],
};

/** They ask a server. */
const TALKING = ["collect", "verify", "whoami", "login", "dashboard", "doctor"];

/** They run until they are told to stop. */
const RUNNING = ["serve", "dashboard"];

/** Every command that people are shown, with what it needs, and what it does by further flags. */
function listRuns(): { words: string[]; hasJson: boolean }[] {
	return listCommands().flatMap(({ path, words, hasJson }) =>
		[[], ...(MORE[path] ?? [])].map((flags) => ({ words: [...words, ...flags], hasJson })),
	);
}

type Surroundings = { it: CliHome; started: StandIns };

/** A home with one response, in which nothing outside can be started. */
async function inSurroundings(use: (surroundings: Surroundings) => Promise<void>): Promise<void> {
	await inHome({ [MAIN]: [answer(1)] }, async (it) => {
		writeFileSync(join(it.home, "a-file"), "{}");
		await use({ it, started: makeStandIns(join(it.home, "started"), STARTED) });
	});
}

function keep({ kept }: CliHome, server: string): void {
	mkdirSync(kept, { mode: 0o700 });
	const login = { apiKey: KEY, server, userId: "u1", username: "ada" };
	writeFileSync(join(kept, "config.json"), JSON.stringify(login), { mode: 0o600 });
}

async function run(
	{ it, started }: Surroundings,
	words: string[],
	env: Record<string, string>,
): Promise<CliResult> {
	const all = { PATH: started.path, ...env };
	const program = fromSourcesAfter("hasty-waits.ts");
	if (!RUNNING.includes(words[0] ?? "")) return it.cli(words, { env: all, program });
	const rest = words[0] === "serve" ? ["--port", "0"] : ["--no-open"];
	const child = startCli([...words, ...rest], { home: it.home, env: all, program });
	const err = child.stderr.text();
	let out = "";
	for await (const chunk of child.stdout) {
		out += Buffer.from(chunk).toString();
		if (out.includes("http")) child.kill("SIGINT");
	}
	return { code: await child.exited, out, err: await err };
}

/** Files below a folder, other than the one that keeps the key, in which the key stands. */
function filesWithKey({ home, kept }: CliHome): string[] {
	const config = join(kept, "config.json");
	return readdirSync(home, { recursive: true, encoding: "utf8" })
		.map((name) => join(home, name))
		.filter((path) => path !== config && statSync(path).isFile() && readFileSync(path).includes(HIDDEN));
}

function expectHidden({ it, started }: Surroundings, { out, err }: CliResult, mayInherit: boolean): void {
	expect(out).not.toContain(HIDDEN);
	expect(err).not.toContain(HIDDEN);
	expect(err).not.toContain("did not expect");
	expect(started.words()).not.toContain(HIDDEN);
	// Whoever sets a variable gives it to all that they start.
	if (!mayInherit) expect(started.environment()).not.toContain(HIDDEN);
	const inherited = join(it.home, "started/environment");
	expect(filesWithKey(it).filter((path) => !(mayInherit && path === inherited))).toEqual([]);
}

describe.each(Object.entries(SERVERS))("the key for %s", (name, server) => {
	const all = listRuns();
	const talking = all.filter(({ words }) => TALKING.includes(words[0] ?? ""));
	const [ofFile, ofEnvironment] = name.endsWith("back") ? [all, talking] : [talking, all];

	test.each(ofFile)("stays in config.json: $words", async ({ words, hasJson }) => {
		await inSurroundings(async (around) => {
			keep(around.it, server());
			const result = await run(around, hasJson ? [...words, "--json"] : words, {});
			expectHidden(around, result, false);
		});
	});

	test.each(ofEnvironment)("stays in the environment: $words", async ({ words }) => {
		await inSurroundings(async (around) => {
			const env = { PROMPTPULSE_API_KEY: KEY, PROMPTPULSE_SERVER: server() };
			expectHidden(around, await run(around, words, env), true);
		});
	});

	test("is not told by a login, which is given it", async () => {
		await inSurroundings(async (around) => {
			const { it, started } = around;
			const options = { home: it.home, env: { PATH: started.path } };
			const words = ["login", "--key-stdin", "--server", server()];
			expectHidden(around, await runWithInput(words, options, `${KEY}\n`), false);
		});
	});

	test("is not told to who looks on", async () => {
		await inSurroundings(async ({ it, started }) => {
			keep(it, server());
			const { home } = it;
			for (const words of [["collect", "--resend"], ["whoami"], ["config", "list"]]) {
				const { screen } = await runAtTerminal(words, { home, env: { PATH: started.path } }, []);
				expect(screen).not.toContain(HIDDEN);
			}
		});
	});
});

test("the key did go to the server", () => {
	expect(sawKey).toBe(true);
});

/** Where there is no time to look for keys, what the error says is left out. */
const CRASH_TOLD: Record<string, string> = {
	timer: "expect: Error.\n    at fail (",
	promise: "expect: string.\n",
};

describe("an error that nobody foresaw", () => {
	const program = fromSourcesAfter("crashing.ts");
	const secrets = [KEY, "another-word-for-it", "hush-hush-hush"];
	const text = `it was ${secrets.join(" and ")} in sqlitecloud://host:8860/db?apikey=hush-too`;

	test.each(["command", "timer", "promise"])(
		"(in a %s) is told without what it knows of keys",
		async (where) => {
			await inHome({}, async ({ cli, kept }) => {
				mkdirSync(kept, { mode: 0o700 });
				const fields = { apiKey: KEY, access_token: secrets[2] };
				writeFileSync(join(kept, "config.json"), JSON.stringify(fields), { mode: 0o600 });
				const env = { CRASH_AT: where, CRASH_WITH: text, PROMPTPULSE_API_KEY: secrets[1] ?? "" };
				const { code, out, err } = await cli(["summary"], { program, env });
				expect(code).toBe(1);
				expect(err).toStartWith("promptpulse has met an error that it did not expect");
				expect(err).toContain(
					where === "command" ? "it was *** and *** and *** in" : (CRASH_TOLD[where] ?? ""),
				);
				expect(out + err).not.toContain("hush");
				expect(out + err).not.toContain(HIDDEN);
			});
		},
	);
});
