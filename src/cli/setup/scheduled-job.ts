import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { homeAt, machineUuid } from "../../collector/home.ts";
import { parseServer } from "../../collector/server.ts";
import { readScheduledVariables } from "../../config.ts";
import { AppError } from "../../errors.ts";
import type { Job, Scheduler } from "../../schedule/scheduler.ts";
import { listSchedulers } from "../../schedule/schedulers.ts";
import { type Interval, timesOf } from "../../schedule/times.ts";
import type { Context } from "../context.ts";

/** What a scheduler is told to start. */
const WORDS = ["collect", "--quiet", "--log", "--trigger", "schedule"];

/** Where programs lie that every system has; a collect starts none. */
const PATH = "/usr/bin:/bin";

/** Stands for the machine's id where there is none yet. */
const NO_MACHINE = "00000000-0000-4000-8000-000000000000";

export function schedulersOf({ config }: Context): Scheduler[] {
	const { userHome, xdgConfigHome, home } = config;
	return listSchedulers({ userHome, xdgConfigHome, scratch: home });
}

/**
 * The collect that a scheduler is to start: by this very program, with this environment's settings.
 *
 * @throws AppError `invalid_config`
 */
export function jobOf({ config }: Context, interval: Interval): Job {
	const home = homeAt(config.home);
	const machine = existsSync(home.machine) ? machineUuid(home) : NO_MACHINE;
	const environment = { HOME: config.userHome, PATH, ...variables() };
	return { program: ownProgram(), words: WORDS, environment, times: timesOf(interval, machine) };
}

/** Paths in them are made absolute: it is another folder that a scheduler starts programs in. */
function variables(): Record<string, string> {
	const set = readScheduledVariables();
	const { PROMPTPULSE_HOME: home, CLAUDE_CONFIG_DIR: claude, PROMPTPULSE_SERVER: server } = set;
	if (home !== undefined) set.PROMPTPULSE_HOME = resolve(home);
	if (claude !== undefined) set.CLAUDE_CONFIG_DIR = claude.split(",").map(absolute).join();
	// A password in it would stand in a file, and is refused.
	if (server !== undefined) set.PROMPTPULSE_SERVER = parseServer(server, true);
	return set;
}

function absolute(directory: string): string {
	const path = directory.trim();
	return path === "" || path.startsWith("~") ? path : resolve(path);
}

/**
 * This program: a path, and what has to be said before its own words. Run from its sources it reads no settings of the
 * folder it is started in, as the compiled one reads none.
 *
 * @throws AppError `invalid_config`
 */
export function ownProgram(): [path: string, ...words: string[]] {
	const sources = () => [
		"--no-env-file",
		`--tsconfig-override=${join(Bun.main, "../../tsconfig.json")}`,
		`--config=${join(Bun.main, "../../bunfig.toml")}`,
		Bun.main,
	];
	const program: [string, ...string[]] = [process.execPath, ...(Bun.isStandaloneExecutable ? [] : sources())];
	// A name that is no text comes as another one.
	if (existsSync(process.execPath)) return program;
	throw new AppError(
		"invalid_config",
		`The program lies at ${process.execPath}, as far as its name can be read, and cannot be found there.`,
		"Move it to a path of ordinary characters, and run promptpulse setup again.",
	);
}
