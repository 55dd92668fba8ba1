import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type BenchSetting, tellStep } from "./bench.ts";
import { compileProgram } from "./compile.ts";
import { type Command, outputOf } from "./measure.ts";
import { environmentOf } from "./promptpulse.ts";

/** A program that promptpulse is held against: what it is called in tables, and what to run on a config directory. */
export type Peer = { name: string; version: string; on: (claude: string) => Command };

export type Peers = {
	/** A search of all bytes, which no reader of transcripts can do without. */
	searcher: Peer;
	/** A walk that asks each file for its state. */
	finder: Peer;
	/** Undefined where it cannot be installed. */
	ccusage: Peer | undefined;
	/** A compiled program that does nothing. */
	empty: Command;
	/** The same that opens a file with bun:sqlite. */
	openSqlite: Command;
};

const CCUSAGE_VERSION = "20.0.24";
const USAGE = '"usage":';

export async function findPeers({ options, folder }: BenchSetting): Promise<Peers> {
	const home = join(folder, "home-of-peers");
	mkdirSync(home, { recursive: true });
	const environment = environmentOf(home, home);
	const peer = async (
		name: string,
		program: string,
		toFlags: (projects: string) => string[],
	): Promise<Peer> => ({
		name,
		version: firstLine(await outputOf({ words: [program, "--version"], environment })),
		on: (claude) => ({
			words: [program, ...toFlags(join(claude, "projects"))],
			environment: environmentOf(home, claude),
		}),
	});
	const rg = Bun.which("rg");
	const ccusage = await installCcusage(join(options.keep ?? folder, `ccusage-${CCUSAGE_VERSION}`));
	return {
		searcher: rg
			? await peer("rg -j1 -c", rg, (projects) => ["-j1", "-c", USAGE, projects])
			: await peer("grep -rc", "grep", (projects) => ["-rc", USAGE, projects]),
		finder: await peer("find -printf", "find", (projects) => {
			return [projects, "-type", "f", "-name", "*.jsonl", "-printf", "%i %s %T@ %p\\n"];
		}),
		ccusage: ccusage ? await peer("ccusage", ccusage, () => ["daily", "--json", "--offline"]) : undefined,
		empty: { words: [await compileProgram("empty", folder)], environment },
		openSqlite: {
			words: [await compileProgram("open-sqlite", folder), join(home, "empty.db")],
			environment,
		},
	};
}

/** The native program of the package, which needs no Node to start. */
async function installCcusage(folder: string): Promise<string | undefined> {
	const { platform, arch } = process;
	const binary = join(folder, `node_modules/@ccusage/ccusage-${platform}-${arch}/bin/ccusage`);
	if (!existsSync(binary)) {
		tellStep(`Installing ccusage ${CCUSAGE_VERSION} …`);
		mkdirSync(folder, { recursive: true });
		const words = ["npm", "install", "--no-audit", "--no-fund", `--prefix=${folder}`];
		await Bun.spawn([...words, `ccusage@${CCUSAGE_VERSION}`], {
			cwd: folder,
			stdout: "ignore",
			stderr: "ignore",
		}).exited;
	}
	if (!existsSync(binary)) {
		tellStep("ccusage could not be installed from the npm registry, so that its rows are missing.");
		return undefined;
	}
	// The launcher does so when it is first used.
	chmodSync(binary, 0o755);
	return binary;
}

function firstLine(text: string): string {
	return text.split("\n", 1)[0] ?? "";
}
