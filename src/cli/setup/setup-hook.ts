import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AppError } from "../../errors.ts";
import { HOOK_EVENTS, hooksAlone } from "../../schedule/claude-hooks.ts";
import { copyOf, findHooks, installHooks, removeHooks } from "../../schedule/settings-file.ts";
import { quoteForShell } from "../../schedule/shell-words.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { plain } from "../screen/terminal.ts";
import { findPlaceCaveat } from "./program-place.ts";
import { ownProgram } from "./scheduled-job.ts";

/** The hooks in one of Claude Code's settings. */
export type HookState = {
	/** The settings. */
	path: string;
	isSet: boolean;
	/** Whether they start this program. */
	isCurrent: boolean;
	/** Why it is not known, in a sentence. */
	trouble?: string;
};

/** What hooks start: it returns at once, and however many come within a minute make one collect. */
const WORDS = ["collect", "--detach", "--debounce", "60s"];

/** Claude Code gives it to a shell. */
function hookCommand(): string {
	return [...ownProgram(), ...WORDS].map(quoteForShell).join(" ");
}

/** Claude Code's settings: of the directory that is named, of each where several are, else of its usual one. */
function listSettings({ config: { claudeConfigDir, userHome } }: Context): string[] {
	const named = (claudeConfigDir ?? "").split(",").map((directory) => directory.trim());
	const given = named.filter((directory) => directory !== "");
	const directories = given.length > 0 ? given : [join(userHome, ".claude")];
	return directories.map((directory) =>
		join(resolve(directory.replace(/^~(?=\/|$)/, userHome)), "settings.json"),
	);
}

/** Looks which hooks there are. */
export function readHooks(context: Context): HookState[] {
	const command = hookCommand();
	return listSettings(context).map((path) => {
		try {
			const hooks = Object.values(findHooks(path, command) ?? {});
			return {
				path,
				isSet: hooks.some((commands) => commands.length > 0),
				isCurrent: hooks.length > 0 && hooks.every(([first]) => first === command),
			};
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			return { path, isSet: false, isCurrent: false, trouble: error.message };
		}
	});
}

/**
 * `promptpulse setup --hook`: Claude Code starts a collect after every answer and at the end of a session.
 *
 * @throws AppError `invalid_config`
 */
export function setHooks(context: Context, { print, json }: { print?: boolean; json?: boolean }): number {
	const { terminal } = context;
	const command = hookCommand();
	if (print) {
		terminal.out(
			json ? jsonText({ command, settings: JSON.parse(hooksAlone(command)) }) : hooksAlone(command).trimEnd(),
		);
		return DONE;
	}
	const paths = listSettings(context).filter((path) => existsSync(dirname(path)));
	if (paths.length === 0) {
		throw new AppError(
			"invalid_config",
			`There is no folder ${listSettings(context).map(dirname).join(", ")}, where Claude Code keeps its settings.`,
			"Start Claude Code once, or name its folder in CLAUDE_CONFIG_DIR.",
		);
	}
	const done = paths.map((path) => ({
		path,
		change: tellPaste(context, command, () => installHooks(path, command)),
	}));
	if (json) terminal.out(jsonText({ command, hooks: done }));
	else for (const { path, change } of done) terminal.out(hookSentence(path, change));
	const caveat = findPlaceCaveat(process.execPath);
	if (caveat) terminal.err(plain(caveat));
	return DONE;
}

function hookSentence(path: string, change: string): string {
	const what = `Claude Code starts a collect after every answer and at the end of a session (${plain(path)})`;
	if (change === "none") return `Nothing to change: ${what}.`;
	const copy =
		change === "changed" && existsSync(copyOf(path))
			? ` The settings before are in ${plain(copyOf(path))}.`
			: "";
	return `${what}, in every session that begins from now on.${copy} promptpulse setup --remove --hook ends it.`;
}

/** Who cannot be helped gets what to put there by hand. */
function tellPaste<Result>({ terminal }: Context, command: string, edit: () => Result): Result {
	try {
		return edit();
	} catch (error) {
		if (error instanceof AppError) terminal.err(hooksAlone(command));
		throw error;
	}
}

/**
 * Takes the hooks out of all settings. What stands in the way in one of them keeps none of the others.
 *
 * @returns the settings that were changed, and why others were not
 */
export function takeHooks(context: Context): { changed: string[]; failures: AppError[] } {
	const command = hookCommand();
	const changed: string[] = [];
	const failures: AppError[] = [];
	for (const path of listSettings(context)) {
		try {
			if (removeHooks(path, command) !== "none") changed.push(path);
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			failures.push(new AppError("invalid_config", error.message, TAKE_OUT, { cause: error }));
		}
	}
	return { changed, failures };
}

const TAKE_OUT =
	"Take the hooks with promptpulse collect --detach out of it by hand, or try again when it can be written.";

/** How hooks stand, in words. */
export function hookLine({ path, isSet, isCurrent }: HookState): string {
	if (isCurrent) return `${HOOK_EVENTS.join(" and ")} of Claude Code start a collect (${plain(path)}).`;
	return isSet
		? `Claude Code starts another program than this one, or not at all occasions (${plain(path)}): run promptpulse setup --hook.`
		: `None in ${plain(path)}: promptpulse setup --hook makes them.`;
}
