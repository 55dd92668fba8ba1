import { parseDuration, readDuration } from "../duration.ts";
import { DONE } from "../exit-code.ts";

/**
 * Starts a detached collect whose words are those that hooks are told to use. A hook has no time for the command
 * table, which takes as long to load as all the rest; what is not understood here is left to it.
 *
 * @returns whether it was started
 */
export function detachAtOnce(words: readonly string[]): boolean {
	if (!needsNoTable(words)) return false;
	startDetached(words);
	return true;
}

/**
 * `promptpulse collect --detach`: returns at once and lets the same words be obeyed in the background.
 *
 * @param words as they were given, the command first
 * @throws AppError `usage`
 */
export function detach({ debounce }: { debounce?: string }, words: readonly string[]): number {
	if (debounce !== undefined) readDuration("--debounce", debounce);
	startDetached(words);
	return DONE;
}

const USUAL_FLAGS = ["--detach", "--quiet", "--no-push"];

/** Whether words are so usual that their meaning is clear without the command table. */
export function needsNoTable([command, ...flags]: readonly string[]): boolean {
	const at = flags.indexOf("--debounce");
	if (at >= 0) {
		const [, time = ""] = flags.splice(at, 2);
		if (parseDuration(time) === undefined) return false;
	}
	return command === "collect" && flags.every((flag) => USUAL_FLAGS.includes(flag));
}

/**
 * Starts this program anew in a session of its own, so that it outlives the terminal and whoever ends the hook's
 * process group. It has nothing to print to; what it came to stands in the home.
 */
function startDetached([command = "", ...flags]: readonly string[]): void {
	const program = Bun.isStandaloneExecutable ? [] : [...process.execArgv, Bun.main];
	// Of a flag that is given twice the last one holds.
	const unlessTold = ["--debounce", "0s", "--trigger", "hook"];
	const told = flags.filter((flag) => flag !== "--detach");
	const child = Bun.spawn([process.execPath, ...program, command, ...unlessTold, ...told], {
		detached: true,
		stdio: ["ignore", "ignore", "ignore"],
	});
	child.unref();
}
