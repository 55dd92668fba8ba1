import { AppError } from "../../errors.ts";

/**
 * What became of a request that failed: it never ran, it may have run, or the server answered it with an error, so that
 * the statement which that is about did nothing. Of several in one request those before it have run, unless a
 * transaction is rolled back.
 */
export type Fate = "not executed" | "unknown" | "refused";

/** What it is for people: nothing that can be reached now, no right to it, or a statement that does not work. */
type Kind = "unreachable" | "forbidden" | "statement";

type Circumstances = {
	fate: Fate;
	kind: Kind;
	isRetryable?: boolean;
	code?: number | undefined;
	extended?: number | undefined;
};

/** Whatever goes wrong between here and the database. Its text is for people and holds no secret. */
export class CloudError extends Error {
	readonly fate: Fate;
	readonly kind: Kind;
	/** It has not run and may be tried again as it is: nobody has to know what it would have done. */
	readonly isRetryable: boolean;
	/** The server's: SQLite's primary code, or from 10000 on its own. */
	readonly code: number | undefined;
	/** SQLite's extended code, such as 2067 of a unique index. */
	readonly extended: number | undefined;

	/**
	 * @param message a whole sentence, or SQLite's own words where a statement does not work
	 * @param hint a whole sentence: what to do next
	 */
	constructor(
		message: string,
		readonly hint: string | undefined,
		{ fate, kind, isRetryable = false, code, extended }: Circumstances,
	) {
		super(message);
		this.name = "CloudError";
		this.fate = fate;
		this.kind = kind;
		this.isRetryable = isRetryable;
		this.code = code;
		this.extended = extended;
	}
}

/** What leaves the driver: told to people, or SQLite's words where a statement does not work. */
export function asAppError(error: CloudError): Error {
	switch (error.kind) {
		case "unreachable":
			return new AppError("database_unreachable", error.message, error.hint, { cause: error });
		case "forbidden":
			return new AppError("database_refused", error.message, error.hint, { cause: error });
		case "statement":
			return new Error(error.message, { cause: error });
	}
}

const NEVER_RAN = { fate: "not executed", kind: "unreachable", isRetryable: true } as const;
const MAY_HAVE_RUN = { fate: "unknown", kind: "unreachable" } as const;
const AGAIN = "Try again in a moment.";

/** What the server may answer; all other codes are SQLite's. */
export const CODES = {
	busy: 5,
	locked: 6,
	notFound: 10_001,
	unknownCommand: 10_002,
	notAllowed: 10_004,
	noLeader: 10_006,
};

/** Why it is not now that it can be done, for the codes that say so. */
export function notNow(code: number): string | undefined {
	switch (code) {
		case CODES.busy:
		case CODES.locked:
			return "The database is busy with other changes.";
		case CODES.noLeader:
			return "The servers of the database have no leader at the moment.";
		default:
			return undefined;
	}
}

/** What the server answered instead of a statement's result. */
export function answeredError(code: number, extended: number | undefined, message: string): CloudError {
	const why = notNow(code);
	if (why !== undefined) return new CloudError(why, AGAIN, { ...NEVER_RAN, code, extended });
	if (code !== CODES.notAllowed) {
		return new CloudError(message, undefined, { fate: "refused", kind: "statement", code, extended });
	}
	return new CloudError(
		`The database does not allow it: ${withStop(message)}`,
		"In the console of SQLite Cloud, give the key or the user that DATABASE_URL names the right to read and write this database.",
		{ fate: "refused", kind: "forbidden", code, extended },
	);
}

/** A message of the service as the end of a sentence. */
export function withStop(message: string): string {
	return /[.!?]$/.test(message) ? message : `${message}.`;
}

/**
 * The connection ended while an answer was waited for.
 *
 * @param reason the socket's own word for it, such as `ECONNRESET`
 */
export function lostError(reason: string | undefined): CloudError {
	const why = reason === undefined ? "" : ` (${reason})`;
	return new CloudError(
		`The connection to the database was lost before its answer came${why}.`,
		AGAIN,
		MAY_HAVE_RUN,
	);
}

/** The connection had ended before anything was sent. */
export function notOpenError(): CloudError {
	return new CloudError("The connection to the database is no longer open.", AGAIN, NEVER_RAN);
}

export function answerDeadline(ms: number): CloudError {
	return new CloudError(`The database did not answer within ${ms / 1_000} s.`, AGAIN, MAY_HAVE_RUN);
}

/** @param what was wrong with it, without what it held */
export function strangeAnswer(what: string): CloudError {
	return new CloudError(
		`The database answered with what cannot be understood: ${what}.`,
		`${AGAIN} If it stays so, the service has changed: look for a newer version of PromptPulse.`,
		MAY_HAVE_RUN,
	);
}

/** All stayed in use for so long, in ms. */
export function noneFree(most: number, ms: number): CloudError {
	return new CloudError(
		`${most === 1 ? "The only connection" : `All ${most} connections`} to the database stayed in use for ${ms / 1_000} s.`,
		`${AGAIN} If it happens often, raise DB_MAX_CONNECTIONS as far as the plan allows.`,
		NEVER_RAN,
	);
}

/** None could be opened for so long, in ms. */
export function noneOpened(ms: number): CloudError {
	return new CloudError(
		`No connection to the database could be opened within ${ms / 1_000} s.`,
		"See whether this machine can reach the database, then try again.",
		NEVER_RAN,
	);
}

export function closedError(): CloudError {
	return new CloudError(
		"The connections to the database are being closed.",
		"The server is stopping: try again when it has started anew.",
		{ ...NEVER_RAN, isRetryable: false },
	);
}
