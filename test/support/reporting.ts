import { saveReportedBlocks, saveReportedDays, saveReportedSessions } from "../../src/ledger/reported.ts";
import { parseDay } from "../../src/usage/day.ts";
import type { ReportedBlock, ReportedDay, ReportedSession } from "../../src/usage/reported-total.ts";
import { AT, HOUR, NOW, type TestLedger } from "./ledger.ts";

const FROM = { source: "test", now: NOW };
export const TODAY = parseDay("2026-03-02") ?? 0;

const counted = (total: number, label = "laptop") => ({
	label,
	input: total,
	output: 0,
	cacheWrite: 0,
	cacheRead: 0,
	total,
	costNanoUsd: total,
	models: ["cheap"],
});
export const day = (total: number, part: Partial<ReportedDay> = {}): ReportedDay => ({
	...counted(total),
	day: TODAY,
	breakdowns: [],
	...part,
});
export const session = (total: number, part: Partial<ReportedSession> = {}): ReportedSession => ({
	...counted(total),
	session: "s1",
	project: null,
	startedAt: AT,
	endedAt: AT,
	durationMinutes: null,
	breakdowns: [],
	...part,
});
export const block = (total: number, part: Partial<ReportedBlock> = {}): ReportedBlock => ({
	...counted(total),
	block: "b1",
	startedAt: AT,
	endedAt: AT + 5 * HOUR,
	actualEnd: null,
	entries: 1,
	...part,
});

export const saveDays = ({ db, user }: TestLedger, ...days: ReportedDay[]) =>
	db.transaction((tx) => saveReportedDays(tx, user.id, days, FROM));
export const saveSessions = ({ db, user }: TestLedger, ...sessions: ReportedSession[]) =>
	db.transaction((tx) => saveReportedSessions(tx, user.id, sessions, FROM));
export const saveBlocks = ({ db, user }: TestLedger, ...blocks: ReportedBlock[]) =>
	db.transaction((tx) => saveReportedBlocks(tx, user.id, blocks, FROM));

/** What counts of what was reported, as `kind label id`, with its total. */
export async function counting({ db, user }: TestLedger): Promise<string[]> {
	const rows = await db.all<{ row: string }>(
		`select 'day ' || label || ' ' || date(day * 86400, 'unixepoch') || ': ' || total as row
		from reported_days where user = ? and superseded = 0
		union all
		select 'session ' || label || ' ' || session || ': ' || total
		from reported_sessions where user = ? and superseded = 0
		union all
		select 'block ' || label || ' ' || block || ': ' || total
		from reported_blocks where user = ? and superseded = 0
		order by row`,
		[user.id, user.id, user.id],
	);
	return rows.map(({ row }) => row);
}
