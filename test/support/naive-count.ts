import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

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

type Json = Record<string, unknown>;

type Seen = NaiveSum & {
	model: string;
	at: number;
	countedAt: number;
	session: string;
	project: string;
	sidechain: boolean;
	everMain: boolean;
	message: string;
	rank: unknown[];
	folder: string;
};

/**
 * Counts transcripts the slow and plain way: every line of every file, parsed whole and held. UTC days. It knows the
 * rules for streaming, copies, side chains, progress lines, projects and blocks, and nothing of damaged lines.
 *
 * @param projects a `projects` directory
 */
export function countNaively(projects: string): NaiveCount {
	const byKey = new Map<string, Seen>();
	const cwds: { folder: string; session: string; cwd: string; main: number; at: number }[] = [];
	let lines = 0;
	for (const path of readdirSync(projects, { recursive: true, encoding: "utf8" }).sort()) {
		if (!path.endsWith(".jsonl")) continue;
		const folder = path.split("/")[0] ?? "";
		const isMain = !path.includes("subagents") && !basename(path).startsWith("agent-");
		for (const text of readFileSync(join(projects, path), "utf8").split("\n")) {
			const seen = readLine(text, path, folder);
			if (!seen) continue;
			lines++;
			if (seen.cwd)
				cwds.push({ folder, session: seen.session, cwd: seen.cwd, main: isMain ? 0 : 1, at: seen.at });
			const known = byKey.get(seen.key);
			byKey.set(seen.key, known ? join2(known, seen) : seen);
		}
	}
	const counted = withoutReplays([...byKey.values()]);
	for (const seen of counted) seen.project = projectOf(seen, cwds);
	return {
		lines,
		total: sumOf(counted),
		days: group(counted, (seen) => iso(seen.at).slice(0, 10)),
		sessions: group(counted, (seen) => seen.session),
		projects: group(counted, (seen) => seen.project),
		models: group(counted, (seen) => seen.model),
		blocks: blocksOf(counted),
	};
}

function readLine(
	text: string,
	path: string,
	folder: string,
): (Seen & { key: string; cwd: string }) | undefined {
	let line: Json;
	try {
		line = JSON.parse(text) as Json;
	} catch {
		return undefined;
	}
	const data = line.data as Json | undefined;
	const isProgress = line.type === "progress" && data?.type === "agent_progress";
	const record = isProgress ? (data?.message as Json) : line;
	if (record?.type !== "assistant") return undefined;
	const message = record.message as Json;
	const usage = message?.usage as Json | undefined;
	if (typeof usage !== "object" || message.model === "<synthetic>") return undefined;
	const split = (usage.cache_creation ?? {}) as Json;
	const oneHour = number(split.ephemeral_1h_input_tokens);
	const fiveMinutes = number(split.ephemeral_5m_input_tokens);
	const written = Math.max(number(usage.cache_creation_input_tokens), fiveMinutes + oneHour);
	const session = String(line.sessionId ?? basename(path, ".jsonl"));
	const at = Date.parse(String(record.timestamp));
	const sidechain = isProgress ? record.isSidechain !== false : record.isSidechain === true;
	const id = String(message.id);
	return {
		key: record.requestId ? `${id} ${record.requestId}` : `${session} ${id}`,
		cwd: String(line.cwd ?? ""),
		responses: 1,
		input: number(usage.input_tokens),
		output: number(usage.output_tokens),
		cacheWrite5m: written - oneHour,
		cacheWrite1h: oneHour,
		cacheRead: number(usage.cache_read_input_tokens),
		webSearches: number((usage.server_tool_use as Json | undefined)?.web_search_requests),
		model: String(message.model),
		at,
		countedAt: at,
		session,
		project: "",
		sidechain,
		everMain: !sidechain,
		message: id,
		rank: [at, line.forkedFrom ? 1 : 0, isProgress ? 1 : 0, sidechain ? 1 : 0, session, folder],
		folder,
	};
}

function join2(a: Seen, b: Seen): Seen {
	const larger = compare([a.output, tokens(a), a.countedAt], [b.output, tokens(b), b.countedAt]) >= 0 ? a : b;
	const earlier = compare(a.rank, b.rank) <= 0 ? a : b;
	const { at, session, folder, sidechain, rank } = earlier;
	return { ...larger, at, session, folder, sidechain, rank, everMain: a.everMain || b.everMain };
}

function withoutReplays(all: Seen[]): Seen[] {
	const mains = new Set(all.filter((seen) => seen.everMain).map((seen) => `${seen.session} ${seen.message}`));
	return all.filter((seen) => seen.everMain || !mains.has(`${seen.session} ${seen.message}`));
}

function projectOf(
	{ folder, session }: Seen,
	cwds: { folder: string; session: string; cwd: string; main: number; at: number }[],
): string {
	const here = cwds
		.filter((seen) => seen.folder === folder)
		.sort((a, b) => compare([a.main, a.at, a.cwd], [b.main, b.at, b.cwd]));
	const matches = (cwd: string) => cwd.replace(/[^A-Za-z0-9]/g, "-") === folder;
	const own = here.filter((seen) => seen.session === session);
	const best = own.find(({ cwd }) => matches(cwd)) ?? here.find(({ cwd }) => matches(cwd)) ?? own[0];
	return best?.cwd ?? folder;
}

function blocksOf(counted: Seen[]): NaiveCount["blocks"] {
	const hour = 3_600_000;
	const cut: Seen[][] = [];
	for (const seen of counted.toSorted((a, b) => a.at - b.at)) {
		const block = cut.at(-1);
		const start = Math.floor((block?.[0]?.at ?? 0) / hour) * hour;
		const last = block?.at(-1)?.at ?? 0;
		if (!block || seen.at - start > 5 * hour || seen.at - last > 5 * hour) cut.push([seen]);
		else block.push(seen);
	}
	return Object.fromEntries(
		cut.map((block) => {
			const first = block[0]?.at ?? 0;
			const start = iso(Math.floor(first / hour) * hour);
			return [start, { ...sumOf(block), first: iso(first), last: iso(block.at(-1)?.at ?? 0) }];
		}),
	);
}

function group(counted: Seen[], by: (seen: Seen) => string): Record<string, NaiveSum> {
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

function tokens(seen: NaiveSum): number {
	return seen.input + seen.output + seen.cacheWrite5m + seen.cacheWrite1h + seen.cacheRead;
}

function compare(a: unknown[], b: unknown[]): number {
	for (let i = 0; i < a.length; i++) {
		const [x, y] = [a[i], b[i]] as [number, number];
		if (x !== y) return x < y ? -1 : 1;
	}
	return 0;
}

function number(value: unknown): number {
	return typeof value === "number" ? value : 0;
}

function iso(at: number): string {
	return new Date(at).toISOString();
}
