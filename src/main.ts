#!/usr/bin/env bun
import { VERSION } from "./version.ts";

async function main(words: readonly string[]): Promise<number> {
	if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
		await printVersion();
		return 0;
	}
	if (words.includes("--detach")) {
		const { detachAtOnce } = await import("./cli/collect/detach.ts");
		if (detachAtOnce(words)) return 0;
	}
	const { runCommand } = await import("./cli/commands.ts");
	return runCommand(words);
}

/** To load `node:fs`, by which all else is printed, takes a quarter of such a run. */
async function printVersion(): Promise<void> {
	try {
		await Bun.write(Bun.stdout, `${VERSION}\n`);
	} catch {
		// Who does not take it is told, or not told, as in all other cases.
		const { writeOut } = await import("./cli/screen/terminal.ts");
		writeOut(VERSION);
	}
}

/** The code is only noted: to end here could cut short what is still at work. */
function finish(code: number): void {
	if (code !== 0) process.exitCode = code;
}

/**
 * What nobody waited for would be told by the engine as it stands, and what it says may quote a key. There is no time
 * left to load what knows them, so only where it happened is told.
 */
function stop(error: unknown): void {
	const stack = error instanceof Error ? (error.stack ?? "").replace(error.message, "") : "";
	const [, ...places] = stack.split(/\n(?= +at )/);
	const kind = error instanceof Error ? error.constructor.name : typeof error;
	console.error([`promptpulse has met an error that it did not expect: ${kind}.`, ...places].join("\n"));
	process.exit(1);
}

process.on("uncaughtException", stop).on("unhandledRejection", stop);

main(process.argv.slice(2)).then(finish, async (error) => {
	finish(1);
	const { tellError } = await import("./cli/crash.ts");
	tellError(error);
});
