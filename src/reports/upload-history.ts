import type { Reader } from "../ledger/database.ts";
import { DAY_MS, HOUR_MS } from "../usage/day.ts";

/** Which uploads are asked about: identifiers by kind, of one machine's name. */
export type UploadQuestion = {
	label: string;
	/** Days since 1970. */
	days: readonly number[];
	sessions: readonly string[];
	blocks: readonly string[];
};

/** Where a day begins last of all, it begins so much later than in UTC. */
const LAST_ZONE_MS = 12 * HOUR_MS;

/**
 * Uploads that need not come again because nothing about them can change: a day that was over everywhere when its total
 * came, a block that had ended, and whatever events tell more exactly. A session may always go on. The program before
 * took every upload it had once seen for final, and so kept each day as it was at its first hour.
 */
export async function findFinalUploads(
	db: Reader,
	user: number,
	{ label, days, sessions, blocks }: UploadQuestion,
): Promise<{ days: number[]; sessions: string[]; blocks: string[] }> {
	const [dayRows, sessionRows, blockRows] = await Promise.all([
		db.all<{ day: number }>(
			`select reported_days.day
		from json_each(?) as asked
		cross join reported_days on user = ? and label = ? and day = asked.value
		where superseded = 1 or received_at >= (day + 1) * ${DAY_MS} + ${LAST_ZONE_MS}
		order by reported_days.day`,
			[JSON.stringify(days), user, label],
		),
		db.all<{ session: string }>(
			`select reported_sessions.session
		from json_each(?) as asked
		cross join reported_sessions on user = ? and label = ? and session = asked.value
		where superseded = 1
		order by reported_sessions.session`,
			[JSON.stringify(sessions), user, label],
		),
		db.all<{ block: string }>(
			`select reported_blocks.block
		from json_each(?) as asked
		cross join reported_blocks on user = ? and label = ? and block = asked.value
		where superseded = 1 or received_at >= ended_at
		order by reported_blocks.block`,
			[JSON.stringify(blocks), user, label],
		),
	]);
	return {
		days: dayRows.map(({ day }) => day),
		sessions: sessionRows.map(({ session }) => session),
		blocks: blockRows.map(({ block }) => block),
	};
}
