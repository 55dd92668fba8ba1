import {
	chmodSync,
	closeSync,
	constants,
	fstatSync,
	fsyncSync,
	linkSync,
	lstatSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	type Stats,
	statSync,
	writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { AppError } from "../errors.ts";

/** Whether others could read a file or a folder, or change it, until now; or still can. */
export type Exposure = "no" | "repaired" | "still";

/**
 * What is at a path; undefined where nothing is. A link is not followed unless told so.
 *
 * @throws AppError `invalid_config` for a path that cannot be looked at
 */
export function lookAt(path: string, look: typeof lstatSync = lstatSync): Stats | undefined {
	try {
		return look(path, { throwIfNoEntry: false });
	} catch (error) {
		// Something else than a folder is in its place, so nothing is in it.
		if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
		throw unreadable(path, error, "Check that the folder is yours, or name another one in PROMPTPULSE_HOME.");
	}
}

/**
 * Refuses a folder of somebody else, who could put any file in it. A link is followed where it and what it leads to are
 * one's own, as people have it who keep such folders in one place.
 *
 * @throws AppError `invalid_config`
 */
export function refuseForeignFolder(path: string): void {
	const stats = lookAt(path);
	if (!stats) return;
	refuseForeign(path, stats, OTHER_HOME, ROOT);
	if (!stats.isSymbolicLink()) return;
	const target = lookAt(path, statSync);
	if (target) refuseForeign(path, target, OTHER_HOME, ROOT);
}

/** Root may do anything, wherever it is; and volumes that a container is given belong to it. */
const ROOT = 0;

/**
 * Refuses a file that somebody else could have made: another user's, a link, and what is no file at all.
 *
 * @param next what people are told to do
 * @throws AppError `invalid_config`
 */
export function refuseForeignFile(path: string, stats: Stats, next: string): void {
	if (!stats.isFile()) {
		throw new AppError(
			"invalid_config",
			`${path} is ${stats.isSymbolicLink() ? "a link to another file" : "no ordinary file"}, which is not followed: whoever can change that would decide what is read here.`,
			`Put the file itself there, or ${next}`,
		);
	}
	const first = next.charAt(0).toUpperCase() + next.slice(1);
	refuseForeign(path, stats, `${first} Or name a folder of your own in PROMPTPULSE_HOME.`);
}

const OTHER_HOME =
	"Name a folder of your own in PROMPTPULSE_HOME, or let the folder be given to you (chown).";

/** Windows has no such owners. */
function refuseForeign(path: string, { uid }: Stats, hint: string, trusted?: number): void {
	const own = process.getuid?.();
	if (own === undefined || uid === own || uid === trusted) return;
	throw new AppError(
		"invalid_config",
		`${path} belongs to another user of this machine (number ${uid}).`,
		hint,
	);
}

/** Takes from everybody else what they may do with a file, or with a folder. Windows has no such bits. */
export function closeToOthers(path: string, stats: Stats): Exposure {
	if (process.platform === "win32" || !isOpen(stats.mode)) return "no";
	try {
		chmodSync(path, stats.isDirectory() ? 0o700 : 0o600);
		// Some disks take any mode, and keep none.
		return isOpen(statSync(path).mode) ? "still" : "repaired";
	} catch {
		// Where nothing can be changed people are told to do it.
		return "still";
	}
}

/**
 * Whether a folder is there for others too: then it is not closed to them, whatever of ours lies in it. We make no folders
 * in ours, so where some lie it is a place such as `/srv`.
 */
export function isShared(path: string, { mode }: Stats): boolean {
	return (mode & STICKY) !== 0 || path === homedir() || (isOpen(mode) && holdsFolders(path));
}

function isOpen(mode: number): boolean {
	return (mode & 0o077) !== 0;
}

function holdsFolders(path: string): boolean {
	return readdirSync(path, { withFileTypes: true }).some((entry) => entry.isDirectory());
}

const STICKY = 0o1000;

/**
 * Reads a file of one's own; whoever puts another one there meanwhile gains nothing.
 *
 * @param next what people are told to do where it is not one
 * @returns undefined where there is none
 * @throws AppError `invalid_config`
 */
export function readOwnFile(path: string, next: string): string | undefined {
	const seen = lookAt(path);
	if (!seen) return undefined;
	refuseForeignFile(path, seen, next);
	try {
		return readText(path, constants.O_NOFOLLOW ?? 0, (stats) => refuseForeignFile(path, stats, next));
	} catch (error) {
		if (error instanceof AppError) throw error;
		throw unreadable(path, error, "Correct the file or move it away.");
	}
}

/** Nobody writes more into any of them by hand, and this program does not either. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Reads a file, or what a link leads to. A pipe is not waited for, and what has no end is not begun with.
 *
 * @param flags of opening it, beside those for reading
 * @param check looks at it before it is read
 * @throws Error that goes on with "… cannot be read:"
 */
export function readText(path: string, flags = 0, check?: (stats: Stats) => void): string {
	const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | flags);
	try {
		const stats = fstatSync(descriptor);
		check?.(stats);
		if (!stats.isFile()) throw new Error("it is no ordinary file");
		if (stats.size > MOST_BYTES) throw new Error("it is larger than 16 MB, which nothing of this kind is");
		return readFileSync(descriptor, "utf8");
	} finally {
		closeSync(descriptor);
	}
}

