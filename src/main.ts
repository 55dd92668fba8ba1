#!/usr/bin/env bun
import { VERSION } from "./version.ts";

async function main(words: readonly string[]): Promise<number> {
	if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
		process.stdout.write(`${VERSION}\n`);
		return 0;
	}
	const { runCommand } = await import("./cli/commands.ts");
	return runCommand(words);
}

main(process.argv.slice(2)).then(
	(code) => process.exit(code),
	(error) => {
		process.stderr.write(`promptpulse has met an error that it did not expect.\n${error?.stack ?? error}\n`);
		process.exit(1);
	},
);
