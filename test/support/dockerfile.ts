/** One line of a Dockerfile: what it does, and with what. `stage`: the name of its stage, or its number as text. */
export type Instruction = { stage: string; name: string; rest: string };

/** Reads a Dockerfile as far as this product's goes: comments, lines that go on, stages. */
export function readDockerfile(text: string): Instruction[] {
	const lines = text
		.split("\n")
		.filter((line) => !/^\s*#/.test(line))
		.join("\n")
		.replaceAll(/\\\n/g, " ")
		.split("\n")
		.map((line) => line.trim().replaceAll(/\s+/g, " "))
		.filter((line) => line !== "");
	const instructions: Instruction[] = [];
	let stage = "";
	let count = 0;
	for (const line of lines) {
		const [, name = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
		if (name === "") throw new Error(`This is no instruction: ${line}`);
		if (name === "FROM") stage = / AS (\S+)$/.exec(rest)?.[1] ?? String(count++);
		instructions.push({ stage, name, rest });
	}
	return instructions;
}

/** What a COPY takes from the folder that is built, and where it puts it; undefined where it takes from another stage. */
export function copyOf({ rest }: Instruction): { sources: string[]; target: string } | undefined {
	const words = rest.split(" ");
	if (words.some((word) => word.startsWith("--from="))) return undefined;
	const paths = words.filter((word) => !word.startsWith("--"));
	return { sources: paths.slice(0, -1), target: paths.at(-1) ?? "" };
}

/** A list in the form that no shell reads. */
export function execForm(rest: string): string[] {
	const list: unknown = JSON.parse(rest);
	if (Array.isArray(list) && list.every((word) => typeof word === "string")) return list;
	throw new Error(`${rest} is no list of words`);
}

/** The variables of ENV, ARG or LABEL. */
export function pairsOf(rest: string): Record<string, string> {
	return Object.fromEntries(
		[...rest.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g)].map(([, name, quoted, bare]) => [
			name,
			quoted ?? bare ?? "",
		]),
	);
}

/** Whether a path reaches the builder: of the lines of a .dockerignore that speak of it, the last one settles it. */
export function isLetThrough(ignoreFile: string, path: string): boolean {
	let isLet = true;
	for (const line of ignoreFile.split("\n").map((text) => text.trim())) {
		if (line === "" || line.startsWith("#")) continue;
		const isException = line.startsWith("!");
		const glob = new Bun.Glob(isException ? line.slice(1) : line);
		const parts = path.split("/");
		const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
		if (prefixes.some((prefix) => glob.match(prefix))) isLet = isException;
	}
	return isLet;
}
