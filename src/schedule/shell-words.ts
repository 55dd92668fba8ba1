import { AppError } from "../errors.ts";
import type { Job } from "./scheduler.ts";

const NEEDS_NO_QUOTES = /^[\w@+:,./=-]+$/;

/** A word as a POSIX shell reads it: nothing in it means anything. */
export function quoteForShell(word: string): string {
	return NEEDS_NO_QUOTES.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The job as words that begin with a program which runs it with its environment and no other: whoever sets variables
 * for all of a person's processes does not get into this one.
 *
 * @throws AppError `invalid_config`
 */
export function cleanWords({ program, words, environment }: Job): string[] {
	if (program[0].includes("=")) {
		throw new AppError(
			"invalid_config",
			`The program lies at ${program[0]}, and what has a "=" in its path cannot be started with an environment of its own.`,
			"Move it to a place without one, and run promptpulse setup again.",
		);
	}
	const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
	return ["/usr/bin/env", "-i", ...variables, ...program, ...words];
}

/**
 * Refuses words with characters that a scheduler has no way to write.
 *
 * @throws AppError `invalid_config`
 */
export function refuse(words: readonly string[], unwritable: RegExp, title: string): void {
	const word = words.find((one) => unwritable.test(one));
	if (word === undefined) return;
	throw new AppError(
		"invalid_config",
		`${JSON.stringify(word)} has a character in it that ${title} cannot be told.`,
		"Name a path without it, or another scheduler with --scheduler.",
	);
}
