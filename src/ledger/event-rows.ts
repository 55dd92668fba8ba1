import { type ExtraPart, UNKNOWN_MODEL, type UsageEvent } from "../usage/event.ts";
import type { Batch, Reader, Value } from "./database.ts";
import { extraText, readExtra, type StoredPart } from "./extra-parts.ts";

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

/** The rows with these keys, in no order. */
export async function findEvents(db: Reader, user: number, keys: readonly string[]): Promise<EventRow[]> {
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

/** Writes new rows. */
export function insertEvents(user: number, rows: readonly EventRow[]): Batch {
	const columns = ["change", "user", "key", ...WRITTEN];
	const places = columns.map(() => "?").join(", ");
	return {
		sql: `insert into events (${columns.join(", ")}) values (${places})`,
		rows: valuesOfNew(user, rows),
	};
}

/** Writes rows that changed, each found by its key, under its new change number. */
export function updateEvents(user: number, rows: readonly EventRow[]): Batch {
	const columns = ["change", ...WRITTEN].map((column) => `${column} = ?`);
	return {
		sql: `update events set ${columns.join(", ")} where user = ? and key = ?`,
		rows: rows.map((row) => {
			const values: Value[] = [row.change];
			putValues(row, values);
			return [...values, user, row.event.key];
		}),
	};
}

const WRITTEN = [
	"message",
	"at",
	"session",
	"folder",
	"project",
	"branch",
	"agent",
	"machine",
	"version",
	"fork",
	"progress",
	"sidechain",
	"sidechain_only",
	"replay",
	"model",
	"counted_after",
	"input",
	"output",
	"cache_write_5m",
	"cache_write_1h",
	"cache_read",
	"web_searches",
	"speed",
	"geo",
	"tier",
	"reported",
	"extra",
	"cost",
	"unpriced",
];

/** One list, filled again for each row: a first collect writes every response there is. */
function* valuesOfNew(user: number, rows: readonly EventRow[]): Generator<Value[]> {
	const values: Value[] = [];
	for (const row of rows) {
		values[0] = row.change;
		values[1] = user;
		values[2] = row.event.key;
		values.length = 3;
		putValues(row, values);
		yield values;
	}
}

function putValues({ event, names, costs, replay }: EventRow, values: Value[]): void {
	values.push(
		event.message ?? null,
		event.at,
		names.session,
		names.folder,
		names.project,
		names.branch,
		names.agent,
		names.machine,
		names.version,
		Number(event.fork),
		Number(event.progress),
		Number(event.sidechain),
		Number(event.sidechainOnly),
		Number(replay),
		names.model,
		event.countedAt - event.at,
		event.input,
		event.output,
		event.cacheWrite5m,
		event.cacheWrite1h,
		event.cacheRead,
		event.webSearches,
		event.speed ?? null,
		event.geo ?? null,
		event.tier ?? null,
		event.reportedNanoUsd ?? null,
		event.extra === undefined ? null : extraText(storedParts(event.extra, names.extra, costs.extra)),
		costs.main,
		countUnpriced(costs),
	);
}

function countUnpriced({ main, extra }: Costs): number {
	let unpriced = Number(main === null);
	for (const cost of extra) if (cost === null) unpriced++;
	return unpriced;
}

function storedParts(
	parts: readonly ExtraPart[],
	models: readonly number[],
	costs: Costs["extra"],
): StoredPart[] {
	return parts.map((part, i) => ({ ...part, model: models[i] ?? 0, cost: costs[i] ?? null }));
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
