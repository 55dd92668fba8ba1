import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { packNpm } from "../release/npm.ts";
import { fileNameOf, TARGETS } from "../release/targets.ts";
import { npmIn, OWN_TARGET } from "../test/support/npm.ts";
import type { BenchSetting } from "./bench.ts";
import { BenchError, measure, measureInTurn, outputOf } from "./measure.ts";
import { environmentOf } from "./promptpulse.ts";
import type { Section } from "./results.ts";
import { timesTable } from "./table.ts";

/** These runs are so short that many are needed for a median. */
const RUNS_FACTOR = 5;
const OLDER_NODE = Bun.fileURLToPath(new URL("../test/support/no-execve.cjs", import.meta.url));

/**
 * What the launcher costs that npm installs: `--version` by it, beside the program itself and beside a Node that does
 * nothing. Older versions of Node start the program beside themselves, newer ones become it.
 */
export async function benchNpm({ options, folder, binary }: BenchSetting): Promise<Section> {
	const node = Bun.which("node");
	if (node === null) throw new BenchError("There is no node on the PATH, by which npm's packages run.");
	const command = await installPacked(folder, binary);
	const nothing = join(folder, "nothing.cjs");
	writeFileSync(nothing, "");
	const environment = {
		...environmentOf(folder, join(folder, "claude")),
		PATH: `${dirname(node)}:/usr/bin:/bin`,
	};
	const by = (name: string, words: readonly string[]) => ({
		name,
		run: () => measure({ words, environment }),
	});
	const runs = options.runs * RUNS_FACTOR;
	const measured = await measureInTurn(runs, [
		by("the program itself", [binary, "--version"]),
		by("node with an empty file", [node, nothing]),
		by("by npm's command", [command, "--version"]),
		by("the same, as before Node 22.15", [node, "--require", OLDER_NODE, command, "--version"]),
	]);
	const version = await outputOf({ words: [node, "--version"], environment });
	return {
		name: "`promptpulse --version` by npm",
		text: `Node ${version.trim()}; an installation of the packed files into an empty prefix.\n\n${timesTable(runs, measured)}`,
	};
}

/** @returns the command that npm has made of the packages */
async function installPacked(folder: string, binary: string): Promise<string> {
	const made = pathToFileURL(`${join(folder, "made")}/`);
	const targets = TARGETS.filter(({ name }) => name === OWN_TARGET);
	mkdirSync(made);
	for (const target of targets) await Bun.write(new URL(fileNameOf(target), made), Bun.file(binary));
	writeFileSync(new URL("LICENSES.txt", made), "");
	await packNpm({ made, targets });
	const packed = Bun.fileURLToPath(new URL("npm/", made));
	const prefix = join(folder, "prefix");
	const files = readdirSync(packed).map((name) => join(packed, name));
	const npm = npmIn(join(folder, "npm"));
	const { code, err } = await npm.run(["npm", "install", "-g", "--prefix", prefix, ...files]);
	if (code !== 0) throw new BenchError(`npm could not install the packages. It printed:\n${err}`);
	return join(prefix, "bin/promptpulse");
}
