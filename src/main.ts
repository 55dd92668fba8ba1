#!/usr/bin/env bun
import { VERSION } from "./version.ts";

async function main(words: readonly string[]): Promise<number> {
	if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
		process.stdout.write(`${VERSION}\n`);
		return 0;
	}
	if (words.includes("--detach")) {
		const { detachAtOnce } = await import("./cli/detach.ts");
		if (detachAtOnce(words)) return 0;
	}
	const { runCommand } = await import("./cli/commands.ts");
	return runCommand(words);
}

/** The code is only noted: to end here would cut off what a slow pipe has not taken yet. */
function finish(code: number): void {
	process.exitCode ||= code;
}

/** Who has read enough may stop, as `head` does. */
function isClosed(error: NodeJS.ErrnoException): boolean {
	return error.code === "EPIPE";
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (isClosed(error)) return;
	process.stderr.write(`The output could not be written (${error.message}).\n`);
	finish(1);
});
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
	if (!isClosed(error)) finish(1);
});

main(process.argv.slice(2)).then(finish, (error) => {
	process.stderr.write(`promptpulse has met an error that it did not expect.\n${error?.stack ?? error}\n`);
	finish(1);
});
