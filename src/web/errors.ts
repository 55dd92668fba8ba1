import { AppError } from "../errors.ts";
import { QueryError } from "../usage/overview-query.ts";

/** What is told of an error: a status, a word for programs, and whole sentences for people. */
export type Problem = { status: number; code: string; title: string; sentence: string; hint: string };

export const NOT_FOUND: Problem = {
	status: 404,
	code: "not_found",
	title: "There is no such page",
	sentence: "The address leads nowhere.",
	hint: "Go to the overview.",
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
	sentence: "What was sent is larger than anything that the dashboard takes.",
	hint: "Go to the overview and try again there.",
};

export const NOT_UNDERSTOOD: Problem = {
	status: 400,
	code: "invalid_body",
	title: "This cannot be understood",
	sentence: "What was sent is not of the form that it says it is.",
	hint: "Go to the overview and try again there.",
};

export const CROSS_SITE: Problem = {
	status: 403,
	code: "cross_site",
	title: "This came from another page",
	sentence: "Only the dashboard's own pages may change something.",
	hint: "Go to the overview and try again there.",
};

/**
 * What may be told of an error that was thrown. Nothing of what came in is repeated, and an unknown error's own message
 * is never told.
 */
export function problemOf(error: unknown): Problem {
	if (error instanceof QueryError) {
		return {
			status: 422,
			code: "invalid_query",
			title: "This address cannot be understood",
			sentence: `Its parameter "${error.field}" has a value that means nothing here.`,
			hint: "Go to the overview and choose anew.",
		};
	}
	if (error instanceof AppError && error.code === "locked") {
		return {
			status: 503,
			code: "unavailable",
			title: "The ledger is busy",
			sentence: "It did not answer in time.",
			hint: "Try again in a moment.",
		};
	}
	return {
		status: 500,
		code: "internal",
		title: "This page could not be made",
		sentence: "Something went wrong that was not expected.",
		hint: "Try again. The terminal in which the dashboard runs says more.",
	};
}
