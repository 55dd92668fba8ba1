import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mintKey } from "../../src/account/api-key.ts";
import { SETTING_NAMES } from "../../src/cli/config/setting-names.ts";
import { answer, MAIN } from "../support/answers.ts";
import { runAtTerminal } from "../support/at-terminal.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** Nothing but the machine's own: what the tests usually set goes before what is kept. */
const UNSET = { MACHINE_ID: "" };

type Row = { name: string; value: string | null; source: string };

function keep(kept: string, fields: object): void {
	mkdirSync(kept, { recursive: true, mode: 0o700 });
	writeFileSync(join(kept, "config.json"), JSON.stringify(fields), { mode: 0o600 });
}

function keptIn({ kept }: CliHome): Record<string, unknown> {
	return JSON.parse(readFileSync(join(kept, "config.json"), "utf8"));
}

async function rowOf({ cli }: CliHome, name: string, env: Record<string, string> = UNSET): Promise<Row> {
	const { code, out, err } = await cli(["config", "get", name, "--json"], { env });
	expect({ code, err }).toEqual({ code: 0, err: "" });
	return JSON.parse(out);
}

describe("config set", () => {
	test("keeps a setting for the machine's owner alone, which holds until it is unset", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async (home) => {
			const set = await home.cli(["config", "set", "machineLabel", "desk"], { env: UNSET });
			expect(set).toEqual({ code: 0, out: "", err: "machineLabel is kept.\n" });
			expect(statSync(join(home.kept, "config.json")).mode & 0o777).toBe(0o600);
			expect(await rowOf(home, "machineLabel")).toEqual({
				name: "machineLabel",
				value: "desk",
				source: "config.json",
			});
			expect((await home.cli(["collect"], { env: UNSET })).out).toStartWith("desk: ");
			const unset = await home.cli(["config", "unset", "machineLabel"], { env: UNSET });
			expect(unset).toEqual({ code: 0, out: "", err: "machineLabel is forgotten.\n" });
			expect((await rowOf(home, "machineLabel")).source).toBe("default");
			expect(existsSync(join(home.kept, "config.json"))).toBe(false);
		});
	});

	test("gives way to the environment, and says so", async () => {
		await inHome({}, async (home) => {
			const { err } = await home.cli(["config", "set", "machineLabel", "desk"]);
			expect(err).toBe("machineLabel is kept.\nMACHINE_ID is set, and goes before what is kept.\n");
			expect(await rowOf(home, "machineLabel", {})).toMatchObject({ value: "laptop", source: "MACHINE_ID" });
		});
	});

	test("decides where transcripts are looked for, from wherever it is started", async () => {
		await inHome({}, async (home) => {
			const elsewhere = join(home.home, "elsewhere");
			mkdirSync(join(elsewhere, "projects/-home-dev-app"), { recursive: true });
			writeFileSync(join(elsewhere, "projects", MAIN), `${answer(1)}\n`);
			const set = await home.cli(["config", "set", "claudeConfigDir", "elsewhere, ~/none"]);
			expect(set).toEqual({
				code: 0,
				out: "",
				err: `There is no folder ${home.home}/none yet. It is looked for at each collect.\nclaudeConfigDir is kept.\n`,
			});
			expect(keptIn(home)).toEqual({ claudeConfigDir: `${elsewhere},${home.home}/none` });
			const { out } = await home.cli(["report", "--json"], { cwd: "/" });
			expect(JSON.parse(out).totals.responses).toBe(1);
		});
	});

	test("decides what of projects may leave, from the next push on", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async ({ cli }) => {
			await cli(["config", "set", "PROJECT_PATH_PRIVACY", "none"]);
			const { out } = await cli(["collect", "--dry-run", "--json"]);
			expect(out).not.toContain("app");
			expect((await cli(["config", "get", "project_path_privacy"])).out).toBe("none\n");
		});
	});

	test.each([
		[
			["projectPrivacy", "Hash"],
			'"Hash" is no setting of projectPrivacy.\nTake one of basename, full, hash, none.',
		],
		[["machineLabel", ""], "machineLabel cannot be empty."],
		[["machineLabel", "a\nb"], "This cannot be what a machine is called."],
		[["machineLabel", "x".repeat(257)], "This cannot be what a machine is called."],
		[["claudeConfigDir", " , "], "claudeConfigDir names no folder."],
		[["server", "usage.example.com"], "The server's address is not one."],
		[["server", "https://ada:hush@usage.example.com"], "The server's address is not one."],
		[
			["server", "http://usage.example.com"],
			"not https: others in the network could read the key.\nUse https, or allow it with --insecure.",
		],
		[["apiKey", "pk_hush"], "apiKey belongs to a login, and is kept with it.\npromptpulse login keeps one"],
		[["userId", "7"], "userId belongs to a login"],
		[["insecure", "true"], "insecure belongs to a login"],
		[["port", "80"], "port is not kept on the machine.\nSet the variable PORT instead."],
		[["home", "/tmp"], "Set the variable PROMPTPULSE_HOME instead."],
		[["projectPrivcy", "none"], 'There is no setting "projectPrivcy".\nDid you mean projectPrivacy?'],
		[["pathPrivacyy", "none"], "There is no setting"],
		[["zzz", "none"], "There are: server, "],
		[["\x1b[31mserver", "none"], 'There is no setting "\\u001b[31mserver".'],
		[["machineLabel", "desk", "--insecure"], "--insecure is for a server's address."],
	])("refuses %p", async (words, sentence) => {
		await inHome({}, async ({ cli, kept }) => {
			const { code, out, err } = await cli(["config", "set", ...words]);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain(sentence);
			expect(err).not.toContain("hush");
			expect(err).toMatch(/^(?:.*[.?]\n){2}$/);
			expect(existsSync(kept)).toBe(false);
		});
	});

	test("keeps an address that others can listen to only where that is allowed", async () => {
		await inHome({}, async (home) => {
			await home.cli(["config", "set", "server", "http://usage.example.com/", "--insecure"]);
			expect(keptIn(home)).toEqual({ server: "http://usage.example.com", insecure: true });
			await home.cli(["config", "set", "server", "http://127.0.0.1:3000", "--insecure"]);
			expect(keptIn(home)).toEqual({ server: "http://127.0.0.1:3000" });
			await home.cli(["config", "unset", "server"]);
			expect(existsSync(join(home.kept, "config.json"))).toBe(false);
		});
	});

	test("does not bring a key to another server than the one it was kept for", async () => {
		await inHome({}, async (home) => {
			const login = { apiKey: mintKey("full"), server: "https://usage.example.com", username: "ada" };
			keep(home.kept, login);
			const moved = await home.cli(["config", "set", "server", "https://evil.example.com"]);
			expect(moved.code).toBe(2);
			expect(moved.err).toContain("promptpulse login --server https://evil.example.com");
			const unset = await home.cli(["config", "unset", "server"]);
			expect(unset.code).toBe(2);
			expect(unset.err).toContain("promptpulse logout");
			expect((await home.cli(["config", "set", "server", "https://usage.example.com/"])).code).toBe(0);
			expect(keptIn(home)).toEqual(login);
		});
	});

	test("loses nothing where many do it at once", async () => {
		await inHome({}, async (home) => {
			keep(home.kept, { theme: "dark" });
			const words = [
				["machineLabel", "desk"],
				["projectPrivacy", "hash"],
				["server", "https://usage.example.com"],
				["claudeConfigDir", "/tmp"],
			];
			const results = await Promise.all(words.map((pair) => home.cli(["config", "set", ...pair])));
			expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
			expect(keptIn(home)).toEqual({ theme: "dark", ...Object.fromEntries(words) });
		});
	});
});

