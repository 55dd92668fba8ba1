import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildBinary } from "../../build.ts";
import { listCommands } from "../support/all-commands.ts";
import { answer, MAIN } from "../support/answers.ts";
import { cookieOf, form } from "../support/forms.ts";
import { ccusageFile } from "../support/importing.ts";
import { byId, elementsOf, plain } from "../support/markup.ts";
import { listReadmeCalls, listReadmeLines, README } from "../support/readme.ts";
import { openScreen, type Screen } from "../support/screen.ts";
import { freePort } from "../support/serve-process.ts";
import { writeTranscripts } from "../support/transcript.ts";

setDefaultTimeout(60_000);

describe("the README", () => {
	const commands = listCommands();

	test.each(commands)("tells of promptpulse $path", ({ path }) => {
		const words = path === "report" ? "promptpulse report" : path;
		expect(README).toContain(words);
	});

	test.each(listReadmeCalls())("tells of nothing that there is not: promptpulse %s", (...words) => {
		const call = words.join(" ");
		const command = commands
			.filter(({ path }) => `${call} `.startsWith(`${path} `))
			.toSorted((a, b) => b.path.length - a.path.length)[0];
		if (!command) throw new Error(`there is no ${call}`);
		for (const flag of words.filter((word) => word.startsWith("--"))) {
			expect(command.flags).toContain(flag);
		}
	});
});

// A pseudo-terminal is not to be had everywhere.
describe.skipIf(process.platform === "win32")("who does what the README says, in its order,", () => {
	let home: string;
	let env: Record<string, string>;
	const running: Screen[] = [];

	beforeAll(async () => {
		home = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-readme-")));
		const bin = join(home, "bin");
		await buildBinary(pathToFileURL(`${bin}/`));
		for (const tool of ["crontab", "systemctl", "loginctl", "launchctl", "schtasks"]) {
			symlinkSync(join(import.meta.dir, "../support/schedulers", tool), join(bin, tool));
		}
		writeFileSync(join(bin, "ccusage"), `#!/bin/sh\ncat '${ccusageFile("v18-daily")}'\n`, { mode: 0o755 });
		mkdirSync(join(home, "state"));
		writeTranscripts(join(home, ".claude/projects"), {
			[MAIN]: [answer(1), answer(2, { timestamp: new Date(Date.now() - 60_000).toISOString() })],
		});
		// Another server may have its port.
		const port = String(freePort());
		env = { PATH: `${bin}:/usr/bin:/bin`, SCHEDULERS_STATE: join(home, "state"), PORT: port };
	}, 120_000);

	afterAll(() => {
		for (const screen of running) screen.signal("SIGKILL");
		rmSync(home, { recursive: true, force: true });
	});

	function type(line: string): Screen {
		const screen = openScreen([], { home, env, program: ["/bin/sh", "-c", `exec ${line}`] });
		running.push(screen);
		return screen;
	}

	/** Opens the link that `serve` prints, fills in the form, and gives the two commands that the page shows. */
	async function setUp(serve: Screen): Promise<string[]> {
		const [link = ""] = /http\S+\/setup\/\S+/.exec(await serve.until("The link is good once.")) ?? [];
		expect((await fetch(link)).status).toBe(200);
		const page = await fetch(link, form({ username: "ada", zone: "UTC" }));
		const elements = await elementsOf(await page.text());
		return ["command-login", "command-collect"].map((id) => plain(byId(elements, id)?.text));
	}

	test("needs nothing that it does not say", async () => {
		let told: string[] = [];
		for (const line of listReadmeLines().filter((line) => !line.startsWith("npm "))) {
			if (line === "promptpulse serve") {
				told = await setUp(type(line));
				continue;
			}
			const shown = told.find((command) => command.split(" ")[1] === line.split(" ")[1]);
			const address = `http://127.0.0.1:${env.PORT}`;
			expect(shown?.replace(/pk_\w+/, "pk_…").replace(address, "http://127.0.0.1:3000") ?? line).toBe(line);
			const screen = type(shown ?? line);
			if (line.startsWith("promptpulse import")) {
				await screen.until("Take these totals?");
				screen.type("y");
			}
			const { code, rest } = await screen.end();
			expect([line, code, rest]).toEqual([line, 0, rest]);
		}
	});

	test("has all that it promises then", async () => {
		const told = async (line: string) => {
			const { code, rest } = await type(line).end();
			expect([line, code]).toEqual([line, 0]);
			return rest;
		};
		expect(await told("promptpulse")).toContain("Running block");
		expect(await told("promptpulse whoami")).toContain("ada");
		expect(await told("promptpulse report")).toContain(" * ");
		expect(await told("promptpulse verify")).toContain("has all it was sent: 2 responses of 2 days.");
		expect(await told("promptpulse setup --print")).toContain("collect --quiet");
		expect(await told("promptpulse setup --status")).toContain("Every 15 minutes by cron, next at");
		const [link = ""] = /http\S+/.exec(await told("promptpulse dashboard --no-open")) ?? [];
		const opened = await fetch(link, { redirect: "manual" });
		const cookie = cookieOf(opened);
		const page = await fetch(`http://127.0.0.1:${env.PORT}/`, { headers: { cookie } });
		expect(await page.text()).toContain("ada");
	});
});
