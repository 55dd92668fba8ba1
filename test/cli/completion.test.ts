import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import { bashCompletion } from "../../src/cli/completion/completion-bash.ts";
import { fishCompletion } from "../../src/cli/completion/completion-fish.ts";
import { listCommandWords } from "../../src/cli/completion/completion-words.ts";
import { zshCompletion } from "../../src/cli/completion/completion-zsh.ts";
import { SETTABLE_NAMES } from "../../src/cli/config/setting-names.ts";
import { GROUPING_NAMES } from "../../src/cli/report/grouping-names.ts";
import { runCli } from "../support/run-cli.ts";
import { completeInBash, completeInFish, completeInZsh } from "../support/shells.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

let folder: string;

beforeAll(() => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-shell-")));
	for (const name of ["copy one.db", "copy-two.db"]) writeFileSync(join(folder, name), "");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whatever a shell runs of it leaves a file. */
const HOSTILE = [
	"$(touch sprung-1)",
	"`touch sprung-2`",
	"'; touch sprung-3; '",
	'"; touch sprung-4; "',
	"(touch sprung-5)",
	"\\'; touch sprung-6; \\'",
	"x; touch sprung-7",
	"x\ntouch sprung-8\n",
	"$" + "{$(touch sprung-9)}",
	"=(touch sprung-10)",
	"$[$(touch sprung-11)]",
	"]:$(touch sprung-12):",
];

/** Commands, flags, choices and descriptions that try to be run. */
function hostileProgram(): Command {
	const program = new Command("promptpulse").description(HOSTILE.join(" "));
	for (const [at, text] of HOSTILE.entries()) {
		program
			.command(`run${at}`)
			.description(text)
			.addArgument(new Argument("<what>", text).choices([`good${at}`, ...HOSTILE]))
			.addOption(new Option("--flag <value>", text).choices([`value${at}`, ...HOSTILE]))
			.option("--file <file>", text);
	}
	program.command("'$(touch sprung-20)'").description("hostile itself");
	return program;
}

const ZSH = Bun.which("zsh");
const FISH = Bun.which("fish");

/** The shells that are here: what makes the script, and who completes a line by it. */
const SHELLS = [
	{ shell: "bash", make: bashCompletion, complete: completeInBash },
	...(FISH ? [{ shell: "fish", make: fishCompletion, complete: completeInFish }] : []),
	...(ZSH ? [{ shell: "zsh", make: zshCompletion, complete: completeInZsh }] : []),
].filter(({ shell }) => Bun.which(shell));

describe.each(SHELLS)("in $shell", ({ shell, make, complete }) => {
	let script: string;

	beforeAll(async () => {
		const { code, out, err } = await runCli(["completion", shell], { home: folder });
		expect({ code, err }).toEqual({ code: 0, err: "" });
		script = out;
	});

	test.each([
		["promptpulse conf", ["config"]],
		["ppulse conf", ["config"]],
		["promptpulse co", ["collect", "config", "completion"]],
		["promptpulse config un", ["unset"]],
		["promptpulse config set ", SETTABLE_NAMES],
		["promptpulse user config sh", ["show"]],
		["promptpulse report ", GROUPING_NAMES],
		["promptpulse report --since 2026-11-01 month", ["monthly"]],
		["promptpulse report --mode ", ["auto", "calculate", "display"]],
		["promptpulse report --machine config --no-coll", ["--no-collect"]],
		["promptpulse completion f", ["fish"]],
		["promptpulse --no-coll", ["--no-collect"]],
		["promptpulse backup copy-t", ["copy-two.db"]],
		["promptpulse doctor --database copy-t", ["copy-two.db"]],
	])("%s", async (line, expected) => {
		const offered = await complete(script, line, folder, expected);
		expect(offered.toSorted()).toEqual([...expected].sort());
	});

	test("nothing that a command says of itself is run", async () => {
		const hostile = make(listCommandWords(hostileProgram()));
		for (const [line, some] of [
			["promptpulse run1", ["run1", "run10", "run11"]],
			["promptpulse run3 goo", ["good3"]],
			["promptpulse run3 --flag val", ["value3"]],
			["promptpulse run3 --fl", ["--flag"]],
		] as const) {
			expect((await complete(hostile, line, folder, some)).toSorted()).toEqual([...some]);
		}
		for (const line of [
			"promptpulse ",
			"promptpulse run3 ",
			"promptpulse run3 --flag ",
			"promptpulse run3 -",
		]) {
			await complete(hostile, line, folder, []);
		}
		expect(readdirSync(folder).filter((name) => name.startsWith("sprung"))).toEqual([]);
	});
});

test("a flag's value may follow an equals sign, in bash too", async () => {
	const { out } = await runCli(["completion", "bash"], { home: folder });
	expect(await completeInBash(out, "promptpulse report --mode = a", folder)).toEqual(["auto"]);
	expect(await completeInBash(out, "promptpulse report --mode =", folder)).toEqual([
		"calculate",
		"auto",
		"display",
	]);
	expect(await completeInBash(out, "promptpulse backup copy\\ ", folder)).toEqual([]);
	expect(await completeInBash(out, "promptpulse -- rep", folder)).toEqual([]);
});

test("what is hidden is not offered, and what takes any text offers nothing", async () => {
	const { out } = await runCli(["completion", "bash"], { home: folder });
	expect(out).not.toContain("--trigger");
	expect(out).not.toContain("--hold");
	expect(await completeInBash(out, "promptpulse report --since ", folder)).toEqual([]);
	expect(await completeInBash(out, "promptpulse login ", folder)).toEqual([]);
});

test("another shell is refused with the names of those that there are", async () => {
	const { code, out, err } = await runCli(["completion", "tcsh"], { home: folder });
	expect({ code, out }).toEqual({ code: 2, out: "" });
	expect(err).toContain("bash, zsh, fish");
});