function unreadable(path: string, error: unknown, hint: string): AppError {
	const why = error instanceof Error ? error.message : error;
	return new AppError("invalid_config", `${path} cannot be read: ${why}.`, hint, { cause: error });
}

/**
 * Writes a file so that there is always the old one or the new one, readable by its owner alone.
 *
 * @param flush waits until it is on the disk: without that a power cut may leave an empty one
 */
export function writeAside(path: string, text: string, flush = true): void {
	placing(path, text, flush, renameSync);
}

/** The same for a file that is made once: where another process has made it meanwhile, that one stays. */
export function writeOnce(path: string, text: string): void {
	placing(path, text, true, (aside) => {
		try {
			linkSync(aside, path);
		} catch (error) {
			// Some disks know no links.
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") renameSync(aside, path);
		}
		rmSync(aside, { force: true });
	});
}

/** @param place puts what was written aside in its place */
function placing(
	path: string,
	text: string,
	flush: boolean,
	place: (aside: string, path: string) => void,
): void {
	removeLeftBeside(path);
	const aside = `${path}.${crypto.randomUUID().slice(-ASIDE_LENGTH)}`;
	try {
		writeFileSync(aside, text, { mode: 0o600, flag: "wx", flush });
		chmodSync(aside, 0o600);
		place(aside, path);
		if (flush) flushFolder(dirname(path));
	} catch (error) {
		rmSync(aside, { force: true });
		throw error;
	}
}

const ASIDE_LENGTH = 12;
const ASIDE = /^[0-9a-f]{12}$/;
/** Earlier versions ended it in the number of a process; a log has older ones of such names. */
const FORMER_ASIDE = /^\d{1,7}$/;
/** A file aside is there for an instant; older ones are of writes that were killed, in ms. */
const LEFT_AFTER = 60_000;

/** Removes what writes that were killed have left: it may hold a key that was meant to go. */
function removeLeftBeside(path: string): void {
	for (const left of listLeftBeside(path, LEFT_AFTER)) rmSync(left, { force: true });
}

/**
 * What writes of a file that were killed have left beside it.
 *
 * @param age in ms: younger ones are none
 */
export function listLeftBeside(path: string, age: number): string[] {
	const start = `${basename(path)}.`;
	const isJson = path.endsWith(".json");
	const left: string[] = [];
	for (const name of readdirSync(dirname(path))) {
		const end = name.slice(start.length);
		if (!name.startsWith(start) || !(ASIDE.test(end) || (isJson && FORMER_ASIDE.test(end)))) continue;
		const beside = join(dirname(path), name);
		const stats = lstatSync(beside, { throwIfNoEntry: false });
		if (stats && Date.now() - stats.mtimeMs > age) left.push(beside);
	}
	return left;
}

/** Windows does not open folders. */
function flushFolder(path: string): void {
	if (process.platform === "win32") return;
	const descriptor = openSync(path, "r");
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}
