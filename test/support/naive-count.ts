import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type NaiveSighting, readNaively } from "./naive-lines.ts";

/** Tokens and responses, as a reader that shares no code with the product counts them. */
export type NaiveSum = {
	responses: number;
	input: number;
	output: number;
	cacheWrite5m: number;
	cacheWrite1h: number;
	cacheRead: number;
	webSearches: number;
};

export type NaiveCount = {
	/** Lines that told usage. */
	lines: number;
	total: NaiveSum;
	days: Record<string, NaiveSum>;
	sessions: Record<string, NaiveSum>;
	projects: Record<string, NaiveSum>;
	models: Record<string, NaiveSum>;
	/** By start, ISO. `first` and `last` are ISO too. */
	blocks: Record<string, NaiveSum & { first: string; last: string }>;
};

/** A response as all its lines tell it. */
type Seen = NaiveSighting & { countedAt: number; everMain: boolean };

/** What is counted under one model: a response, or a part of one that is none itself. */
type Part = NaiveSum & { model: string; at: number; session: string; project: string };

/**
 * Counts transcripts the slow and plain way: every line of every file, parsed whole and held. UTC days. It knows the
 * rules for streaming, copies, side chains, progress lines, projects, blocks and damaged lines.
 *
 * @param projects a `projects` directory
 */
export function countNaively(projects: string): NaiveCount {
	const count = new RunningCount();
	count.see(projects);
	return count.sum();
}

/** The same over time: what was seen once counts, whatever became of its file. */
export class RunningCount {
	readonly #byKey = new Map<string, Seen>();
	readonly #sightings = new Map<string, NaiveSighting>();
	#lines = 0;

	/** Reads all transcripts there are now. */
	see(projects: string): void {
		for (const path of readdirSync(projects, { recursive: true, encoding: "utf8" }).sort()) {
			if (!path.endsWith(".jsonl")) continue;
			for (const seen of readNaively(readFileSync(join(projects, path)), path).sightings) this.#add(seen);
		}
	}

