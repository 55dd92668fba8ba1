import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	realpathSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GROUPING_NAMES } from "../../src/cli/report/grouping-names.ts";
import { VERSION } from "../../src/version.ts";
import { answer, MAIN } from "../support/answers.ts";
import { placeProgram } from "../support/placed-program.ts";
import { FROM_SOURCES } from "../support/program.ts";
import { type CliHome, homeIn, startCli } from "../support/run-cli.ts";
import { openScreen } from "../support/screen.ts";
import { writeTranscripts } from "../support/transcript.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(60_000);

let folder: string;
/** The binary in a folder where everything lies in wait for it. */
let it: CliHome;
let hostile: string;
let program: string;

beforeAll(async () => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-binary-")));
	program = await placeProgram(join(folder, "bin"));
	hostile = join(folder, "hostile");
	mkdirSync(hostile);
	layTraps(hostile);
	it = homeIn(join(folder, "home"), { cwd: hostile, program: [program] });
	writeTranscripts(it.projects, {
		[MAIN]: [
			answer(1),
			answer(2, { model: "claude-opus-4-5", branch: "dev" }),
			answer(3, { model: "gpt-99" }),
		],
	});
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files that Bun reads where it is started. Whatever runs or takes effect leaves a file called `sprung…`. */
function layTraps(dir: string): void {
	const spring = (name: string) =>
		`require("node:fs").writeFileSync(${JSON.stringify(join(dir, `sprung-${name}`))}, "");\n`;
	const settings = [
		`PROMPTPULSE_HOME=${join(dir, "sprung-home")}`,
		`CLAUDE_CONFIG_DIR=${dir}`,
		"MACHINE_ID=stolen",
		"TZ=Asia/Tokyo",
		`BUN_OPTIONS=--preload ${join(dir, "preload.cjs")}`,
	].join("\n");
	const files: Record<string, string> = {
		".env": settings,
		".env.local": settings,
		".env.production": settings,
		"bunfig.toml": 'preload = ["./preload.cjs"]\n[run]\nbun = true\n',
		"preload.cjs": spring("preload"),
		"tsconfig.json": JSON.stringify({
			compilerOptions: { baseUrl: ".", paths: { commander: ["./path.cjs"] } },
		}),
		"path.cjs": spring("path"),
		"package.json": JSON.stringify({
			name: "promptpulse",
			version: "9.9.9",
			type: "commonjs",
			imports: { "#*": "./path.cjs" },
			scripts: { collect: "touch sprung-script", report: "touch sprung-script" },
		}),
		"node_modules/commander/index.js": spring("commander"),
		"prices.json": "{",
		"ledger.db": "not a ledger",
	};
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(join(dir, name, ".."), { recursive: true });
		writeFileSync(join(dir, name), text);
	}
}

function sprung(): string[] {
	return readdirSync(hostile)
		.filter((name) => name.startsWith("sprung"))
		.sort();
}

test("the traps are traps: Bun itself falls into them", async () => {
	const [bun, main] = [FROM_SOURCES[0] ?? "", FROM_SOURCES.at(-1) ?? ""];
	await it.cli(["collect"], { program: [bun, main] });
	const fallenInto = sprung();
	for (const name of fallenInto) rmSync(join(hostile, name), { recursive: true });
	expect(fallenInto).toEqual(["sprung-home", "sprung-preload"]);
});

