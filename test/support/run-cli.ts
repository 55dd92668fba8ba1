import { join } from "node:path";
import { PROGRAM } from "./program.ts";
import { inFolder } from "./scan.ts";
import { writeTranscripts } from "./transcript.ts";

/** Where a command runs, and what it finds there. */
export type CliOptions = {
	/** The person's home: `.promptpulse` and, unless told otherwise, `.claude` lie in it. */
	home: string;
	/** `CLAUDE_CONFIG_DIR`. */
	claude?: string | undefined;
	/** Over the clean environment, in which it is always UTC. */
	env?: Record<string, string> | undefined;
	/** The home unless told otherwise. */
	cwd?: string | undefined;
	/** What runs: `PROGRAM`, unless told otherwise. */
	program?: readonly string[] | undefined;
	/** What the program is started by: `setpriv` with its flags, say. */
	through?: readonly string[] | undefined;
};

/** What a command came to. */
export type CliResult = { code: number; out: string; err: string };

/** Runs promptpulse as a process of its own and waits for it. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
	const child = startCli(args, options);
	const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
	return { code: await child.exited, out, err };
}

/** A person's home in a folder of its own, and the program in it. */
export type CliHome = {
	home: string;
	/** Where transcripts lie: `.claude/projects`. */
	projects: string;
	/** Where what is kept lies: `.promptpulse`. */
	kept: string;
	cli(args: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>;
	/** Runs a report and gives what its JSON says; it has to end well. */
	report(grouping: string, ...flags: string[]): Promise<ReportJson>;
};

export type ReportJson = Record<string, Record<string, unknown>[]> & { totals: Record<string, unknown> };

/** Runs `use` in a new home with these transcripts, which is gone afterwards. */
export async function inHome(
	transcripts: Record<string, readonly string[]>,
	use: (home: CliHome) => Promise<void>,
): Promise<void> {
	await inFolder(async (home) => {
		const projects = join(home, ".claude/projects");
		writeTranscripts(projects, transcripts);
		await use(homeIn(home));
	});
}

/** The program in a home that is there already. */
export function homeIn(home: string, common: Partial<CliOptions> = {}): CliHome {
	const cli: CliHome["cli"] = (args, options) => runCli(args, { home, ...common, ...options });
	return {
		home,
		projects: join(home, ".claude/projects"),
		kept: join(home, ".promptpulse"),
		cli,
		async report(grouping, ...flags) {
			const { code, out, err } = await cli(["report", grouping, "--json", ...flags]);
			if (code !== 0) throw new Error(`report ${grouping} ended with ${code}: ${err}`);
			return JSON.parse(out);
		},
	};
}

/** Starts promptpulse; whoever calls reads, or does not. */
export function startCli(
	args: readonly string[],
	options: CliOptions,
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
	const { home, cwd = home, program = PROGRAM, through = [] } = options;
	return Bun.spawn([...through, ...program, ...args], {
		cwd,
		env: environmentOf(options),
		stdin: "ignore",
		stdout: "pipe",
		stderr: "pipe",
	});
}

/** Everything that a process gets to know of its surroundings; nothing comes from those of the tests. */
export function environmentOf({ home, claude, env }: CliOptions): Record<string, string> {
	return {
		HOME: home,
		USERPROFILE: home,
		PATH: process.env.PATH ?? "",
		TZ: "UTC",
		MACHINE_ID: "laptop",
		...(claude === undefined ? {} : { CLAUDE_CONFIG_DIR: claude }),
		...env,
	};
}

/**
 * What starts a program so that permissions bind it: nothing for an ordinary user, `setpriv` without the rights that
 * let root pass them by. Undefined where neither can be had.
 */
export const AS_ORDINARY_USER: readonly string[] | undefined = findOrdinaryUser();

function findOrdinaryUser(): string[] | undefined {
	if (process.platform === "win32") return undefined;
	if (process.getuid?.() !== 0) return [];
	const through = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
	return Bun.which("setpriv") && Bun.spawnSync([...through, "true"]).success ? through : undefined;
}
