import type { Reader } from "../ledger/database.ts";
import type { Exact, Usage } from "../usage/usage.ts";
import { addExact, NO_USAGE } from "../usage/usage.ts";
import type { Asker } from "./source.ts";

/** The lane of responses of the main line, and of side chains whose agent is not known. */
export const MAIN_LANE = "";
export const SIDE_LANE = "side chain";

/** A response of a session. Its usage has the extra parts in it, its prompt has not. */
export type ResponseRow = {
	key: string;
	/** Epoch ms. */
	at: number;
	model: string;
	/** {@link MAIN_LANE}, {@link SIDE_LANE} or an agent's id. */
	lane: string;
	branch: string;
	/** Claude Code's; empty where none was known. */
	version: string;
	/** It was copied from another session, of which nothing else is known. */
	isFork: boolean;
	/** It repeats a response of the main line: it is stored and counts nowhere. */
	isReplay: boolean;
	usage: Usage;
	prompt: { input: number; cacheWrite5m: number; cacheWrite1h: number; cacheRead: number };
};

type Stored = {
	key: string;
	at: number;
	model: string;
	agent: string | null;
	branch: string;
	version: string | null;
	fork: number;
	sidechainOnly: number;
	replay: number;
	input: number;
	output: number;
	cacheWrite5m: number;
	cacheWrite1h: number;
	cacheRead: number;
	webSearches: number;
	cost: Exact | null;
	unpriced: number;
	extra: string | null;
};

/** Everything that is stored of a session, by time, then by key; nothing where the person has no such session. */
export async function listResponses(db: Reader, { id }: Asker, session: string): Promise<ResponseRow[]> {
	const rows = await db.all<Stored>(
		`select
			e.key, e.at, models.name as model, agents.name as agent, branches.name as branch,
			versions.name as version, e.fork, e.sidechain_only as sidechainOnly, e.replay,
			e.input, e.output, e.cache_write_5m as cacheWrite5m, e.cache_write_1h as cacheWrite1h,
			e.cache_read as cacheRead, e.web_searches as webSearches, e.cost, e.unpriced, e.extra
		from sessions
		cross join events as e on e.session = sessions.id
		join models on models.id = e.model
		join branches on branches.id = e.branch
		left join agents on agents.id = e.agent
		left join versions on versions.id = e.version
		where sessions.user = ? and sessions.name = ?
		order by e.at, e.key`,
		[id, session],
	);
	return rows.map(asResponse);
}

function asResponse(row: Stored): ResponseRow {
	const { input, cacheWrite5m, cacheWrite1h, cacheRead } = row;
	const isSide = row.agent === null && row.sidechainOnly === 1;
	return {
		key: row.key,
		at: row.at,
		model: row.model,
		lane: row.agent ?? (isSide ? SIDE_LANE : MAIN_LANE),
		branch: row.branch,
		version: row.version ?? "",
		isFork: row.fork === 1,
		isReplay: row.replay === 1,
		usage: usageOf(row),
		prompt: { input, cacheWrite5m, cacheWrite1h, cacheRead },
	};
}

/** A stored extra part: its model's number, its five counters and its cost. */
type ExtraTuple = [number, number, number, number, number, number, number | null];

function usageOf(row: Stored): Usage {
	let usage: Usage = {
		...NO_USAGE,
		input: row.input,
		output: row.output,
		cacheWrite5m: row.cacheWrite5m,
		cacheWrite1h: row.cacheWrite1h,
		cacheRead: row.cacheRead,
		webSearches: row.webSearches,
		costNanoUsd: row.cost ?? 0,
		responses: 1,
		unpriced: row.unpriced,
	};
	if (row.extra === null) return usage;
	for (const [, input, output, write5m, write1h, read, cost] of JSON.parse(row.extra) as ExtraTuple[]) {
		usage = {
			...usage,
			input: addExact(usage.input, input),
			output: addExact(usage.output, output),
			cacheWrite5m: addExact(usage.cacheWrite5m, write5m),
			cacheWrite1h: addExact(usage.cacheWrite1h, write1h),
			cacheRead: addExact(usage.cacheRead, read),
			costNanoUsd: addExact(usage.costNanoUsd, cost ?? 0),
		};
	}
	return usage;
}
