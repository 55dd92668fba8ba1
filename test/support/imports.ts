import { dirname, join } from "node:path/posix";

/** `path` from the repository's root, with slashes. */
export type SourceFile = { path: string; text: string };

/** `line` counts from 1; `specifier` is undefined where it is computed. */
export type Import = { line: number; specifier: string | undefined; typeOnly: boolean };

/** Who may import what, by place: a path without `src/` and extension, or the folder (the room) that it lies in. */
export type Rooms = Record<string, readonly string[]>;

/** `imports` is matched with the names of packages, `code` (a global pattern) with everything but comments. */
export type Fence = { rule: string; imports?: RegExp; code?: RegExp; allowed?: RegExp; watched?: RegExp };

const SOURCES = ["*.{ts,mjs}", "{build,release,src,views,public,test}/**/*.{ts,tsx,js,mjs}"];

const COMMENT = String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/`;
const TEMPLATE = "`(?:\\\\[\\s\\S]|[^`\\\\])*`";
const STRING = String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`;
// Told from a division by what stands before it; it may hold quotes that open nothing.
const REGEX = String.raw`(?<=[(,=:[!&|?{};]\s*|\breturn\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/`;
const TOKENS = new RegExp(
	`${REGEX}|(?<comment>${COMMENT})|(?<template>${TEMPLATE})|(?<string>${STRING})`,
	"g",
);
const KINDS = ["comment", "template", "string"] as const;
const LONGEST_BEFORE = 20;
const BEFORE_SPECIFIER = /\b(?:from|import|import\s*\(|require\s*\()\s*$/;

// A clause holds neither quotes nor semicolons, so that the pattern stays within one statement.
const STATIC_IMPORT =
	/^[ \t]*(?:import|export)\b(?:(?<clause>[^"';]*?)\bfrom)?\s*["'](?<specifier>[^"']+)["']/gm;
const DYNAMIC_IMPORT = /\b(?:import|require)\s*\(\s*(?:["'](?<specifier>[^"']+)["'])?/g;
// `import { type A }` still loads the module, so only the whole statement counts.
const TYPE_CLAUSE = /^\s*type\b(?!\s*(?:,|$))/;

/** All sources of this repository: the product's, the tests' and the scripts beside them; fixtures aside. */
export async function readSources(root: string): Promise<SourceFile[]> {
	const scans = SOURCES.map((pattern) => Array.fromAsync(new Bun.Glob(pattern).scan({ cwd: root })));
	const paths = (await Promise.all(scans)).flat();
	const own = paths
		.map((path) => path.replaceAll("\\", "/"))
		.filter((path) => !path.startsWith("test/fixtures/"));
	return await Promise.all(
		own.sort().map(async (path) => ({ path, text: await Bun.file(join(root, path)).text() })),
	);
}

/** Every import and re-export, in no particular order. */
export function listImports(text: string): Import[] {
	const code = blankTokens(text, (kind, before) => kind !== "string" || !BEFORE_SPECIFIER.test(before));
	const statements = Array.from(code.matchAll(STATIC_IMPORT), ({ groups, index }) => ({
		line: lineAt(code, index),
		specifier: groups?.specifier,
		typeOnly: TYPE_CLAUSE.test(groups?.clause ?? ""),
	}));
	const calls = Array.from(code.matchAll(DYNAMIC_IMPORT), ({ groups, index }) => ({
		line: lineAt(code, index),
		specifier: groups?.specifier,
		typeOnly: false,
	}));
	return [...statements, ...calls];
}

/** What the files import that the rooms do not let them, as `file:line imports what`. */
export function findForbiddenImports(files: readonly SourceFile[], rooms: Rooms): string[] {
	return files.flatMap(({ path, text }) =>
		listImports(text)
			.filter((found) => isLocal(found.specifier) && !mayImport(path, found, rooms))
			.map(({ line, specifier }) => `${path}:${line} imports ${specifier}`),
	);
}

/** Local imports that do not name a file to its end, and imports whose name is only known at run time. */
export function findUnclearImports(files: readonly SourceFile[]): string[] {
	return files.flatMap(({ path, text }) =>
		listImports(text)
			.filter(({ specifier }) => specifier === undefined || (isLocal(specifier) && !/\.\w+$/.test(specifier)))
			.map(({ line, specifier }) => `${path}:${line} imports ${specifier ?? "a computed name"}`),
	);
}

/** What the fence forbids, outside the paths that are `allowed` it and, where given, inside those `watched`. */
export function findBeyondFence(
	{ imports, code, allowed, watched }: Fence,
	files: readonly SourceFile[],
): string[] {
	const outside = files.filter(({ path }) => !allowed?.test(path) && (watched?.test(path) ?? true));
	const named = outside.flatMap(({ path, text }) =>
		listImports(text)
			.filter(({ specifier }) => specifier !== undefined && imports?.test(specifier))
			.map(({ line, specifier }) => `${path}:${line} imports ${specifier}`),
	);
	return code === undefined ? named : [...named, ...findCode(outside, code)];
}

/** The places where code, not a comment, matches the pattern, which is a global one. */
export function findCode(files: readonly SourceFile[], pattern: RegExp): string[] {
	return files.flatMap(({ path, text }) => {
		const code = blankTokens(text, (kind) => kind === "comment");
		return Array.from(
			code.matchAll(pattern),
			(match) => `${path}:${lineAt(code, match.index)} has ${match[0].trim()}`,
		);
	});
}

/** The folder of `src`, or the folder beside it; for a file of no folder, its own name. */
export function roomOf(path: string): string {
	return placeOf(path).split("/")[0] ?? "";
}

function placeOf(path: string): string {
	return path.replace(/^src\//, "").replace(/\.\w+$/, "");
}

function isLocal(specifier: string | undefined): boolean {
	return specifier?.startsWith(".") ?? false;
}

function mayImport(path: string, { specifier, typeOnly }: Import, rooms: Rooms): boolean {
	const target = join(dirname(path), specifier ?? "");
	if (roomOf(path) === roomOf(target)) return true;
	const allowed = Object.entries(rooms).flatMap(([place, names]) => (isWithin(path, place) ? names : []));
	return allowed.some(
		(name) => isWithin(target, name.replace(/^types of /, "")) && (typeOnly || !name.startsWith("types of ")),
	);
}

function isWithin(path: string, place: string): boolean {
	return placeOf(path) === place || placeOf(path).startsWith(`${place}/`);
}

/** The text with blanks for what is chosen, every other character where it was. */
function blankTokens(
	text: string,
	isBlanked: (kind: (typeof KINDS)[number], before: string) => boolean,
): string {
	let blanked = "";
	for (const { 0: token, index, groups } of text.matchAll(TOKENS)) {
		const kind = KINDS.find((name) => groups?.[name] !== undefined);
		blanked += text.slice(blanked.length, index);
		const chosen = kind !== undefined && isBlanked(kind, blanked.slice(-LONGEST_BEFORE));
		// The quotes stay, so that no import's clause seems to reach across a string.
		blanked += chosen ? token.replace(kind === "string" ? /[^"']/g : /[^\n]/g, " ") : token;
	}
	return blanked + text.slice(blanked.length);
}

function lineAt(text: string, index: number): number {
	return text.slice(0, index).split("\n").length;
}
