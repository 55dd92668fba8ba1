import { copyFile, link, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildBinary } from "../../build.ts";
import { COMPILED } from "./program.ts";

/**
 * Puts the compiled program into a folder, as `promptpulse` and `ppulse`.
 *
 * @returns the path of `promptpulse`
 */
export async function placeProgram(folder: string): Promise<string> {
	const program = join(folder, "promptpulse");
	await mkdir(folder, { recursive: true });
	if (COMPILED === undefined) await buildBinary(pathToFileURL(`${folder}/`));
	else {
		await copyFile(COMPILED, program);
		await link(program, join(folder, "ppulse"));
	}
	return program;
}
