import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CliHome, type CliOptions, type CliResult, homeIn } from "./run-cli.ts";
import { inFolder } from "./scan.ts";

/** What a machine can have; stand-ins for them are in `schedulers/`. */
export type Tool = "crontab" | "systemctl" | "loginctl" | "launchctl" | "schtasks";

/** A person's home on a machine that has these tools, and no others. */
export type OwnMachine = CliHome & {
	/** The tools alone on the `PATH`, and where they keep what they know. */
	env: Record<string, string>;
	/** What the stand-ins know. */
	state: string;
	/** What was asked of them since the last time, one line each. */
	calls(): string[];
	/** The crontab byte by byte, one character each; undefined where there is none. */
	crontab(): string | undefined;
	setCrontab(text: string | Buffer): void;
	/** Runs `promptpulse setup` and fails unless it ends well. */
	setup(...flags: string[]): Promise<CliResult>;
};

/**
 * Runs `use` on a machine with these tools.
 *
 * @param name of its home, below a folder of its own
 */
export async function onMachine(
	tools: readonly Tool[],
	use: (machine: OwnMachine) => Promise<void>,
	{
		name = "home",
		env = {},
		program,
	}: { name?: string; env?: Record<string, string>; program?: CliOptions["program"] } = {},
): Promise<void> {
	await inFolder(async (folder) => {
		const [home, bin, state] = [name, "bin", "state"].map((part) => join(folder, part)) as [
			string,
			string,
			string,
		];
		for (const path of [home, bin, state]) mkdirSync(path, { recursive: true });
		mkdirSync(join(home, ".claude/projects"), { recursive: true });
		for (const tool of tools) symlinkSync(join(import.meta.dir, "schedulers", tool), join(bin, tool));
		const known = join(state, "crontab");
		const all = { PATH: bin, SCHEDULERS_STATE: state, ...env };
		const own = homeIn(home, { env: all, program });
		await use({
			...own,
			env: all,
			state,
			calls() {
				const file = join(state, "calls");
				const text = existsSync(file) ? readFileSync(file, "utf8") : "";
				rmSync(file, { force: true });
				return text.split("\n").slice(0, -1);
			},
			crontab: () => (existsSync(known) ? readFileSync(known, "latin1") : undefined),
			setCrontab: (text) => writeFileSync(known, text),
			async setup(...flags) {
				const result = await own.cli(["setup", ...flags]);
				if (result.code !== 0)
					throw new Error(`setup ${flags.join(" ")} ended with ${result.code}: ${result.err}`);
				return result;
			},
		});
	});
}
