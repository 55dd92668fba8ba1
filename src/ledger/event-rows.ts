import { type ExtraPart, UNKNOWN_MODEL, type UsageEvent } from "../usage/event.ts";
import type { Reader, Value } from "./database.ts";
import { readExtra, type StoredPart } from "./extra-parts.ts";

/** A response's own row in the ledger: the event, the numbers of its names, and what this ledger's prices say. */
export type EventRow = {
	/** Change number; also the row's id. */
	change: number;
	event: UsageEvent;
	names: EventNames;
	costs: Costs;
	/** A repetition inside a side chain: kept, but in no sum. */
	replay: boolean;
};

/** Numbers of names. `extra` has the models of the extra parts. */
export type EventNames = {
	session: number;
	folder: number | null;
	project: number;
	branch: number;
	agent: number | null;
	machine: number;
	version: number | null;
	model: number;
	extra: readonly number[];
};

/** What the extra parts of a response without any have. */
export const NO_EXTRA: readonly never[] = [];

/** Nano-dollars; null where the model has no price. */
export type Costs = { main: number | null; extra: readonly (number | null)[] };

export async function hasEvents(db: Reader, user: number): Promise<boolean> {
	return (await db.get("select 1 as found from events where user = ? limit 1", [user])) !== undefined;
}

/** The rows with these keys, in no order. */
export async function findEvents(db: Reader, user: number, keys: readonly string[]): Promise<EventRow[]> {
	if (keys.length === 0) return [];
	return selectEvents(
		db,
		"from json_each(?) as wanted cross join events as e on e.user = ? and e.key = wanted.value",
		[JSON.stringify(keys), user],
	);
}

/**
 * The rows that `from` names as `e`; every value of it comes as a parameter. Joins keep their order (`cross`): left to
 * itself the planner may begin with a small table of names and look at every event.
 */
export async function selectEvents(
	db: Reader,
	from: string,
	parameters: readonly Value[],
): Promise<EventRow[]> {
	const rows = await db.all<SelectedRow>(
		`select
			e.change, e.key, e.message, e.at,
			e.session as sessionId, s.name as session,
			e.folder as folderId, f.name as folder,
			e.project as projectId, p.name as project,
			e.branch as branchId, b.name as branch,
			e.agent as agentId, a.name as agent,
			e.machine as machineId, m.uuid as machine,
			e.version as versionId, v.name as version,
			e.model as modelId, o.name as model,
			e.fork, e.progress, e.sidechain, e.sidechain_only as sidechainOnly, e.replay,
			e.counted_after as countedAfter,
			e.input, e.output,
			e.cache_write_5m as cacheWrite5m, e.cache_write_1h as cacheWrite1h, e.cache_read as cacheRead,
			e.web_searches as webSearches,
			e.speed, e.geo, e.tier, e.reported, e.extra, e.cost,
			(
				select json_group_object(x.id, x.name)
				from json_each(e.extra) as part
				join models as x on x.id = part.value ->> 0
			) as extraModels
		${from}
		cross join sessions as s on s.id = e.session
		cross join projects as p on p.id = e.project
		cross join branches as b on b.id = e.branch
		cross join machines as m on m.id = e.machine
		cross join models as o on o.id = e.model
		left join folders as f on f.id = e.folder
		left join agents as a on a.id = e.agent
		left join versions as v on v.id = e.version`,
		parameters,
	);
	return rows.map(asEventRow);
}

type SelectedRow = {
	change: number;
	key: string;
	message: number | null;
	at: number;
	sessionId: number;
	session: string;
	folderId: number | null;
	folder: string | null;
	projectId: number;
	project: string;
	branchId: number;
	branch: string;
	agentId: number | null;
	agent: string | null;
	machineId: number;
	machine: string;
	versionId: number | null;
	version: string | null;
	modelId: number;
	model: string;
	fork: number;
	progress: number;
	sidechain: number;
	sidechainOnly: number;
	replay: number;
	countedAfter: number;
	input: number;
	output: number;
	cacheWrite5m: number;
	cacheWrite1h: number;
	cacheRead: number;
	webSearches: number;
	speed: string | null;
	geo: string | null;
	tier: string | null;
	reported: number | null;
	extra: string | null;
	extraModels: string | null;
	cost: number | null;
};

function asEventRow(row: SelectedRow): EventRow {
	const extra = readExtra(row.extra);
	const extraModels: Record<string, string> = JSON.parse(row.extraModels ?? "{}");
	return {
		change: row.change,
		replay: row.replay === 1,
		names: {
			session: row.sessionId,
			folder: row.folderId,
			project: row.projectId,
			branch: row.branchId,
			agent: row.agentId,
			machine: row.machineId,
			version: row.versionId,
			model: row.modelId,
			extra: extra.map((part) => part.model),
		},
		costs: { main: row.cost, extra: extra.map((part) => part.cost) },
		event: {
			key: row.key,
			message: row.message ?? undefined,
			sidechainOnly: row.sidechainOnly === 1,
			model: row.model,
			input: row.input,
			output: row.output,
			cacheWrite5m: row.cacheWrite5m,
			cacheWrite1h: row.cacheWrite1h,
			cacheRead: row.cacheRead,
			webSearches: row.webSearches,
			speed: row.speed ?? undefined,
			geo: row.geo ?? undefined,
			tier: row.tier ?? undefined,
			reportedNanoUsd: row.reported ?? undefined,
			extra: row.extra === null ? undefined : extra.map((part) => asExtraPart(part, extraModels)),
			countedAt: row.at + row.countedAfter,
			at: row.at,
			session: row.session,
			fork: row.fork === 1,
			progress: row.progress === 1,
			sidechain: row.sidechain === 1,
			project: row.project === "" ? undefined : row.project,
			folder: row.folder ?? undefined,
			branch: row.branch === "" ? undefined : row.branch,
			agent: row.agent ?? undefined,
			version: row.version ?? undefined,
			machine: row.machine,
		},
	};
}

function asExtraPart({ model, cost: _, ...counters }: StoredPart, names: Record<string, string>): ExtraPart {
	return { ...counters, model: names[model] ?? UNKNOWN_MODEL };
}
