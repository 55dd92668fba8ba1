import type { Person } from "./server.ts";
import { unzipped } from "./unzipped.ts";

/** An object that stood on a line. */
export type Line = Record<string, unknown>;

/** The files of a person's export as texts. */
export async function exported(person: Person): Promise<Map<string, string>> {
	const answer = await person.ask("/api/user/export");
	if (answer.status !== 200) throw new Error(`an export was expected, and ${answer.status} came`);
	const files = unzipped(new Uint8Array(await answer.arrayBuffer()));
	return new Map([...files].map(([name, content]) => [name, content.toString()]));
}

export function linesOf(files: ReadonlyMap<string, string>, name: string): Line[] {
	const text = files.get(name);
	if (text === undefined) throw new Error(`there is no ${name}`);
	return text
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line));
}
