import type { Change } from "./contributions.ts";
import type { Transaction, Value } from "./database.ts";
import { type EventRow, selectEvents } from "./event-rows.ts";

/** What decides whether an event is a replay. */
type Member = { change: number; session: number; message: number; sidechainOnly: number; replay: number };

/**
 * Marks what only repeats. Claude Code copies a parent's responses into some side chains under new request ids: where
 * one message of a session has a key with a line outside side chains, its keys that are side chains alone are replays.
 *
 * @param changes events that came or changed, which are written already
 * @returns rows of the ledger, as they stood, whose mark has been turned over
 */
export async function settleReplays(tx: Transaction, changes: readonly Change[]): Promise<EventRow[]> {
	const touched = new Map<number, Set<number>>();
	for (const { before, after } of changes) {
		if (before) touch(touched, before);
		touch(touched, after);
	}
	const turned = findTurned(await listMembers(tx, touched), touched);
	if (turned.length === 0) return [];
	await tx.batch([
		{
			sql: "update events set replay = ? where change = ?",
			rows: turned.map(({ replay, change }): Value[] => [1 - replay, change]),
		},
	]);
	const standing = await selectEvents(
		tx,
		"from json_each(?) as turned cross join events as e on e.change = turned.value",
		[JSON.stringify(turned.map(({ change }) => change))],
	);
	return standing.map((row) => ({ ...row, replay: !row.replay }));
}

function touch(touched: Map<number, Set<number>>, { event, names }: EventRow): void {
	if (event.message === undefined) return;
	const messages = touched.get(names.session);
	if (messages) messages.add(event.message);
	else touched.set(names.session, new Set([event.message]));
}

/** All events of the sessions that have side chains; the others, which are most, have no replays. */
async function listMembers(tx: Transaction, touched: ReadonlyMap<number, unknown>): Promise<Member[]> {
	return tx.all<Member>(
		`select e.change, e.session, e.message, e.sidechain_only as sidechainOnly, e.replay
		from json_each(?) as touched
		cross join events as e on e.session = touched.value
		where e.message is not null
			and exists (
				select 1 from events as s where s.session = touched.value and (s.sidechain_only = 1 or s.replay = 1)
			)`,
		[JSON.stringify([...touched.keys()])],
	);
}

function findTurned(members: readonly Member[], touched: ReadonlyMap<number, ReadonlySet<number>>): Member[] {
	const inMainLine = new Set<string>();
	for (const member of members) if (member.sidechainOnly === 0) inMainLine.add(groupOf(member));
	return members.filter(
		(member) =>
			touched.get(member.session)?.has(member.message) &&
			member.replay !== Number(member.sidechainOnly === 1 && inMainLine.has(groupOf(member))),
	);
}

function groupOf({ session, message }: Member): string {
	return `${session} ${message}`;
}
