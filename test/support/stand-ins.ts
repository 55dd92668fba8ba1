import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Programs that do nothing but note how they were started. */
export type StandIns = {
	/** A folder for PATH. */
	path: string;
	/** The words that each was started by, one start a line. */
	words(): string;
	/** The environment that they were given. */
	environment(): string;
};

/** Puts programs of these names into a folder. */
export function makeStandIns(folder: string, names: readonly string[]): StandIns {
	const path = join(folder, "stand-ins");
	mkdirSync(path, { recursive: true });
	const [words, environment] = [join(folder, "words"), join(folder, "environment")];
	const script = `#!/bin/sh\necho "$0 $*" >> '${words}'\nexport -p >> '${environment}'\n`;
	for (const name of names) writeFileSync(join(path, name), script, { mode: 0o755 });
	const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
	return { path, words: () => read(words), environment: () => read(environment) };
}
