import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CliResult } from "./run-cli.ts";

const HAS_GLIBC = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"].some((path) =>
	existsSync(path),
);

/** The target of this machine. */
export const OWN_TARGET = [
	process.platform === "win32" ? "windows" : process.platform,
	process.arch,
	...(process.platform === "linux" && !HAS_GLIBC ? ["musl"] : []),
].join("-");

/** npm in a home of its own: nothing of this machine's settings and cache comes into it. */
export type Npm = {
	/** All that what it starts gets to know. */
	env: Record<string, string>;
	/** Runs `npm` or `npx` to its end. */
	run(words: readonly ["npm" | "npx", ...string[]], cwd?: string): Promise<CliResult>;
};

/** @param registry where it finds packages; nowhere without one */
export function npmIn(home: string, registry?: string): Npm {
	mkdirSync(home, { recursive: true });
	const env = {
		HOME: home,
		USERPROFILE: home,
		PATH: process.env.PATH ?? "",
		TZ: "UTC",
		npm_config_cache: join(home, "cache"),
		npm_config_userconfig: join(home, "none"),
		npm_config_globalconfig: join(home, "no-global-one"),
		npm_config_update_notifier: "false",
		npm_config_audit: "false",
		npm_config_fund: "false",
		npm_config_yes: "true",
		...(registry === undefined ? { npm_config_offline: "true" } : { npm_config_registry: registry }),
	};
	return {
		env,
		async run(words, cwd = home) {
			const child = Bun.spawn([...words], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
			const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
			return { code: await child.exited, out, err };
		},
	};
}