describe("config get", () => {
	test("prints a value alone, and of a key only its end", async () => {
		await inHome({}, async ({ cli, kept }) => {
			const key = mintKey("full");
			keep(kept, { apiKey: key, server: "https://usage.example.com" });
			expect(await cli(["config", "get", "server"])).toEqual({
				code: 0,
				out: "https://usage.example.com\n",
				err: "",
			});
			expect((await cli(["config", "get", "apiKey"])).out).toBe(`…${key.slice(-8)}\n`);
			expect((await cli(["config", "get", "PROMPTPULSE_API_KEY"])).out).toBe(`…${key.slice(-8)}\n`);
		});
	});

	test("knows every setting, and makes nothing", async () => {
		await inHome({}, async ({ cli, kept }) => {
			const { out } = await cli(["config", "list", "--json"]);
			const rows: Row[] = JSON.parse(out).settings;
			expect(rows.map(({ name }) => name)).toEqual([...SETTING_NAMES]);
			expect(await cli(["config", "get", "server"])).toEqual({
				code: 0,
				out: "",
				err: "server is not set.\n",
			});
			const { code, err } = await cli(["config", "get", "sever"]);
			expect({ code, err }).toEqual({ code: 2, err: 'There is no setting "sever".\nDid you mean server?\n' });
			expect((await cli(["config", "unset", "server"])).err).toBe(
				"server is not kept. Nothing was changed.\n",
			);
			expect(existsSync(kept)).toBe(false);
		});
	});
});

