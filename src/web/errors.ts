import { AppError, type ErrorCode } from "../errors.ts";
import { QueryError } from "../usage/view-query.ts";

/** What is told of an error: a status, a word for programs, and whole sentences for people. */
export type Problem = {
	status: number;
	code: string;
	title: string;
	sentence: string;
	hint: string;
	/** In place of the hint for who asked the API, where the hint is about pages. */
	apiHint?: string;
	/** In how many ms another try may do. */
	waitMs?: number | undefined;
	/** What of the input is wrong: names of its fields, never what they hold. */
	fields?: readonly string[] | undefined;
};

/** Ends a request with a problem that is told as it is. */
export class ProblemError extends Error {
	constructor(readonly problem: Problem) {
		super(problem.sentence);
	}
}

/** What to do about an address of the API that leads nowhere. */
export const CHECK_ADDRESS = "Check the address, and whether what it names is still there.";

export const NOT_FOUND: Problem = {
	status: 404,
	code: "not_found",
	title: "There is no such page",
	sentence: "The address leads nowhere.",
	hint: "Go to the overview.",
	apiHint: CHECK_ADDRESS,
};

export const NO_ACCESS: Problem = {
	status: 403,
	code: "no_access",
	title: "This page needs its link",
	sentence: "It shows this machine's own usage, and other people may share the machine.",
	hint: "Open the link that promptpulse dashboard printed in the terminal. It is good while that command runs.",
};

export const WRONG_HOST: Problem = {
	status: 403,
	code: "wrong_host",
	title: "This name is not served",
	sentence: "The dashboard of a machine answers under the machine's own loopback names alone.",
	hint: "Open the link that promptpulse dashboard printed in the terminal.",
};

export const TOO_LARGE: Problem = {
	status: 413,
	code: "too_large",
	title: "This is too much",
	sentence: "What was sent is larger than anything that is taken here.",
	hint: "Send less at a time.",
};

export const TOO_SLOW: Problem = {
	status: 408,
	code: "too_slow",
	title: "This took too long to come",
	sentence: "What was sent did not arrive in time.",
	hint: "Try again, or send less at a time.",
};

export const INVALID_BODY: Problem = {
	status: 400,
	code: "invalid_body",
	title: "This cannot be understood",
	sentence: "What was sent is not of the form that it says it is.",
	hint: "Check that it is whole and sound.",
};

export const WRONG_TYPE: Problem = {
	status: 415,
	code: "wrong_type",
	title: "This form is not taken here",
	sentence: "What was sent is of a type that this address does not take.",
	hint: "Send JSON as application/json.",
};

export const NO_KEY: Problem = {
	status: 401,
	code: "no_access",
	title: "Please log in",
	sentence: "No valid API key came with this request.",
	hint: "Send one in the header X-API-Key; promptpulse login gets one.",
};

export const AMBIGUOUS_KEY: Problem = {
	status: 400,
	code: "ambiguous_key",
	title: "More than one key",
	sentence: "The request says in more than one way who sends it.",
	hint: "Send one API key, in the header X-API-Key alone.",
};

export const NOT_ALLOWED: Problem = {
	status: 403,
	code: "not_allowed",
	title: "This is not yours to do",
	sentence: "The key or the account has no right to that.",
	hint: "Use a key of another kind, or ask an admin of this server.",
};

export const BUSY: Problem = {
	status: 503,
	code: "unavailable",
	title: "The ledger is busy",
	sentence: "The ledger did not answer in time.",
	hint: "Try again in a moment.",
	waitMs: 2_000,
};

export const TOO_MANY: Problem = {
	status: 429,
	code: "too_many_requests",
	title: "That was too often",
	sentence: "More requests came than are taken in so short a time.",
	hint: "Wait as long as Retry-After says.",
};

/** @param fields names of what is wrong */
export function invalidFields(code: "invalid_query" | "invalid_body", fields: readonly string[]): Problem {
	return {
		status: 422,
		code,
		title: "This cannot be understood",
		sentence: `Not understood: ${fields.join(", ")}.`,
		hint: "See /api/docs for what is taken.",
		fields,
	};
}

export const CROSS_SITE: Problem = {
	status: 403,
	code: "cross_site",
	title: "This came from another page",
	sentence: "Only the site's own pages may change something.",
	hint: "Go to the overview and try again there.",
	apiHint: "Send an API key in the header X-API-Key, and no cookie.",
};

/**
 * What may be told of an error that was thrown. Nothing of what came in is repeated, and an unknown error's own message
 * is never told.
 */
export function problemOf(error: unknown): Problem {
	if (error instanceof ProblemError) return error.problem;
	if (error instanceof QueryError) {
		return {
			status: 422,
			code: "invalid_query",
			title: "This address cannot be understood",
			sentence: `The parameter "${error.field}" has a value that means nothing here.`,
			hint: "Go to the overview and choose anew.",
			apiHint: "Leave it out, or give it another value.",
		};
	}
	if (error instanceof AppError && error.code === "account_gone") return NO_KEY;
	if (error instanceof AppError && UNAVAILABLE.includes(error.code)) return BUSY;
	return {
		status: 500,
		code: "internal",
		title: "This page could not be made",
		sentence: "Something went wrong that was not expected.",
		hint: "Try again. The log of the program says more under the request's id.",
	};
}

/** Another writer holds the ledger, its disk is full, or it is far away and does not answer: later it will do. */
const UNAVAILABLE: readonly ErrorCode[] = [
	"locked",
	"ledger_unwritable",
	"database_unreachable",
	"database_refused",
];

/** Whether an error is one that only the operator can mend, and so has to hear of. */
export function isForOperator(error: unknown): boolean {
	const isRefused = error instanceof AppError && error.code === "database_refused";
	return isRefused || problemOf(error).status === 500;
}
