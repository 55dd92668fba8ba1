import { join } from "node:path";

/** The program as `npm test` has compiled it for all tests; undefined where `bun test` runs by hand. */
export const COMPILED = process.env.TEST_FOLDER && join(process.env.TEST_FOLDER, "program/promptpulse");

/** Runs the program from its sources. A `.env` where it is started is not its business, as in the binary. */
export const FROM_SOURCES = [
	process.execPath,
	"--no-env-file",
	`--tsconfig-override=${join(import.meta.dir, "../../tsconfig.json")}`,
	join(import.meta.dir, "../../src/main.ts"),
];

/** What tests start unless they say otherwise. Compiled it starts in a third of the time, and is what people have. */
export const PROGRAM: readonly string[] = !COMPILED ? FROM_SOURCES : [COMPILED];

/** The file that runs: the compiled program, or Bun. */
export const PROGRAM_FILE = PROGRAM[0] ?? "";

/** The sources with a file of this folder loaded before them. */
export function fromSourcesAfter(preload: string): string[] {
	const words = ["--preload", join(import.meta.dir, preload)];
	return [...FROM_SOURCES.slice(0, -1), ...words, ...FROM_SOURCES.slice(-1)];
}
