import { closeSync, openSync, readSync } from "node:fs";
import { AppError } from "../../errors.ts";
import { isSystemError } from "../system-error.ts";
import { type Origin, Place } from "./place.ts";

/** More than any history takes: a day's total is half a kilobyte. */
const LARGEST_BYTES = 64 * 1024 * 1024;
/** Deeper than any of the files that are meant. */
const DEEPEST = 64;
const PIECE_BYTES = 1024 * 1024;
const SQLITE_MARK = "SQLite format 3\0";

/** What a file holds: a database, which is not read here, or bytes. */
export type ImportFile = { kind: "database" } | { kind: "bytes"; bytes: Uint8Array };

/**
 * Reads a file, no further than it may be long.
 *
 * @param origin what the file is called in sentences
 * @throws AppError `usage` where there is no such file, or it is too long
 */
export function readImportFile(path: string, { file }: Origin): ImportFile {
	try {
		return readPieces(path, file);
	} catch (error) {
		if (!isSystemError(error)) throw error;
		const why = error.code === "ENOENT" ? "There is no such file" : `It could not be read (${error.code})`;
		throw new AppError("usage", `${file} was not taken. ${why}.`, "Name another file.", { cause: error });
	}
}

function readPieces(path: string, file: string): ImportFile {
	const pieces: Uint8Array[] = [];
	const descriptor = openSync(path, "r");
	try {
		for (let length = 0; ; ) {
			const piece = new Uint8Array(PIECE_BYTES);
			const read = readSync(descriptor, piece);
			if (read === 0) return { kind: "bytes", bytes: Buffer.concat(pieces) };
			pieces.push(piece.subarray(0, read));
			if (length === 0 && isDatabase(piece)) return { kind: "database" };
			length += read;
			refuseTooLong(length, file);
		}
	} finally {
		closeSync(descriptor);
	}
}

/** The same of the standard input. */
export async function readImportInput(
	input: AsyncIterable<Uint8Array>,
	{ file }: Origin,
): Promise<ImportFile> {
	const pieces: Uint8Array[] = [];
	let length = 0;
	for await (const piece of input) {
		if (length === 0 && isDatabase(piece)) return { kind: "database" };
		pieces.push(piece);
		length += piece.length;
		refuseTooLong(length, file);
	}
	return { kind: "bytes", bytes: Buffer.concat(pieces) };
}

function isDatabase(piece: Uint8Array): boolean {
	return (
		Buffer.from(piece.buffer, piece.byteOffset, Math.min(16, piece.length)).toString("latin1") === SQLITE_MARK
	);
}

function refuseTooLong(length: number, file: string): void {
	if (length > LARGEST_BYTES) throw refused(file, "is longer than 64 MB");
}

/**
 * The one JSON value that the bytes hold.
 *
 * @throws AppError `usage` where they hold something else
 */
export function parseImport(bytes: Uint8Array, origin: Origin): Place {
	const text = decode(bytes, origin.file);
	if (text.trim() === "") throw refused(origin.file, "is empty");
	refuseTooDeep(text, origin.file);
	const whole = parse(text, origin);
	const found = whole ?? parse(text.trimStart().split("\n", 1)[0] ?? "", origin);
	if (found?.isObject && found.find("uploadType")) {
		throw refused(origin.file, "is the upload log, which tells that usage was sent and not what it was");
	}
	if (whole) return whole;
	throw refused(
		origin.file,
		found ? "holds several values, one a line, and not a single one" : "is not whole JSON",
	);
}

/** What PowerShell writes to a file is UTF-16. */
function decode(bytes: Uint8Array, file: string): string {
	const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(bytes);
	} catch {
		throw refused(file, "is not text in UTF-8");
	}
}

/** Parsers go as deep as the text does, and fall when it is too deep for them. */
function refuseTooDeep(text: string, file: string): void {
	let depth = 0;
	let isInText = false;
	for (let at = 0; at < text.length; at++) {
		const mark = text[at];
		if (isInText) {
			if (mark === "\\") at++;
			else if (mark === '"') isInText = false;
		} else if (mark === '"') isInText = true;
		else if (mark === "[" || mark === "{") depth++;
		else if (mark === "]" || mark === "}") depth--;
		if (depth > DEEPEST) throw refused(file, `is nested more than ${DEEPEST} deep`);
	}
}

function parse(text: string, origin: Origin): Place | undefined {
	try {
		return new Place(JSON.parse(text), origin);
	} catch {
		return undefined;
	}
}

/** A file that nothing is taken of. `why` goes on with its name. */
export function refused(file: string, why: string, next = NEXT): AppError {
	return new AppError("usage", `${file} was not taken: it ${why}.`, next);
}

const NEXT =
	"Nothing was changed. What is meant is the output of ccusage daily --json, session --json or blocks --json, or what the former PromptPulse server answers.";
