import type { AppError, ErrorCode } from "../errors.ts";

/** What a finished command may return. */
export const DONE = 0;
/** Of the doctor: not all is well. */
export const CHECKS_FAILED = 1;
/** Of `serve --health`, for Docker, which knows no other code. */
export const NOT_READY = 1;
export const KEY_REFUSED = 3;
export const SERVER_UNREACHABLE = 4;
export const SOME_EVENTS_REFUSED = 5;
export const SOME_FILES_UNREADABLE = 6;
export const VERIFY_DIFFERS = 9;

const EXIT_CODES: Record<ErrorCode, number> = {
	usage: 2,
	invalid_config: 7,
	ledger_unwritable: 7,
	database_refused: 7,
	locked: 8,
	no_key: KEY_REFUSED,
	account_gone: KEY_REFUSED,
	server_unreachable: SERVER_UNREACHABLE,
	database_unreachable: SERVER_UNREACHABLE,
	// As a shell says of a program that Ctrl-C has ended.
	interrupted: 130,
	schema_newer: 1,
	schema_edited: 1,
	ledger_damaged: 1,
	scheduler_failed: 1,
	output_unwritable: 1,
};

/** Wrong usage of the command line itself. */
export const WRONG_USAGE = EXIT_CODES.usage;

/** The exit code of a command that an error ended. */
export function exitCodeOf(error: AppError): number {
	return EXIT_CODES[error.code];
}

/** What each exit code means: at the end of the help, and in the reference. */
export const EXIT_MEANINGS: readonly (readonly [code: number, means: string])[] = [
	[DONE, "done, or nothing new"],
	[1, "an error that is none of these; of doctor: a check failed; of serve --health: it is not ready"],
	[WRONG_USAGE, "wrong usage of the command line"],
	[KEY_REFUSED, "nobody is logged in, or the server refused the key"],
	[SERVER_UNREACHABLE, "the server was not reached; the usage is kept"],
	[SOME_EVENTS_REFUSED, "the server refused some usage, which is kept here"],
	[SOME_FILES_UNREADABLE, "some local files could not be read; all others were"],
	[EXIT_CODES.invalid_config, "a setting is wrong, or the ledger's folder cannot be written"],
	[EXIT_CODES.locked, "another collect is running"],
	[VERIFY_DIFFERS, "the server does not have what it was sent"],
	[EXIT_CODES.interrupted, "Ctrl-C at a question"],
];
