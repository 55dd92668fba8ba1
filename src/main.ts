#!/usr/bin/env bun
import { writeErr, writeOut } from "./cli/terminal.ts";
import { AppError } from "./errors.ts";
import { VERSION } from "./version.ts";

async function main(words: readonly string[]): Promise<number> {
	if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
		writeOut(VERSION);
		return 0;
	}
	if (words.includes("--detach")) {
		const { detachAtOnce } = await import("./cli/detach.ts");
		if (detachAtOnce(words)) return 0;
	}
	const { runCommand } = await import("./cli/commands.ts");
	return runCommand(words);
}

/** The code is only noted: to end here could cut short what is still at work. */
function finish(code: number): void {
	if (code !== 0) process.exitCode = code;
}

main(process.argv.slice(2)).then(finish, (error) => {
	writeErr(sentencesOf(error));
	finish(1);
});

function sentencesOf(error: unknown): string {
	if (error instanceof AppError) return [error.message, ...(error.hint ? [error.hint] : [])].join("\n");
	const what = error instanceof Error ? error.stack : error;
	return `promptpulse has met an error that it did not expect.\n${what}`;
}
