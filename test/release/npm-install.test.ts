import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packNpm } from "../../release/npm.ts";
import { fileNameOf, TARGETS } from "../../release/targets.ts";
import { VERSION } from "../../src/version.ts";
import { answer, MAIN } from "../support/answers.ts";
import { type Npm, npmIn, OWN_TARGET } from "../support/npm.ts";
import { packStandIns } from "../support/npm-packages.ts";
import { type NpmRegistry, serveRegistry } from "../support/npm-registry.ts";
import { onMachine } from "../support/own-machine.ts";
import { placeProgram } from "../support/placed-program.ts";
import { runCli, startCli } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

let folder: string;
/** The program itself, packed for this machine. */
let packed: string;

beforeAll(async () => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-npm-")));
	const made = pathToFileURL(`${join(folder, "made")}/`);
	const targets = TARGETS.filter(({ name }) => name === OWN_TARGET);
	const built = await placeProgram(Bun.fileURLToPath(made));
	for (const target of targets) {
		await Bun.write(new URL(fileNameOf(target), made), Bun.file(built));
	}
	writeFileSync(new URL("LICENSES.txt", made), "the licences\n");
	await packNpm({ made, targets });
	packed = join(folder, "made/npm");
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("npm install -g of the packed files into an empty prefix", () => {
	let bin: string;
	let npm: Npm;

	beforeAll(async () => {
		const prefix = join(folder, "an empty prefix");
		npm = npmIn(join(folder, "files"));
		const files = readdirSync(packed).map((name) => join(packed, name));
		const { code, err } = await npm.run([
			"npm",
			"install",
			"-g",
			"--ignore-scripts",
			"--prefix",
			prefix,
			...files,
		]);
		if (code !== 0) throw new Error(err);
		bin = join(prefix, "bin");
	}, 60_000);

	test("gives both commands, and no other", () => {
		expect(readdirSync(bin).sort()).toEqual(["ppulse", "promptpulse"]);
	});

	test.each(["promptpulse", "ppulse"])("%s works", async (name) => {
		const home = join(folder, `home of ${name}`);
		writeTranscripts(join(home, ".claude/projects"), { [MAIN]: [answer(1), answer(2)] });
		const program = [join(bin, name)];
		const cli = (...words: string[]) => runCli(words, { home, program });
		expect(await cli("--version")).toEqual({ code: 0, out: `${VERSION}\n`, err: "" });
		const { code, out, err } = await cli("collect", "--json", "--no-push");
		expect({ code, err, stored: JSON.parse(out).stored }).toEqual({ code: 0, err: "", stored: 2 });
		expect((await cli("no-such-command")).code).toBe(2);
		expect((await cli("whoami")).code).toBe(3);
	});

	test("lets a schedule start the program itself, so that it needs no Node", () =>
		onMachine(
			["crontab"],
			async (machine) => {
				expect((await machine.setup()).err).toBe("");
				const program = join(bin, "../lib/node_modules/@promptpulse", OWN_TARGET, "promptpulse");
				expect(machine.crontab()).toContain(` '${program}' collect `);
				expect(machine.crontab()).not.toContain("node ");
			},
			{ program: [Bun.which("node") ?? "", join(bin, "promptpulse")] },
		));

	test("serves until it is told to end, and ends well", async () => {
		const home = join(folder, "home of a server");
		mkdirSync(home);
		const server = startCli(["serve", "--port", "0"], { home, program: [join(bin, "promptpulse")] });
		const reader = server.stdout.getReader();
		const said = new TextDecoder().decode((await reader.read()).value);
		const origin = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
		expect((await fetch(`${origin}/health`)).status).toBe(200);
		server.kill("SIGTERM");
		expect(await server.exited).toBe(0);
	});
});

describe("from a registry", () => {
	let registry: NpmRegistry;

	beforeAll(async () => {
		registry = await serveRegistry((await packStandIns(join(folder, "stand-ins"))).folder);
	});

	afterAll(() => registry[Symbol.asyncDispose]());

	test("npm without optional dependencies leaves a command that says how to have it, and so it is had", async () => {
		const project = join(folder, "a project");
		const npm = npmIn(join(folder, "omits"), registry.url);
		mkdirSync(project);
		writeFileSync(join(project, "package.json"), "{}");
		const command = { home: folder, program: [join(project, "node_modules/.bin/promptpulse")] };
		expect((await npm.run(["npm", "install", "--omit=optional", "promptpulse"], project)).code).toBe(0);
		const { code, err } = await runCli(["answer", "0"], command);
		const [, advice = ""] = /(npm install promptpulse \S+),/.exec(err) ?? [];
		expect({ code, advice }).toEqual({ code: 1, advice: "npm install promptpulse --include=optional" });
		expect((await npm.run(["npm", ...advice.split(" ").slice(1)], project)).code).toBe(0);
		expect((await runCli(["answer", "5"], command)).code).toBe(5);
	});

	test("npx runs it without an installation, and ends as it ends", async () => {
		const npm = npmIn(join(folder, "npx"), registry.url);
		const { code, out } = await npm.run(["npx", "promptpulse", "answer", "6", "two words"]);
		expect({ code, words: JSON.parse(out).words }).toEqual({ code: 6, words: ["answer", "6", "two words"] });
	});
});
