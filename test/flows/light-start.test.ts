import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { listCommands } from "../support/all-commands.ts";
import { answer, MAIN } from "../support/answers.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { inHome } from "../support/run-cli.ts";
import { makeStandIns } from "../support/stand-ins.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const ROOT = join(import.meta.dir, "../..");
const PRELOAD = "module-list.ts";

/** The modules that a run loads: of packages the name, of the rest the path. */
async function modulesOf(words: readonly string[]): Promise<string[]> {
	let list: string[] = [];
	await inHome({ [MAIN]: [answer(1)] }, async ({ home, cli }) => {
		const file = join(home, "modules");
		const { path } = makeStandIns(join(home, "started"), ["crontab", "systemctl", "launchctl", "schtasks"]);
		writeFileSync(join(home, "a-file"), "{}");
		await cli(words, { program: fromSourcesAfter(PRELOAD), env: { MODULE_LIST: file, PATH: path } });
		list = readFileSync(file, "utf8").split("\n");
	});
	const names = list.map((module) => {
		const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1];
		return inPackage ?? relative(ROOT, module).replaceAll("\\", "/");
	});
	return [...new Set(names)].filter((name) => name !== `test/support/${PRELOAD}`).sort();
}

test("--version loads the program's version and nothing else", async () => {
	const expected = ["package.json", "src/main.ts", "src/version.ts"];
	expect(await modulesOf(["--version"])).toEqual(expected);
	expect(await modulesOf(["-V"])).toEqual(expected);
});

/** Rooms in which something is done: to tell of commands needs none of them. */
const AT_WORK = /^(?:src\/(?:ledger|reports|transcripts|jobs|web|mail|generated|log)|views|migrations)/;

test.each([
	[["--help"]],
	[["-h"]],
	[["report", "--help"]],
	[["config", "--help"]],
	[["config"]],
	[["colect"]],
	[["report", "hourly"]],
	[["completion", "bash"]],
	[["completion", "zsh"]],
	[["completion", "fish"]],
])("%p loads commander and the tables of commands, and nothing that does their work", async (words) => {
	const modules = await modulesOf(words);
	expect(modules).toContain("src/cli/commands.ts");
	expect(modules.filter((name) => AT_WORK.test(name))).toEqual([]);
	expect(modules.filter((name) => !name.includes("/") && !name.endsWith(".json"))).toEqual(["commander"]);
	// Of all other rooms only what a help text or a place for files names.
	expect(modules.filter((name) => name.startsWith("src/collector/")).length).toBeLessThan(5);
	expect(modules.length).toBeLessThan(45);
});

describe("what answers HTTP is loaded by what does that alone:", () => {
	const others = listCommands().filter(({ path }) => !["serve", "dashboard"].includes(path));

	test("nor by what watches over a server, every half minute", async () => {
		const modules = await modulesOf(["serve", "--health"]);
		expect(modules).toContain("src/cli/server/serve-health.ts");
		expect(modules.filter((name) => AT_WORK.test(name))).toEqual([]);
	});

	test.each(others)("not by $path", async ({ words }) => {
		const modules = await modulesOf(words);
		expect(
			modules.filter((name) => /^(?:elysia|arktype|@ark|@elysiajs|@kitajs|views|src\/web)/.test(name)),
		).toEqual([]);
	});
});