describe("the binary, in a folder where everything lies in wait for it,", () => {
	test("collects what is new and keeps it in the person's own home", async () => {
		const { code, out, err } = await it.cli(["collect", "--no-push"]);
		expect({ code, err }).toEqual({ code: 0, err: "" });
		expect(out).toStartWith("laptop: 1 transcript, 1 file with something new");
		expect(readdirSync(it.kept).sort()).toEqual([
			"collect.lock",
			"last-run.json",
			"ledger.db",
			"machine.json",
		]);
		expect(sprung()).toEqual([]);
	});

	test.each([
		[[]],
		[["summary", "--json"]],
		[["collect", "--json"]],
		[["collect", "--full"]],
		[["collect", "--quiet"]],
		[["report"]],
		...GROUPING_NAMES.flatMap((name) => [[["report", name]], [["report", name, "--json"]]]),
		...GROUPING_NAMES.map((name) => [["report", name, "--csv", "--breakdown", "--order", "desc"]]),
		[["report", "blocks", "--active"]],
		[["report", "blocks", "--live"]],
		[["report", "--since=2026-03-02", "--until=20260302", "--timezone=Asia/Tokyo", "--mode=auto"]],
		[["migrate", "--rebuild", "--reprice"]],
		[["status", "--json"]],
		[["config", "list", "--json"]],
		[["config", "get", "machineLabel"]],
		[["config", "set", "projectPrivacy", "none"]],
		[["config", "unset", "server"]],
		[["completion", "bash"]],
		[["completion", "zsh"]],
		[["completion", "fish"]],
		[["--help"]],
		[["config", "--help"]],
		[["report", "--help"]],
		[["--version"]],
		[["colect"]],
		[["report", "--since", "never"]],
	])("says what the sources say: %p", async (words) => {
		const expected = await it.cli(words, { program: FROM_SOURCES, cwd: it.home });
		expect(await it.cli(words)).toEqual(expected);
		expect(expected.out + expected.err === "").toBe(words.includes("--quiet"));
		expect(sprung()).toEqual([]);
	});

	test("draws the running block at a terminal until it is interrupted", async () => {
		const screen = openScreen(["report", "blocks", "--live"], {
			home: it.home,
			cwd: hostile,
			program: [program],
		});
		expect(await screen.until("until Ctrl-C.")).toContain("No block is running.");
		screen.signal("SIGINT");
		expect((await screen.end()).code).toBe(0);
		expect(sprung()).toEqual([]);
	});

	test("collects in the background", async () => {
		rmSync(join(it.kept, "last-run.json"));
		const words = ["collect", "--detach", "--debounce", "100ms"];
		expect(await it.cli(words)).toEqual({ code: 0, out: "", err: "" });
		await until("a note", () => existsSync(join(it.kept, "last-run.json")));
		const { lastRun } = JSON.parse((await it.cli(["status", "--json"])).out);
		expect(lastRun).toMatchObject({ trigger: "hook", exitCode: 0, files: 1 });
		expect(sprung()).toEqual([]);
	});

	test.skipIf(process.platform === "win32")(
		"is what the system runs by the clock, and no variable that is set for everything gets in",
		async () => {
			const { out } = await it.cli(["setup", "--scheduler", "cron", "--interval", "15", "--print"]);
			const [, line = ""] = /^[\d,]+ \* \* \* \* (.*)$/m.exec(out) ?? [];
			expect(line).toContain(` ${program} collect `);
			rmSync(join(it.kept, "last-run.json"));
			const env = { BUN_BE_BUN: "1", BUN_OPTIONS: `--preload ${join(hostile, "preload.cjs")}` };
			const { exitCode, stdout, stderr } = Bun.spawnSync(["/bin/sh", "-c", line], { cwd: hostile, env });
			expect([exitCode, stdout.toString(), stderr.toString()]).toEqual([0, "", ""]);
			const { lastRun } = JSON.parse((await it.cli(["status", "--json"])).out);
			expect(lastRun).toMatchObject({ trigger: "schedule", exitCode: 0, files: 1 });
			expect(sprung()).toEqual([]);
		},
	);

	test("has ccusage's shape in JSON", async () => {
		const { daily, totals } = await it.report("daily");
		const counts = {
			inputTokens: 36,
			outputTokens: 60,
			cacheCreationTokens: 90,
			cacheReadTokens: 120,
			totalTokens: 306,
			totalCost: 0.001225,
		};
		expect(totals).toMatchObject(counts);
		expect(daily).toHaveLength(1);
		expect(daily?.[0]).toMatchObject({
			date: "2026-03-02",
			...counts,
			modelsUsed: ["claude-opus-4-5", "claude-sonnet-4-5-20250929", "gpt-99"],
			modelBreakdowns: [
				{
					modelName: "claude-opus-4-5",
					inputTokens: 12,
					outputTokens: 20,
					cacheCreationTokens: 30,
					cacheReadTokens: 40,
					cost: 0.0007675,
				},
				{ modelName: "claude-sonnet-4-5-20250929", cost: 0.0004575 },
				{ modelName: "gpt-99", cost: 0, unpricedResponses: 1 },
			],
		});
	});

	test("is called ppulse too, and says so", async () => {
		const { code, out } = await it.cli(["--help"], { program: [join(folder, "bin/ppulse")] });
		expect(code).toBe(0);
		expect(out).toContain("Usage: ppulse [options] [command]");
		expect(await it.cli(["--version"], { program: [join(folder, "bin/ppulse")] })).toEqual({
			code: 0,
			out: `${VERSION}\n`,
			err: "",
		});
	});

	test("needs nothing beside itself", () => {
		const binary =
			process.platform === "win32" ? ["ppulse.exe", "promptpulse.exe"] : ["ppulse", "promptpulse"];
		expect(readdirSync(join(folder, "bin")).sort()).toEqual(binary);
		expect(existsSync(join(folder, "node_modules"))).toBe(false);
	});

	test("shows the pages until it is interrupted", async () => {
		const child = startCli(["dashboard", "--no-open"], { home: it.home, cwd: hostile, program: [program] });
		try {
			let link = "";
			for await (const chunk of child.stdout) {
				link += Buffer.from(chunk).toString();
				if (link.endsWith("\n")) break;
			}
			const page = await fetch(link.trim(), { redirect: "manual" });
			expect(page.status).toBeLessThan(400);
			child.kill("SIGINT");
			expect(await child.exited).toBe(0);
			expect(sprung()).toEqual([]);
		} finally {
			child.kill("SIGKILL");
		}
	});
});
