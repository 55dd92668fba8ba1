import type { Transaction, Value } from "./database.ts";
import { supersedeBlocks, supersedeDays, supersedeSessions } from "./superseding.ts";
import { raiseRevision } from "./users.ts";

/** What a client counted itself. `label`: its machine's name; `total`: all tokens as it added them up. */
type Counted = {
	label: string;
	input: number;
	output: number;
	cacheWrite: number;
	cacheRead: number;
	total: number;
	costNanoUsd: number;
	models: readonly string[];
};

/** A day's total; `day` is the client's local day. */
export type ReportedDay = Counted & { day: number; breakdowns: readonly unknown[] };

/** A session's total. Times are epoch ms. */
export type ReportedSession = Counted & {
	session: string;
	project: string | null;
	startedAt: number;
	endedAt: number | null;
	durationMinutes: number | null;
	breakdowns: readonly unknown[];
};

/** A block's total. Times are epoch ms. */
export type ReportedBlock = Counted & {
	block: string;
	startedAt: number;
	endedAt: number;
	actualEnd: number | null;
	entries: number;
};

/** What sent them, and when they came, epoch ms. */
export type ReportSource = { source: string; now: number };

/** Keeps days' totals. One that is there is replaced as a whole, unless it is of more tokens: then less is left to read. */
export async function saveReportedDays(
	tx: Transaction,
	user: number,
	days: readonly ReportedDay[],
	from: ReportSource,
): Promise<void> {
	const rows = days.map((day) => ({
		...countedColumns(user, day, from),
		day: day.day,
		breakdowns: JSON.stringify(day.breakdowns),
	}));
	await saveAll(tx, "reported_days", ["user", "label", "day"], rows);
	await supersedeDays(
		tx,
		user,
		days.map(({ label, day }) => [label, day]),
	);
	await raiseRevision(tx, user);
}

/** The same for sessions. */
export async function saveReportedSessions(
	tx: Transaction,
	user: number,
	sessions: readonly ReportedSession[],
	from: ReportSource,
): Promise<void> {
	const rows = sessions.map((session) => ({
		...countedColumns(user, session, from),
		session: session.session,
		project: session.project,
		started_at: session.startedAt,
		ended_at: session.endedAt,
		duration_minutes: session.durationMinutes,
		breakdowns: JSON.stringify(session.breakdowns),
	}));
	await saveAll(tx, "reported_sessions", ["user", "label", "session"], rows);
	await supersedeSessions(
		tx,
		user,
		sessions.map(({ session }) => session),
	);
	await raiseRevision(tx, user);
}

/** The same for blocks. */
export async function saveReportedBlocks(
	tx: Transaction,
	user: number,
	blocks: readonly ReportedBlock[],
	from: ReportSource,
): Promise<void> {
	const rows = blocks.map((block) => ({
		...countedColumns(user, block, from),
		block: block.block,
		started_at: block.startedAt,
		ended_at: block.endedAt,
		actual_end: block.actualEnd,
		entries: block.entries,
	}));
	await saveAll(tx, "reported_blocks", ["user", "label", "block"], rows);
	// A block touches the quarter of an hour that it begins in.
	await supersedeBlocks(
		tx,
		user,
		blocks.map(({ label, startedAt }) => [label, startedAt]),
	);
	await raiseRevision(tx, user);
}

type Columns = Record<string, Value>;

function countedColumns(user: number, counted: Counted, { source, now }: ReportSource): Columns {
	return {
		user,
		label: counted.label,
		input: counted.input,
		output: counted.output,
		cache_write: counted.cacheWrite,
		cache_read: counted.cacheRead,
		total: counted.total,
		cost: counted.costNanoUsd,
		models: JSON.stringify(counted.models),
		superseded: 0,
		source,
		received_at: now,
	};
}

async function saveAll(
	tx: Transaction,
	table: string,
	key: readonly string[],
	rows: readonly Columns[],
): Promise<void> {
	const [first] = rows;
	if (!first) return;
	const columns = Object.keys(first);
	const changed = columns.filter((column) => !key.includes(column));
	await tx.batch([
		{
			sql: `insert into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})
				on conflict (${key.join(", ")}) do update set
				${changed.map((column) => `${column} = excluded.${column}`).join(", ")}
				where excluded.total >= ${table}.total`,
			rows: rows.map((row) => columns.map((column) => row[column] ?? null)),
		},
	]);
}
