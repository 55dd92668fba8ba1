import { expect } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stampInstaller } from "../../release/stamp.ts";
import { INSTALLER, madeProgram, makeToolbox, type ReleaseServer } from "./release-server.ts";
import type { CliResult } from "./run-cli.ts";
import { inFolder } from "./scan.ts";

/** The shells that run installers somewhere, as far as they are here. */
export const SHELLS: readonly (readonly string[])[] = [["sh"], ["bash", "--posix"], ["busybox", "sh"]].filter(
	([shell = ""]) => Bun.which(shell) !== null,
);

export type InstallOptions = {
	/** Over the person's clean environment; undefined takes away. */
	env?: Record<string, string | undefined>;
	/** What runs the installer. */
	shell?: readonly string[];
	/** What the shell itself is started by. */
	through?: readonly string[];
	/** Another text of the installer. */
	script?: string;
	/** In a process group of its own. */
	isDetached?: boolean;
};

/** A person who installs: a home with nothing in it, and a PATH of this person's own. */
export type Installing = {
	/** A folder of the test's own, in which the home is one of several things. */
	folder: string;
	home: string;
	/** `~/.local/bin`. */
	bin: string;
	program: string;
	/** The folder that stands on PATH. */
	tools: string;
	start(args?: readonly string[], options?: InstallOptions): Bun.Subprocess<"ignore", "pipe", "pipe">;
	install(args?: readonly string[], options?: InstallOptions): Promise<CliResult>;
	/** What the program in `bin` says it is. */
	version(): string;
	/** What is in `bin`. */
	left(): string[];
};

/** Runs `use` for a person who installs from this server. */
export async function whoInstalls(
	server: Pick<ReleaseServer, "url">,
	use: (person: Installing) => Promise<void>,
	{ tools: more = ["curl"], name = "home", own = {}, without = [] as readonly string[] } = {},
): Promise<void> {
	await inFolder(async (folder) => {
		const home = join(folder, name);
		const bin = join(home, ".local/bin");
		const program = join(bin, "promptpulse");
		// Whoever runs the tests is nobody special to the installer.
		const id = `#!/bin/sh\necho ${process.getuid?.() || 1000}\n`;
		const tools = makeToolbox(join(folder, "tools"), more, { id, ...own }, without);
		const start: Installing["start"] = (args = [], options = {}) => {
			const { env = {}, shell = ["sh"], through = [], script = INSTALLER, isDetached = false } = options;
			// They are looked for on the PATH of the tests, not on that of the person.
			const [first = "", ...rest] = [
				...through,
				Bun.which(shell[0] ?? "") ?? "",
				...shell.slice(1),
				script,
				...args,
			];
			return Bun.spawn([Bun.which(first) ?? first, ...rest], {
				cwd: folder,
				env: { HOME: home, PATH: tools, PROMPTPULSE_DOWNLOAD_URL: server.url, ...env },
				stdin: "ignore",
				stdout: "pipe",
				stderr: "pipe",
				detached: isDetached,
			});
		};
		await use({
			folder,
			home,
			bin,
			program,
			tools,
			start,
			async install(args, options) {
				const child = start(args, options);
				const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
				return { code: await child.exited, out, err };
			},
			version: () => Bun.spawnSync([program, "--version"]).stdout.toString().trim(),
			left: () => readdirSync(bin).sort(),
		});
	});
}

/** Installs over 0.9.0, which has to be there afterwards as it was, with nothing beside it. */
export async function isRefused(
	server: ReleaseServer,
	{ args = [] as string[], script = INSTALLER, tools = ["curl"], own = {}, without = [] as string[] } = {},
): Promise<[number, string]> {
	let told: [number, string] = [0, ""];
	const use = async ({ bin, program, install, version, left }: Installing) => {
		mkdirSync(bin, { recursive: true });
		writeFileSync(program, madeProgram("0.9.0"), { mode: 0o755 });
		const { code, err } = await install(args, { script });
		expect([version(), left()]).toEqual(["0.9.0", ["promptpulse"]]);
		told = [code, err];
	};
	await whoInstalls(server, use, { tools, own, without });
	return told;
}

/** The installer of a release. */
export function stampedInstaller(folder: string, facts: { signers?: string; version?: string }): string {
	const script = join(folder, "install.sh");
	const text = readFileSync(INSTALLER, "utf8");
	writeFileSync(
		script,
		stampInstaller(text, { url: "https://example.com/", signers: "", version: "0.1.0", ...facts }),
	);
	return script;
}
