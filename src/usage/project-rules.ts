import { encodeCwd } from "./project.ts";

/** What a person settled for the projects at a path and below it: they never leave the machine, or under this name. */
export type ProjectRule = { ignore: true } | { alias: string };

/** Of the rules at paths that a project lies at or below, the one with the longest path holds. */
export class ProjectRules {
	readonly #rules: readonly PathRule[];
	readonly #found = new Map<string, ProjectRule | undefined>();

	/** @param byPath rules by absolute path */
	constructor(byPath: Iterable<readonly [path: string, rule: ProjectRule]>) {
		this.#rules = [...byPath]
			.map(([path, rule]) => ({ path, rule, segments: segmentsOf(path) }))
			.sort((a, b) => b.segments.length - a.segments.length || (a.path < b.path ? -1 : 1));
	}

	/** The rule for a project, by its path, or by its folder's name where that is all that is known. */
	find(project: string | undefined): ProjectRule | undefined {
		if (project === undefined || this.#rules.length === 0) return undefined;
		if (!this.#found.has(project)) this.#found.set(project, this.#look(project));
		return this.#found.get(project);
	}

	/** Whether there is any project that is ignored, known or not. */
	get ignoresAny(): boolean {
		return this.#rules.some(({ rule }) => "ignore" in rule);
	}

	isIgnored(project: string | undefined): boolean {
		const rule = this.find(project);
		return rule !== undefined && "ignore" in rule;
	}

	#look(project: string): ProjectRule | undefined {
		if (!isFolderName(project)) {
			const segments = segmentsOf(project);
			return this.#rules.find((one) => isAtOrBelow(segments, one.segments))?.rule;
		}
		// It may stand for several paths; where one of them is to stay on the machine, all of them do.
		const meant = this.#rules.filter(({ path }) => mayBeAtOrBelow(project, path)).map(({ rule }) => rule);
		return meant.find((rule) => "ignore" in rule) ?? meant[0];
	}
}

type PathRule = { path: string; rule: ProjectRule; segments: readonly string[] };

/** Whether a project is known by Claude Code's folder alone: a path has a separator in it. */
export function isFolderName(project: string): boolean {
	return !/[\\/]/.test(project);
}

/** A path's parts. Paths of Windows go by any case and either slash. */
function segmentsOf(path: string): string[] {
	const isPosix = isPosixPath(path);
	const segments: string[] = [];
	for (const part of path.split(isPosix ? "/" : /[\\/]/)) {
		if (part === "..") segments.pop();
		else if (part !== "" && part !== ".") segments.push(isPosix ? part : part.toLowerCase());
	}
	return [isPosix ? "/" : "\\", ...segments];
}

function isPosixPath(path: string): boolean {
	return path.startsWith("/");
}

function isAtOrBelow(segments: readonly string[], above: readonly string[]): boolean {
	return above.every((segment, i) => segments[i] === segment);
}

/** In a folder's name every separator, space and dot is a `-`, so it may lie below each path that it begins with. */
function mayBeAtOrBelow(folder: string, path: string): boolean {
	const [name, above] = [folder, encodeCwd(path)].map((text) =>
		isPosixPath(path) ? text : text.toLowerCase(),
	) as [string, string];
	return name === above || name.startsWith(`${above.replace(/-+$/, "")}-`);
}
