import { utcDay } from "../usage/day.ts";
import type { TotalKind } from "../usage/granularity.ts";
import type { ReportedBlock, ReportedDay, ReportedSession } from "../usage/reported-total.ts";
import type { Reader, Value } from "./database.ts";
import type { ImportedFrom, Totals } from "./import-totals.ts";
import { REPORTED_TABLES } from "./reported-tables.ts";

/** What totals that were imported come from. */
export const IMPORT_SOURCES = ["ccusage", "predecessor"] as const;

export type ImportSource = (typeof IMPORT_SOURCES)[number];

type Stored<Row extends { models: unknown }> = Omit<Row, "models" | "breakdowns" | "machines"> & {
	models: string;
	breakdowns: string;
	machines: string;
};

/** UUIDs of the machines whose own a total of `reported` is. */
const MACHINES = `(
	select json_group_array(s.machine) from reported_senders as s where s.user = reported.user and s.label = reported.label
) as machines`;

const COUNTED = `label, input, output, cache_write as cacheWrite, cache_read as cacheRead, total,
	cost as costNanoUsd, models, ${MACHINES}`;

/**
 * Imported totals that count.
 *
 * @param since older ones are left out, epoch ms
 */
export async function listImportedTotals(db: Reader, user: number, since: number): Promise<Totals> {
	const imported = "user = ? and superseded = 0 and source in (select value from json_each(?))";
	const parameters: Value[] = [user, JSON.stringify(IMPORT_SOURCES)];
	const [days, sessions, blocks] = await Promise.all([
		db.all<Stored<ReportedDay>>(
			`select day, ${COUNTED}, breakdowns
			from reported_days as reported where ${imported} and day >= ? order by day, label`,
			[...parameters, utcDay(since)],
		),
		db.all<Stored<ReportedSession>>(
			`select session, project, started_at as startedAt, ended_at as endedAt,
				duration_minutes as durationMinutes, ${COUNTED}, breakdowns
			from reported_sessions as reported where ${imported} and started_at >= ? order by started_at, session, label`,
			[...parameters, since],
		),
		db.all<Stored<ReportedBlock>>(
			`select block, started_at as startedAt, ended_at as endedAt, actual_end as actualEnd, entries,
				${COUNTED}, '[]' as breakdowns
			from reported_blocks as reported where ${imported} and started_at >= ? order by started_at, block, label`,
			[...parameters, since],
		),
	]);
	return {
		days: days.map(readLists),
		sessions: sessions.map(readLists),
		blocks: blocks.map(readLists).map(({ breakdowns, ...row }) => row),
	};
}

/** An imported total that an account has. `name`: a day's number, a session or a block. */
export type SentImport = {
	label: string;
	name: string | number;
	total: number;
	costNanoUsd: number;
	machines: string[];
};

/**
 * What an account has of what was imported from one program, of one machine or of all.
 *
 * @param target number of the account among those that usage goes to
 */
export async function listSentImports(
	db: Reader,
	user: number,
	target: number,
	{ source, label }: ImportedFrom,
): Promise<Record<TotalKind, SentImport[]>> {
	const list = async (kind: TotalKind) => {
		const { table, id } = REPORTED_TABLES[kind];
		const rows = await db.all<Omit<SentImport, "machines"> & { machines: string }>(
			`select reported.label, reported.${id} as name, reported.total, reported.cost as costNanoUsd, ${MACHINES}
			from ${table} as reported
			join sent_totals as sent
				on sent.target = ? and sent.kind = ? and sent.label = reported.label
				and sent.name = cast(reported.${id} as text) and sent.refused = 0
			where reported.user = ? and reported.source = ? and (? is null or reported.label = ?)
			order by reported.label, reported.${id}`,
			[target, `imported ${kind}`, user, source, label ?? null, label ?? null],
		);
		return rows.map((row) => ({ ...row, machines: JSON.parse(row.machines) }));
	};
	return {
		daily: await list("daily"),
		session: await list("session"),
		blocks: await list("blocks"),
	};
}

/**
 * Machines of which the same days were imported before, under another name than they have now.
 *
 * @returns how many days they have that tell the very same and count
 */
export async function listTwins(
	db: Reader,
	user: number,
	days: readonly ReportedDay[],
): Promise<{ label: string; days: number }[]> {
	const known = await db.all<Pick<ReportedDay, "label" | "day" | "total" | "costNanoUsd">>(
		`select label, day, total, cost as costNanoUsd
		from reported_days
		where user = ? and superseded = 0 and source in (select value from json_each(?))
		order by label, day`,
		[user, JSON.stringify(IMPORT_SOURCES)],
	);
	const whatOf = ({ day, total, costNanoUsd }: (typeof known)[number]) => `${day} ${total} ${costNanoUsd}`;
	const labels = Map.groupBy(days, whatOf);
	const twins = known.filter((one) => labels.get(whatOf(one))?.every(({ label }) => label !== one.label));
	const byLabel = Map.groupBy(twins, ({ label }) => label);
	return [...byLabel].map(([label, { length }]) => ({ label, days: length }));
}

function readLists<Row extends { models: string; breakdowns: string; machines: string }>(row: Row) {
	return {
		...row,
		models: JSON.parse(row.models),
		breakdowns: JSON.parse(row.breakdowns),
		machines: JSON.parse(row.machines),
	};
}