	#add(sighting: NaiveSighting): void {
		this.#lines++;
		this.#sightings.set(JSON.stringify(sighting), sighting);
		const seen = { ...sighting, countedAt: sighting.at, everMain: !sighting.sidechain };
		const known = this.#byKey.get(seen.key);
		this.#byKey.set(seen.key, known ? joined(known, seen) : seen);
	}

	sum(): NaiveCount {
		const projects = projectsOf([...this.#sightings.values()]);
		const counted = withoutReplays([...this.#byKey.values()]).flatMap((seen) =>
			partsOf(seen, projects.get(sessionIn(seen)) ?? seen.folder),
		);
		return {
			lines: this.#lines,
			total: sumOf(counted),
			days: group(counted, (part) => iso(part.at).slice(0, 10)),
			sessions: group(counted, (part) => part.session),
			projects: group(counted, (part) => part.project),
			models: group(counted, (part) => part.model),
			blocks: blocksOf(counted),
		};
	}
}

function joined(a: Seen, b: Seen): Seen {
	const larger = compare(sizeOf(a), sizeOf(b)) >= 0 ? a : b;
	const earlier = compare(rankOf(a), rankOf(b)) <= 0 ? a : b;
	const { at, session, folder, fork, progress, sidechain } = earlier;
	return { ...larger, at, session, folder, fork, progress, sidechain, everMain: a.everMain || b.everMain };
}

/** Ends with the content as text, which is greater or smaller in any order of reading, and means nothing else. */
function sizeOf(seen: Seen): unknown[] {
	const { model, input, cacheWrite5m, cacheWrite1h, cacheRead, webSearches } = seen;
	const extra = seen.extra.length === 0 ? null : seen.extra.map((part) => Object.values(part));
	const content = [model, input, cacheWrite5m, cacheWrite1h, cacheRead, webSearches, extra];
	return [seen.output, tokens(seen), seen.countedAt, JSON.stringify(content)];
}

function rankOf({ at, fork, progress, sidechain, session, folder }: Seen): unknown[] {
	return [at, fork, progress, sidechain, session, folder];
}

function withoutReplays(all: Seen[]): Seen[] {
	const place = ({ session, message }: Seen) => JSON.stringify([session, message]);
	const mains = new Set(all.filter((seen) => seen.everMain && seen.message !== "").map(place));
	return all.filter((seen) => seen.everMain || !mains.has(place(seen)));
}

/** The project of each session in a folder, where a line of the folder names a directory that says it. */
function projectsOf(sightings: NaiveSighting[]): Map<string, string> {
	const projects = new Map<string, string>();
	for (const [folder, inside] of Map.groupBy(sightings, (seen) => seen.folder)) {
		const named = inside
			.filter(({ cwd }) => cwd !== "")
			.sort((a, b) => compare([!a.main, a.at, a.cwd], [!b.main, b.at, b.cwd]));
		const matches = ({ cwd }: NaiveSighting) => cwd.replace(/[^A-Za-z0-9]/g, "-") === folder;
		const inFolder = named.find(matches);
		const sessions = Map.groupBy(named, sessionIn);
		for (const session of new Set(inside.map(sessionIn))) {
			const own = sessions.get(session) ?? [];
			const best = own.find(matches) ?? inFolder ?? own[0];
			if (best) projects.set(session, best.cwd);
		}
	}
	return projects;
}

function sessionIn({ folder, session }: NaiveSighting): string {
	return JSON.stringify([folder, session]);
}

function partsOf(seen: Seen, project: string): Part[] {
	const { at, session, webSearches } = seen;
	return [
		{ ...seen, project, webSearches, responses: 1 },
		...seen.extra.map((part) => ({ ...part, at, session, project, webSearches: 0, responses: 0 })),
	];
}

function blocksOf(counted: Part[]): NaiveCount["blocks"] {
	const hour = 3_600_000;
	const cut: Part[][] = [];
	for (const part of counted.toSorted((a, b) => a.at - b.at)) {
		const block = cut.at(-1);
		const start = Math.floor((block?.[0]?.at ?? 0) / hour) * hour;
		const last = block?.at(-1)?.at ?? 0;
		if (!block || part.at - start > 5 * hour || part.at - last > 5 * hour) cut.push([part]);
		else block.push(part);
	}
	return Object.fromEntries(
		cut.map((block) => {
			const first = block[0]?.at ?? 0;
			const start = iso(Math.floor(first / hour) * hour);
			return [start, { ...sumOf(block), first: iso(first), last: iso(block.at(-1)?.at ?? 0) }];
		}),
	);
}

function group(counted: Part[], by: (part: Part) => string): Record<string, NaiveSum> {
	const groups = Map.groupBy(counted, by);
	return Object.fromEntries([...groups].map(([name, own]) => [name, sumOf(own)]));
}

function sumOf(counted: NaiveSum[]): NaiveSum {
	const sum = (field: keyof NaiveSum) => counted.reduce((all, seen) => all + seen[field], 0);
	return {
		responses: sum("responses"),
		input: sum("input"),
		output: sum("output"),
		cacheWrite5m: sum("cacheWrite5m"),
		cacheWrite1h: sum("cacheWrite1h"),
		cacheRead: sum("cacheRead"),
		webSearches: sum("webSearches"),
	};
}

function tokens(seen: NaiveSighting): number {
	return seen.input + seen.output + seen.cacheWrite5m + seen.cacheWrite1h + seen.cacheRead;
}

function compare(a: unknown[], b: unknown[]): number {
	for (let i = 0; i < a.length; i++) {
		const [x, y] = [a[i], b[i]] as [number, number];
		if (x !== y) return x < y ? -1 : 1;
	}
	return 0;
}

function iso(at: number): string {
	return new Date(at).toISOString();
}
