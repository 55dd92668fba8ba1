import type { AppError, ErrorCode } from "../errors.ts";

const EXIT_CODES: Record<ErrorCode, number> = {
	usage: 2,
	invalid_config: 7,
	ledger_unwritable: 7,
	locked: 8,
	no_key: 3,
	schema_newer: 1,
	schema_edited: 1,
	ledger_damaged: 1,
	output_unwritable: 1,
};

/** Wrong usage of the command line itself. */
export const WRONG_USAGE = EXIT_CODES.usage;

/** The exit code of a command that an error ended. */
export function exitCodeOf(error: AppError): number {
	return EXIT_CODES[error.code];
}
