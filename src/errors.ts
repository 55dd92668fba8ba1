/** What went wrong, as one word. `main.ts` turns it into an exit code, the server into a status. */
export type ErrorCode =
	| "usage"
	| "invalid_config"
	| "locked"
	| "no_key"
	| "account_gone"
	| "server_unreachable"
	| "interrupted"
	| "schema_newer"
	| "schema_edited"
	| "ledger_damaged"
	| "ledger_unwritable"
	| "database_unreachable"
	| "database_refused"
	| "scheduler_failed"
	| "output_unwritable";

/** An error that is meant for people: thrown once where it is known, caught only at the doors. */
export class AppError extends Error {
	/**
	 * @param code one word for programs
	 * @param message a whole sentence: what went wrong and why
	 * @param hint a whole sentence: what to do next
	 */
	constructor(
		readonly code: ErrorCode,
		message: string,
		readonly hint?: string,
		options?: ErrorOptions,
	) {
		super(message, options);
		this.name = "AppError";
	}
}
