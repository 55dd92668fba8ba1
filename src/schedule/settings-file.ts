import {
	chmodSync,
	linkSync,
	lstatSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { AppError } from "../errors.ts";
import { hooksAlone, listHooks, saySame, Uneditable, withHooks, withoutHooks } from "./claude-hooks.ts";

/* Claude Code's settings.json: its owner's file, which other programs write too. */

/** What was done to the file. */
export type Change = "made" | "changed" | "restored" | "deleted" | "none";

/** Where the settings are kept as they were before setup changed them. */
export function copyOf(path: string): string {
	return `${path}.promptpulse-backup`;
}

/**
 * The commands in the settings that start PromptPulse, by what they are started at.
 *
 * @returns undefined where there are no settings
 * @throws AppError `invalid_config`
 */
export function findHooks(path: string, command: string): ReturnType<typeof listHooks> | undefined {
	return editing(path, () => {
		const seen = look(path);
		return seen.text === undefined ? undefined : listHooks(seen.text, command);
	});
}

/**
 * Puts the hooks into the settings. Everything else in there stays as it is, and a copy is made before.
 *
 * @throws AppError `invalid_config`
 */
export function installHooks(path: string, command: string): Change {
	return change(path, (text) => {
		if (text === undefined) return { next: hooksAlone(command), kind: "made" };
		const next = withHooks(text, command);
		if (next === text) return { next, kind: "none" };
		const isFirst = Object.values(listHooks(text, command)).every((hooks) => hooks.length === 0);
		return { next, kind: "changed", copies: isFirst };
	});
}

/**
 * Takes the hooks out of the settings. Where nothing else was changed in the meantime these are as they were before, byte
 * for byte.
 *
 * @throws AppError `invalid_config`
 */
export function removeHooks(path: string, command: string): Change {
	const result = change(path, (text) => {
		if (text === undefined) return { next: undefined, kind: "none" };
		const next = withoutHooks(text, command);
		if (next === text) return { next, kind: "none" };
		const former = look(copyOf(path)).text;
		if (former !== undefined && saysSame(former, next)) return { next: former, kind: "restored" };
		const isOnlyOurs = former === undefined && saySame(next, "{}");
		return isOnlyOurs ? { next: undefined, kind: "deleted" } : { next, kind: "changed" };
	});
	if (result !== "none") rmSync(copyOf(path), { force: true });
	return result;
}

function saysSame(former: string, next: string): boolean {
	try {
		return saySame(former, next);
	} catch {
		// Somebody has written something else into the copy.
		return false;
	}
}

/** What is to become of the file: `next` undefined for none at all; `copies` keeps it as it is now. */
type Edit = { next: string | undefined; kind: Change; copies?: boolean };

/** Claude Code writes the file too: whoever was faster is read again, so many times. */
const TRIES = 5;

/** Changes a settings file. Exported for its test. */
export function change(path: string, edit: (text: string | undefined) => Edit): Change {
	return editing(path, () => {
		for (let tries = 0; tries < TRIES; tries++) {
			const seen = look(path);
			const { next, kind, copies } = edit(seen.text);
			if (kind === "none") return kind;
			if (copies)
				writeFileSync(fresh(copyOf(path)), seen.bytes ?? "", { mode: 0o600, flag: "wx", flush: true });
			if (put(path, seen, next)) return kind;
		}
		throw new AppError(
			"invalid_config",
			`${path} is being written by another program again and again.`,
			"Try again in a moment.",
		);
	});
}

/** A path at which nothing is any more. */
function fresh(path: string): string {
	rmSync(path, { force: true });
	return path;
}

/** `target`: the file itself, where the path leads to it by links. `mark`: what its first bytes say of its encoding. */
type Seen = {
	target: string;
	bytes: Buffer | undefined;
	text: string | undefined;
	mark: string;
	mode: number;
};

const BYTE_ORDER_MARK = "\ufeff";

function look(path: string): Seen {
	const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
	const target = isThere ? realpathSync(path) : path;
	if (!isThere) return { target, bytes: undefined, text: undefined, mark: "", mode: 0o600 };
	const stats = statSync(target);
	// A pipe would be waited for.
	if (!stats.isFile()) throw new Uneditable("is no file");
	const { uid, mode } = stats;
	const own = process.getuid?.();
	if (own !== undefined && uid !== own)
		throw new Uneditable(`belongs to another user of this machine (number ${uid})`);
	const bytes = readFileSync(target);
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		throw new Uneditable("is not valid UTF-8");
	}
	const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
	return { target, bytes, text: text.slice(mark.length), mark, mode: mode & 0o777 };
}

/**
 * Writes the file aside and puts it in place, if it is still as it was seen.
 *
 * @returns whether it was
 */
function put(path: string, seen: Seen, next: string | undefined): boolean {
	const { target, bytes, mark, mode } = seen;
	if (next === undefined) {
		if (!isAsSeen(path, seen)) return false;
		rmSync(target);
		return true;
	}
	const aside = `${target}.${crypto.randomUUID().slice(-12)}`;
	try {
		writeFileSync(aside, mark + next, { mode, flag: "wx", flush: true });
		chmodSync(aside, mode);
		if (!isAsSeen(path, seen)) return false;
		// A link is not made where there is a file by now.
		if (bytes === undefined) linkSync(aside, target);
		else renameSync(aside, target);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	} finally {
		rmSync(aside, { force: true });
	}
}

function isAsSeen(path: string, { target, bytes }: Seen): boolean {
	const now = look(path);
	if (now.bytes === undefined || bytes === undefined) return now.bytes === bytes;
	return now.target === target && now.bytes.equals(bytes);
}

function editing<Result>(path: string, edit: () => Result): Result {
	try {
		return edit();
	} catch (error) {
		if (error instanceof AppError) throw error;
		const why =
			error instanceof Uneditable
				? error.message
				: `cannot be read or written (${error instanceof Error ? error.message : error})`;
		throw new AppError(
			"invalid_config",
			`${path} ${why}, and was left as it is.`,
			"promptpulse setup --hook --print prints what is to be put into it.",
			{ cause: error },
		);
	}
}