describe("at a terminal", () => {
	const hostile = "\x1b[31mred\x1b[0m\u202edrow\x07\r\n$(id)";

	test.each([40, 200])(
		"of %d columns the list keeps to its width, and names move nothing there",
		async (columns) => {
			await inHome({}, async ({ home, kept }) => {
				keep(kept, {
					server: "https://a-very-long-name-of-a-server.example.com/and/a/path",
					username: hostile,
				});
				for (const env of [{ MACHINE_ID: hostile }, { MACHINE_ID: hostile, NO_COLOR: "1" }]) {
					const { code, screen } = await runAtTerminal(["config", "list"], { home, env }, [], columns);
					expect(code).toBe(0);
					for (const control of ["\u202e", "\x07"]) expect(screen).not.toContain(control);
					const lines = screen.split("\r\n");
					const rows = lines.slice(0, lines.findIndex((line) => line.startsWith("since")) + 1);
					expect(rows.length).toBeGreaterThan(20);
					expect(Math.max(...rows.map((row) => Bun.stringWidth(row)))).toBeLessThanOrEqual(columns);
					expect(rows.find((row) => row.startsWith("machineLabel"))).toContain("[31mred");
				}
				const get = await runAtTerminal(["config", "get", "username"], { home }, [], columns);
				expect(get.screen).toBe("[31mred[0mdrow$(id)\r\n");
			});
		},
	);
});

describe("a config.json that is not understood", () => {
	test.each([
		["cut off", '{"apiKey": "pk_fhushhushhush'],
		["a list", "[]"],
		["a label that is none", '{"machineLabel": {"hush": 1}}'],
	])(
		"(%s) ends what needs it with 7 and is left as it is; help and version do not need it",
		async (_what, text) => {
			await inHome({ [MAIN]: [answer(1)] }, async ({ cli, kept }) => {
				mkdirSync(kept, { mode: 0o700 });
				const path = join(kept, "config.json");
				writeFileSync(path, text, { mode: 0o600 });
				for (const words of [["collect"], ["config", "list"], ["report"]]) {
					const { code, out, err } = await cli(words, { env: UNSET });
					expect({ words, code, out }).toEqual({ words, code: 7, out: "" });
					expect(err).toContain(path);
					expect(err).toContain("Correct the file or move it away.");
					expect(err).not.toContain("hush");
				}
				for (const words of [["--version"], ["--help"], ["config", "--help"], ["completion", "bash"]]) {
					expect((await cli(words, { env: UNSET })).code).toBe(0);
				}
				expect(readFileSync(path, "utf8")).toBe(text);
			});
		},
	);
});

describe("a config.json of the program that PromptPulse replaces", () => {
	const old = {
		apiKey: `pk_${"0123456789abcdef".repeat(4)}`,
		userId: 7,
		username: "ada",
		email: "ada@example.com",
	};
	const session = {
		access_token: "hush-hush-hush",
		refresh_token: "hush-too",
		token_type: "Bearer",
		expires_at: 1_767_225_600,
		auth0_id: "auth0|7",
		username: "ada",
		email: "ada@example.com",
		auth_method: "browser",
	};

	test.each([
		["with a key", old],
		["of a log-in by browser", session],
	])("(%s) is read, keeps what it has, and is told to log in anew", async (_what, fields) => {
		await inHome({ [MAIN]: [answer(1)] }, async (home) => {
			keep(home.kept, fields);
			expect((await rowOf(home, "username")).value).toBe("ada");
			const { code, err } = await home.cli(["collect"]);
			expect(code).toBe(0);
			expect(err).toContain(
				"is one of an earlier PromptPulse, which no server takes any more. Run promptpulse login.",
			);
			await home.cli(["config", "set", "projectPrivacy", "full"]);
			expect(keptIn(home)).toEqual({ ...fields, projectPrivacy: "full" });
			await home.cli(["config", "unset", "projectPrivacy"]);
			expect(keptIn(home)).toEqual(fields);
			const list = await home.cli(["config", "list"]);
			expect(list.out + list.err).not.toContain("hush");
		});
	});
});
