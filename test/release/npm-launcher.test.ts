import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TARGETS } from "../../release/targets.ts";
import { VERSION } from "../../src/version.ts";
import { CTRL_C } from "../support/at-terminal.ts";
import { npmIn, OWN_TARGET } from "../support/npm.ts";
import { packStandIns } from "../support/npm-packages.ts";
import { serveRegistry } from "../support/npm-registry.ts";
import type { CliResult } from "../support/run-cli.ts";
import { openScreen } from "../support/screen.ts";

let folder: string;
/** What npm has made of the packages: the launcher, and the program in a package in it. */
let launcher: string;
let program: string;
/** What npm has asked the registry for. */
let taken: string[];

beforeAll(async () => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-npm-")));
	const { folder: packed } = await packStandIns(join(folder, "made"));
	await using registry = await serveRegistry(packed);
	const prefix = join(folder, "it's a “place”");
	const npm = npmIn(join(folder, "home"), registry.url);
	const { code, err } = await npm.run(["npm", "install", "-g", "--prefix", prefix, "promptpulse"]);
	if (code !== 0) throw new Error(err);
	taken = registry.taken();
	const installed = join(prefix, "lib/node_modules/promptpulse");
	launcher = join(installed, "promptpulse.cjs");
	program = join(installed, "node_modules/@promptpulse", OWN_TARGET, "promptpulse");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("npm takes what fits this machine and none of the other programs, and puts it where no version stands", () => {
	expect(taken.filter((what) => what.startsWith("files/")).sort()).toEqual([
		`files/@promptpulse/${OWN_TARGET}-${VERSION}.tgz`,
		`files/promptpulse-${VERSION}.tgz`,
	]);
	expect(existsSync(program)).toBe(true);
});

/** What can start the launcher, and how it then starts the program. */
const WAYS: readonly [name: string, words: string[]][] = [
	["Node", ["node"]],
	["Node without process.execve", ["node", "--require", join(import.meta.dir, "../support/no-execve.cjs")]],
	["Bun", [process.execPath]],
];

describe.each(WAYS)("by %s the program", (_, words) => {
	const through = () => [...words, launcher];

	test("gets the words, the input, the environment and the folder that were given, and its end is the end", async () => {
		const given = ["answer", "9", "", "two words", "'\"$HOME`*", "--", "-x", "a\nb", "ünï 🦊"];
		const bare = await tell([program, ...given]);
		const handedOn = await tell([...through(), ...given]);
		expect(JSON.parse(bare.out)).toMatchObject({ words: given, input: "typed\n", cwd: folder });
		expect(handedOn).toEqual(bare);
		expect(bare).toMatchObject({ code: 9, err: "told\n" });
	});

	test("gets each signal once, and nothing is left when it ends", async () => {
		const child = Bun.spawn([...through(), "wait"], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
		const said = readLines(child.stdout);
		expect((await said.next()).value).toStartWith("waits as ");
		for (const signal of ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGINT", "SIGQUIT", "SIGUSR2"] as const) {
			child.kill(signal);
			expect((await said.next()).value).toBe(signal);
		}
		await child.stdin.end();
		expect(await said.next()).toEqual({ done: true, value: undefined });
		expect({ code: await child.exited, err: await child.stderr.text() }).toEqual({ code: 7, err: "" });
	});

	test("is interrupted once by Ctrl-C at a terminal", async () => {
		const screen = openScreen(["wait"], { home: folder, program: through() });
		await screen.until("waits as ");
		screen.type(CTRL_C);
		const first = await screen.until("SIGINT");
		// Signals are handed on one after the other: a second interrupt would come before this.
		screen.signal("SIGUSR1");
		const then = await screen.until("SIGUSR1");
		expect(`${first}${then}`.match(/SIG\w+/g)).toEqual(["SIGINT", "SIGUSR1"]);
		screen.type("\x04");
		expect((await screen.end()).code).toBe(7);
	});

	test.each([
		["SIGTERM", 143],
		["SIGKILL", 137],
		["SIGINT", 130],
		["SIGUSR1", 138],
	])("ends as a shell says of one that %s has ended: %d", async (signal, code) => {
		const { out } = await tell(["sh", "-c", '"$@" 2>&1; echo $?', "sh", ...through(), "die", signal]);
		expect(out.trimEnd().split("\n").at(-1)).toBe(String(code));
		const child = Bun.spawn([...through(), "die", signal], { stdin: "ignore", stdout: "pipe" });
		await child.exited;
		expect(child.signalCode as string).toBe(signal);
	});

	test("is one process where that can be", async () => {
		const child = Bun.spawn([...through(), "wait"], { stdin: "pipe", stdout: "pipe" });
		const { value } = await readLines(child.stdout).next();
		const isSame = value === `waits as ${child.pid}`;
		await child.stdin.end();
		await child.exited;
		const { out } = await tell([...words, "-e", "console.log(typeof process.execve)"]);
		expect(isSame).toBe(out.trim() === "function");
	});
});

describe("where the program", () => {
	/** A copy of what npm has made, which may be broken. */
	function copied(name: string): { launcher: string; parts: string; program: string } {
		const root = join(folder, name, "promptpulse");
		cpSync(join(launcher, ".."), root, { recursive: true });
		const parts = join(root, "node_modules/@promptpulse");
		return {
			launcher: join(root, "promptpulse.cjs"),
			parts,
			program: join(parts, OWN_TARGET, "promptpulse"),
		};
	}

	const INSTALL = "npm install promptpulse --include=optional, and with -g where it was installed so";
	const ANEW =
		"npm uninstall promptpulse, then npm install promptpulse --include=optional; both with -g where it was installed so";
	const failed = (err: string) => ({ code: 1, out: "", err: `${err}\n` });

	test.each(WAYS)("was left out, %s says what to do", async (_, words) => {
		const it = copied("left-out");
		rmSync(it.parts, { recursive: true });
		expect(await tell([...words, it.launcher, "--version"])).toEqual(
			failed(
				`@promptpulse/${OWN_TARGET}, the part of PromptPulse that is made for this system, was left out, as npm does with --omit=optional. Install PromptPulse with it: ${INSTALL}.`,
			),
		);
		rmSync(join(folder, "left-out"), { recursive: true });
	});

	test("is that of another system, whose folder was copied, it says so", async () => {
		const it = copied("copied");
		const [other] = TARGETS.filter(({ name }) => name !== OWN_TARGET);
		renameSync(join(it.parts, OWN_TARGET), join(it.parts, other?.name ?? ""));
		expect(await tell(["node", it.launcher])).toEqual(
			failed(
				`@promptpulse/${OWN_TARGET}, the part of PromptPulse that is made for this system, is not installed, but @promptpulse/${other?.name} is: this installation comes from another system. Delete its node_modules and install it here: ${INSTALL}.`,
			),
		);
	});

	test("has no manifest that can be read, it says so", async () => {
		const it = copied("torn");
		const manifest = join(it.parts, OWN_TARGET, "package.json");
		writeFileSync(manifest, "");
		const { code, out, err } = await tell(["node", it.launcher, "answer", "0"]);
		expect([code, out]).toEqual([1, ""]);
		expect(err).toStartWith(
			`@promptpulse/${OWN_TARGET}, the part of PromptPulse that is made for this system, is damaged (`,
		);
		expect(err).toEndWith(`Install PromptPulse anew: ${ANEW}.\n`);
		expect(err).toContain(manifest);
	});

	test("is of another version than the launcher, as half an update leaves it, it is not started", async () => {
		const it = copied("half-updated");
		const manifest = join(it.parts, OWN_TARGET, "package.json");
		writeFileSync(manifest, readFileSync(manifest, "utf8").replace(`"${VERSION}"`, '"0.0.1"'));
		expect(await tell(["node", it.launcher, "answer", "0"])).toEqual(
			failed(
				`PromptPulse is half updated: promptpulse is ${VERSION} here, and @promptpulse/${OWN_TARGET}, the part of it that is made for this system, is 0.0.1. Install PromptPulse anew: ${ANEW}.`,
			),
		);
	});

	test.each(WAYS)("may not be run, %s says so", async (_, words) => {
		const it = copied("locked");
		chmodSync(it.program, 0o644);
		expect(await tell([...words, it.launcher])).toEqual(
			failed(
				`This system does not let ${it.program} be run (EACCES). See that the file is executable and that its disk is not mounted noexec, or install PromptPulse anew: ${ANEW}.`,
			),
		);
		rmSync(join(folder, "locked"), { recursive: true });
	});

	test.each(WAYS)(
		"is empty or no program, %s says so, and does not take it for a script",
		async (_, words) => {
			const it = copied("damaged");
			for (const content of ["", "\0".repeat(4096), "exit 0\n"]) {
				writeFileSync(it.program, content);
				expect(await tell([...words, it.launcher, "--version"])).toEqual(
					failed(`${it.program} is damaged: it is no program. Install PromptPulse anew: ${ANEW}.`),
				);
			}
			rmSync(join(folder, "damaged"), { recursive: true });
		},
	);

	test("is gone from its package, it says so", async () => {
		const it = copied("gone");
		rmSync(it.program);
		expect(await tell(["node", it.launcher])).toEqual(
			failed(`${it.program} is not there any more. Install PromptPulse anew: ${ANEW}.`),
		);
	});

	test("lies beside the launcher's package, as npm puts it in a project, it is found", async () => {
		const it = copied("beside");
		const modules = join(folder, "project/node_modules");
		mkdirSync(modules, { recursive: true });
		renameSync(it.parts, join(modules, "@promptpulse"));
		renameSync(join(folder, "beside/promptpulse"), join(modules, "promptpulse"));
		expect(await programOf(join(modules, "promptpulse/promptpulse.cjs"))).toBe(
			join(modules, "@promptpulse", OWN_TARGET, "promptpulse"),
		);
	});

	test("lies where pnpm keeps it, and links lead there, it is found", async () => {
		const it = copied("kept");
		const modules = join(folder, "linked/node_modules");
		const main = join(modules, ".pnpm/promptpulse@1/node_modules");
		const part = join(modules, ".pnpm/part@1/node_modules");
		for (const made of [join(main, "@promptpulse"), part]) mkdirSync(made, { recursive: true });
		renameSync(it.parts, join(part, "@promptpulse"));
		renameSync(join(folder, "kept/promptpulse"), join(main, "promptpulse"));
		symlinkSync(join(part, "@promptpulse", OWN_TARGET), join(main, "@promptpulse", OWN_TARGET));
		symlinkSync(join(main, "promptpulse"), join(modules, "promptpulse"));
		expect(await programOf(join(modules, "promptpulse/promptpulse.cjs"))).toBe(
			join(part, "@promptpulse", OWN_TARGET, "promptpulse"),
		);
	});

	async function programOf(path: string): Promise<string> {
		const { out, err } = await tell(["node", path, "answer", "0"]);
		if (err !== "told\n") throw new Error(err);
		return JSON.parse(out).path;
	}
});

test("what is found on this machine is this machine's program", async () => {
	const script = `console.log(JSON.stringify(require(${JSON.stringify(join(launcher, "../find-program.cjs"))}).findProgram()))`;
	expect(JSON.parse((await tell(["node", "-e", script])).out)).toEqual({ path: program });
});

/** Runs a program to its end, with something typed. */
async function tell(words: readonly string[]): Promise<CliResult> {
	const child = Bun.spawn([...words], {
		cwd: folder,
		env: { PATH: process.env.PATH ?? "", HOME: folder, EMPTY: "", LINES: "a\nb", "ODD-NAME": "ü=1" },
		stdin: Buffer.from("typed\n"),
		stdout: "pipe",
		stderr: "pipe",
	});
	const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
	return { code: await child.exited, out, err };
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
	let text = "";
	const decoder = new TextDecoder();
	for await (const bytes of stream) {
		text += decoder.decode(bytes, { stream: true });
		const lines = text.split("\n");
		text = lines.pop() ?? "";
		yield* lines;
	}
	return undefined;
}
