import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "../errors.ts";
import { MARK } from "./scheduler.ts";

/**
 * Reads a file that setup made.
 *
 * @returns undefined where there is none
 * @throws AppError `invalid_config` for one that somebody else made
 */
export function readMarked(path: string): string | undefined {
	const text = trying(path, () => {
		const stats = lstatSync(path, { throwIfNoEntry: false });
		if (!stats) return undefined;
		return stats.isFile() ? readFileSync(path, "utf8") : "";
	});
	if (text === undefined || text.includes(MARK)) return text;
	throw new AppError(
		"invalid_config",
		`${path} was not made by promptpulse setup, and is left as it is.`,
		"Move it away, or name another scheduler with --scheduler.",
	);
}

/**
 * Writes a file so that there is always the old one or the new one. One that somebody else made stays.
 *
 * @throws AppError `invalid_config`
 */
export function writeMarked(path: string, text: string): void {
	readMarked(path);
	trying(path, () => {
		mkdirSync(dirname(path), { recursive: true });
		const aside = `${path}.${crypto.randomUUID().slice(-12)}`;
		try {
			writeFileSync(aside, text, { mode: 0o600, flag: "wx", flush: true });
			renameSync(aside, path);
		} catch (error) {
			rmSync(aside, { force: true });
			throw error;
		}
	});
}

/** @throws AppError `invalid_config` */
export function removeMarked(path: string): boolean {
	if (readMarked(path) === undefined) return false;
	trying(path, () => rmSync(path));
	return true;
}

function trying<Result>(path: string, act: () => Result): Result {
	try {
		return act();
	} catch (error) {
		throw new AppError(
			"invalid_config",
			`${path} cannot be read or written (${error instanceof Error ? error.message : error}).`,
			"Check that the folder is yours and that the disk has room.",
			{ cause: error },
		);
	}
}
