import type { Reader, Value } from "../ledger/database.ts";
import type { Exact } from "../usage/usage.ts";

/** Everything that is kept of a response, with names for their numbers. Times are epoch ms, costs nano-dollars. */
export type OwnEventRow = {
	key: string;
	message: number | null;
	at: number;
	countedAfter: number;
	session: string;
	folder: string | null;
	project: string;
	branch: string;
	agent: string | null;
	machine: string;
	version: string | null;
	fork: number;
	progress: number;
	sidechain: number;
	sidechainOnly: number;
	replay: number;
	model: string;
	input: number;
	output: number;
	cacheWrite5m: number;
	cacheWrite1h: number;
	cacheRead: number;
	webSearches: number;
	speed: string | null;
	geo: string | null;
	tier: string | null;
	reported: Exact | null;
	cost: Exact | null;
	/** JSON: a list of objects. */
	extra: string;
};

/**
 * A person's responses in order of their keys, which never change: whoever goes through them page by page meets each one
 * once, whatever becomes of them meanwhile.
 *
 * @param after the last key that was had; empty at the beginning
 */
export async function listOwnEvents(
	db: Reader,
	user: number,
	after: string,
	limit: number,
): Promise<OwnEventRow[]> {
	return db.all<OwnEventRow>(
		`select
			e.key, e.message, e.at, e.counted_after as countedAfter,
			s.name as session, f.name as folder, p.name as project, b.name as branch, a.name as agent,
			m.uuid as machine, v.name as version,
			e.fork, e.progress, e.sidechain, e.sidechain_only as sidechainOnly, e.replay,
			o.name as model, e.input, e.output,
			e.cache_write_5m as cacheWrite5m, e.cache_write_1h as cacheWrite1h, e.cache_read as cacheRead,
			e.web_searches as webSearches, e.speed, e.geo, e.tier, e.reported, e.cost,
			(
				select json_group_array(json(part))
				from (
					select json_object(
						'model', x.name, 'input', t.value ->> 1, 'output', t.value ->> 2,
						'cacheWrite5m', t.value ->> 3, 'cacheWrite1h', t.value ->> 4, 'cacheRead', t.value ->> 5,
						'costNanoUsd', t.value ->> 6
					) as part
					from json_each(e.extra) as t
					cross join models as x on x.id = t.value ->> 0
					order by t.key
				)
			) as extra
		from (select * from events where user = ? and key > ? order by key limit ?) as e
		cross join sessions as s on s.id = e.session
		cross join projects as p on p.id = e.project
		cross join branches as b on b.id = e.branch
		cross join machines as m on m.id = e.machine
		cross join models as o on o.id = e.model
		left join folders as f on f.id = e.folder
		left join agents as a on a.id = e.agent
		left join versions as v on v.id = e.version
		order by e.key`,
		[user, after, limit],
	);
}

/** Usage of a quarter of an hour; `slot`: quarters since 1970. */
export type OwnSlotRow = {
	slot: number;
	machineId: number;
	projectId: number;
	modelId: number;
	machine: string;
	project: string;
	model: string;
	input: Exact;
	output: Exact;
	cacheWrite5m: Exact;
	cacheWrite1h: Exact;
	cacheRead: Exact;
	webSearches: Exact;
	cost: Exact;
	responses: number;
	unpriced: number;
};

/**
 * Sums of what came before a moment, by quarter of an hour: what is left of responses that are not kept any more.
 *
 * @param before epoch ms
 * @param after the last row that was had
 */
export async function listOwnSlots(
	db: Reader,
	user: number,
	before: number,
	after: OwnSlotRow | undefined,
	limit: number,
): Promise<OwnSlotRow[]> {
	const place = after
		? [after.slot, after.machineId, after.projectId, after.modelId]
		: [Number.MIN_SAFE_INTEGER, 0, 0, 0];
	return db.all<OwnSlotRow>(
		`select
			u.slot, u.machine as machineId, u.project as projectId, u.model as modelId,
			m.uuid as machine, p.name as project, o.name as model,
			u.input, u.output, u.cache_write_5m as cacheWrite5m, u.cache_write_1h as cacheWrite1h,
			u.cache_read as cacheRead, u.web_searches as webSearches, u.cost, u.responses, u.unpriced
		from (
			select *
			from usage_slots
			where user = ? and slot < ? and (slot, machine, project, model) > (?, ?, ?, ?)
			order by slot, machine, project, model
			limit ?
		) as u
		cross join machines as m on m.id = u.machine
		cross join projects as p on p.id = u.project
		cross join models as o on o.id = u.model
		order by u.slot, u.machine, u.project, u.model`,
		[user, Math.ceil(before / 900_000), ...place, limit],
	);
}

/** A row as it stands in its table, but for whose it is. */
export type KeptRow = Record<string, Value>;

const REPORTED = {
	reported_days: { id: "day", first: Number.MIN_SAFE_INTEGER },
	reported_sessions: { id: "session", first: "" },
	reported_blocks: { id: "block", first: "" },
} as const;

export type ReportedTable = keyof typeof REPORTED;

/** Totals that were reported in place of responses, by label and day, session or block. `after`: as {@link listOwnSlots}. */
export async function listOwnReported(
	db: Reader,
	user: number,
	table: ReportedTable,
	after: KeptRow | undefined,
	limit: number,
): Promise<KeptRow[]> {
	const { id, first } = REPORTED[table];
	const rows = await db.all<KeptRow>(
		`select * from ${table} where user = ? and (label, ${id}) > (?, ?) order by label, ${id} limit ?`,
		[user, after?.label ?? "", after?.[id] ?? first, limit],
	);
	return rows.map(withoutUser);
}

/** What a person settled, as it stands in its table. */
export async function findOwnPreferences(db: Reader, user: number): Promise<KeptRow> {
	// Whatever else people may settle one day belongs to them too.
	const found = await db.get<KeptRow>("select * from preferences where user = ?", [user]);
	return found ? withoutUser(found) : {};
}

/** Reports that were or are to be mailed, the oldest first. `after`: as {@link listOwnSlots}. */
export async function listOwnMails(
	db: Reader,
	user: number,
	after: KeptRow | undefined,
	limit: number,
): Promise<KeptRow[]> {
	const rows = await db.all<KeptRow>("select * from mails where user = ? and id > ? order by id limit ?", [
		user,
		after?.id ?? 0,
		limit,
	]);
	return rows.map(withoutUser);
}

function withoutUser({ user: _, ...row }: KeptRow): KeptRow {
	return row;
}
