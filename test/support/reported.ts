import type { Database } from "../../src/ledger/database.ts";
import { AT, HOUR, NOW } from "./ledger.ts";

type Cells = Record<string, string | number | bigint | null>;

/** What a reported total has unless told otherwise: 10 tokens for a tenth of a cent. */
const SUMS = { input: 1, output: 2, cache_write: 3, cache_read: 4, total: 10, cost: 1_000_000 };

/** Writes a day's total as if an old client had sent it; 2026-03-02 unless told otherwise. */
export function saveReportedDay(db: Database, user: number, part: Cells = {}): Promise<void> {
	return insert(db, "reported_days", {
		...usual(user),
		day: Math.floor(AT / 86_400_000),
		breakdowns: "[]",
		...part,
	});
}

/** Writes a session's total as if an old client had sent it: an hour from {@link AT} on. */
export function saveReportedSession(db: Database, user: number, part: Cells = {}): Promise<void> {
	return insert(db, "reported_sessions", {
		...usual(user),
		session: "old-session",
		project: "/home/ada/old",
		started_at: AT,
		ended_at: AT + HOUR,
		duration_minutes: 60,
		breakdowns: '[{"modelName":"cheap","cost":0.001}]',
		...part,
	});
}

/** Writes a block's total as if an old client had sent it: the one from {@link AT} on. */
export function saveReportedBlock(db: Database, user: number, part: Cells = {}): Promise<void> {
	return insert(db, "reported_blocks", {
		...usual(user),
		block: "old-block",
		started_at: AT,
		ended_at: AT + 5 * HOUR,
		actual_end: AT + HOUR,
		entries: 7,
		...part,
	});
}

function usual(user: number): Cells {
	return {
		user,
		label: "old",
		...SUMS,
		models: '["cheap"]',
		superseded: 0,
		source: "test",
		received_at: NOW,
	};
}

async function insert(db: Database, table: string, cells: Cells): Promise<void> {
	const names = Object.keys(cells);
	await db.run(
		`insert into ${table} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`,
		Object.values(cells),
	);
}
