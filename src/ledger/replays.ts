import type { Transaction, Value } from "./database.ts";
import { type EventRow, selectEvents } from "./event-rows.ts";

/**
 * Marks what only repeats. Claude Code copies a parent's responses into some side chains under new request ids: where
 * one message of a session has a key with a line outside side chains, its keys that are side chains alone are replays.
 *
 * @param rows events that came or changed, and what they were
 * @returns rows of the ledger, as they stood, whose mark has been turned over
 */
export async function settleReplays(tx: Transaction, rows: Iterable<EventRow>): Promise<EventRow[]> {
	const groups = new Map<string, Value[]>();
	for (const { event, names } of rows) {
		if (event.message !== undefined)
			groups.set(`${names.session} ${event.message}`, [names.session, event.message]);
	}
	const members = await selectEvents(
		tx,
		`from (
			select e.session, e.message
			from json_each(?) as wanted
			cross join events as e on e.session = wanted.value ->> 0 and e.message = wanted.value ->> 1
			group by e.session, e.message
			having max(e.replay) = 1 or min(e.sidechain_only) <> max(e.sidechain_only)
		) as mixed
		cross join events as e on e.session = mixed.session and e.message = mixed.message`,
		[JSON.stringify([...groups.values()])],
	);
	const inMainLine = new Set<string>();
	for (const row of members) if (!row.event.sidechainOnly) inMainLine.add(groupOf(row));
	const turned = members.filter(
		(row) => row.replay !== (row.event.sidechainOnly && inMainLine.has(groupOf(row))),
	);
	await tx.batch([
		{
			sql: "update events set replay = ? where change = ?",
			rows: turned.map((row): Value[] => [Number(!row.replay), row.change]),
		},
	]);
	return turned;
}

function groupOf({ event, names }: EventRow): string {
	return `${names.session} ${event.message}`;
}
