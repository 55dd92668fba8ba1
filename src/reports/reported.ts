import type { Reader, Value } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { Exact } from "../usage/usage.ts";
import { type Asker, momentsOf } from "./source.ts";

/** A total that a client sent instead of events. `label`: its machine's name; `models` as they were sent. */
export type Reported = {
	label: string;
	input: Exact;
	output: Exact;
	cacheWrite: Exact;
	cacheRead: Exact;
	/** All tokens, as the client added them up. */
	total: Exact;
	costNanoUsd: Exact;
	models: string[];
};

/** `day`: a local day of the client. `breakdowns`: by model, as sent. */
export type ReportedDayRow = Reported & { day: number; breakdowns: unknown[] };

/** A session; times are epoch ms. `lastAt`: its end, or where none was told its start. `breakdowns`: by model, as sent. */
export type ReportedSessionRow = Reported & {
	session: string;
	project: string | null;
	startedAt: number;
	lastAt: number;
	minutes: number | null;
	breakdowns: unknown[];
};

/** A block; times are epoch ms. */
export type ReportedBlockRow = Reported & {
	block: string;
	start: number;
	end: number;
	lastAt: number | null;
	entries: number;
};

/** Which of the reported sessions, as a page of a list is asked for. */
export type ReportedSessionPage = {
	/** What the project's name holds, letter by letter. */
	projectPart?: string | undefined;
	/** The session after which the page begins. */
	after?: { lastAt: number; session: string; label: string } | undefined;
	limit?: number | undefined;
};

type Stored<Row extends Reported> = Omit<Row, "models" | "breakdowns"> & {
	models: string;
	breakdowns?: string;
};

const COUNTED = `
	label, input, output, cache_write as cacheWrite, cache_read as cacheRead, total, cost as costNanoUsd, models`;

/** The filter's days of machines that sent no events of that day, by day and label. */
export async function listReportedDays(
	db: Reader,
	{ id }: Asker,
	filter: UsageFilter,
): Promise<ReportedDayRow[]> {
	const { since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER } = filter;
	const named = labelledIn(filter);
	const rows = await db.all<Stored<ReportedDayRow>>(
		`select day, ${COUNTED}, breakdowns
		from reported_days
		where user = ? and superseded = 0 and day between ? and ? ${named.sql}
		order by day, label`,
		[id, since, until, ...named.parameters],
	);
	return rows.map(readLists);
}

/** Sessions no event of which is known, those that ended in the filter's days, the latest first. */
export async function listReportedSessions(
	db: Reader,
	{ id }: Asker,
	filter: UsageFilter,
	{ projectPart = "", after, limit = Number.MAX_SAFE_INTEGER }: ReportedSessionPage = {},
): Promise<ReportedSessionRow[]> {
	const { from, before } = momentsOf(filter);
	const named = labelledIn(filter);
	const last = after?.lastAt ?? Number.MAX_SAFE_INTEGER;
	const rows = await db.all<Stored<ReportedSessionRow>>(
		`select
			session, project, started_at as startedAt, ifnull(ended_at, started_at) as lastAt,
			duration_minutes as minutes, ${COUNTED}, breakdowns
		from reported_sessions
		where user = ? and superseded = 0
			and ifnull(ended_at, started_at) >= ? and ifnull(ended_at, started_at) < ?
			and ifnull(ended_at, started_at) <= ?
			and (ifnull(ended_at, started_at) < ? or (session, label) > (?, ?))
			and (? = '' or instr(project, ?) > 0) ${named.sql}
		order by lastAt desc, session, label
		limit ?`,
		[
			id,
			from,
			before,
			last,
			last,
			after?.session ?? "",
			after?.label ?? "",
			projectPart,
			projectPart,
			...named.parameters,
			limit,
		],
	);
	return rows.map(readLists);
}

/** Blocks in which their machine sent no event, those that began in the filter's days, the latest first. */
export async function listReportedBlocks(
	db: Reader,
	{ id }: Asker,
	filter: UsageFilter,
): Promise<ReportedBlockRow[]> {
	const { from, before } = momentsOf(filter);
	const named = labelledIn(filter);
	const rows = await db.all<Stored<ReportedBlockRow>>(
		`select
			block, started_at as start, ended_at as end, actual_end as lastAt, entries, ${COUNTED}
		from reported_blocks
		where user = ? and superseded = 0 and started_at >= ? and started_at < ? ${named.sql}
		order by started_at desc, label, block`,
		[id, from, before, ...named.parameters],
	);
	return rows.map(readLists);
}

/** What was reported under the name of a machine, by that name. `lastSeen`: when it came, epoch ms. */
export type ReportedMachineRow = {
	label: string;
	days: number;
	firstDay: number;
	lastDay: number;
	costNanoUsd: Exact;
	lastSeen: number;
};

/** Names of machines under which there are days that no event is known of. */
export async function listReportedMachines(db: Reader, { id }: Asker): Promise<ReportedMachineRow[]> {
	return db.all<ReportedMachineRow>(
		`select
			label, count(*) as days, min(day) as firstDay, max(day) as lastDay,
			sum(cost) as costNanoUsd, max(received_at) as lastSeen
		from reported_days
		where user = ? and superseded = 0
		group by label
		order by label`,
		[id],
	);
}

/** What is reported has a label and no UUID. */
function labelledIn({ machine }: UsageFilter): { sql: string; parameters: Value[] } {
	if (!machine) return { sql: "", parameters: [] };
	const { only, not } = machine;
	return {
		sql: `and (? = 0 or label in (select value from json_each(?)))
			and label not in (select value from json_each(?))`,
		parameters: [only.length, JSON.stringify(only), JSON.stringify(not)],
	};
}

function readLists<Row extends Reported>(stored: Stored<Row>): Row {
	const { models, breakdowns, ...row } = stored;
	return {
		...row,
		models: JSON.parse(models),
		...(breakdowns !== undefined && { breakdowns: JSON.parse(breakdowns) }),
	} as unknown as Row;
}
