import type { UsageEvent } from "../usage/event.ts";
import type { Change } from "./contributions.ts";
import type { Reader, Transaction, Value } from "./database.ts";
import { type EventRow, selectEvents } from "./event-rows.ts";

/** What decides whether an event is a replay. */
type Member = { change: number; session: string; message: number; sidechainOnly: number; replay: number };

/** Messages that are asked for, by session; whether a side chain comes along with what asks. */
type Asked = { sessions: Map<string, boolean>; messages: Set<number> };

/**
 * Marks what only repeats. Claude Code copies a parent's responses into some side chains under new request ids: where
 * one message of a session has a key with a line outside side chains, its keys that are side chains alone are replays.
 */
export class Replays {
	private constructor(
		readonly user: number,
		readonly asked: Asked,
		readonly members: readonly Member[],
	) {}

	/** @param events those that come: of their messages all other events are looked for */
	static async of(tx: Transaction, user: number, events: Iterable<UsageEvent>): Promise<Replays> {
		const asked = { sessions: new Map<string, boolean>(), messages: new Set<number>() };
		for (const event of events) ask(asked, event);
		return new Replays(user, asked, await listMembers(tx, user, asked));
	}

	/**
	 * Settles the marks of events that come or change, and those of others that follow from them.
	 *
	 * @param changes are not written yet
	 * @returns the changes, and those of other events
	 */
	async settle(
		tx: Transaction,
		changes: readonly Change[],
	): Promise<{ settled: readonly Change[]; turned: readonly Change[] }> {
		const touched = touchedBy(changes);
		if (touched.messages.size === 0) return { settled: changes, turned: [] };
		const members = isWithin(touched, this.asked) ? this.members : await listMembers(tx, this.user, touched);
		const replaced = new Set(changes.map(({ before }) => before?.change));
		const standing = members.filter(({ change }) => !replaced.has(change));
		const inMainLine = new Set<string>();
		for (const member of standing) if (member.sidechainOnly === 0) inMainLine.add(groupOf(member));
		for (const { event } of changes.map(({ after }) => after)) {
			if (!event.sidechainOnly && event.message !== undefined) inMainLine.add(groupOf(event));
		}
		const settled = changes.map(({ before, after }): Change => {
			const { event } = after;
			if (event.message === undefined || !isTouched(touched, event)) return { before, after };
			return { before, after: { ...after, replay: event.sidechainOnly && inMainLine.has(groupOf(event)) } };
		});
		const turned = standing.filter(
			(member) =>
				isTouched(touched, member) &&
				member.replay !== Number(member.sidechainOnly === 1 && inMainLine.has(groupOf(member))),
		);
		return { settled, turned: await turnOver(tx, turned) };
	}
}

/** What events that came, or went from one group to another, can have decided. */
function touchedBy(changes: readonly Change[]): Asked {
	const touched = { sessions: new Map<string, boolean>(), messages: new Set<number>() };
	for (const { before, after } of changes) {
		const [was, is] = [before?.event, after.event];
		if (was?.session === is.session && was.sidechainOnly === is.sidechainOnly) continue;
		if (was) ask(touched, was);
		ask(touched, is);
	}
	return touched;
}

function ask({ sessions, messages }: Asked, event: UsageEvent): void {
	if (event.message === undefined) return;
	if (!sessions.get(event.session)) sessions.set(event.session, event.sidechainOnly);
	messages.add(event.message);
}

function isWithin(touched: Asked, asked: Asked): boolean {
	for (const [session, isSide] of touched.sessions) {
		if (!asked.sessions.has(session) || (isSide && !asked.sessions.get(session))) return false;
	}
	for (const message of touched.messages) if (!asked.messages.has(message)) return false;
	return true;
}

function isTouched({ sessions, messages }: Asked, of: { session: string; message?: number | undefined }) {
	return of.message !== undefined && sessions.has(of.session) && messages.has(of.message);
}

/** Events of these messages in the sessions that have side chains; the others, which are most, have no replays. */
async function listMembers(db: Reader, user: number, { sessions, messages }: Asked): Promise<Member[]> {
	if (messages.size === 0) return [];
	return db.all<Member>(
		`select e.change, s.name as session, e.message, e.sidechain_only as sidechainOnly, e.replay
		from json_each(?) as asked
		cross join sessions as s on s.user = ? and s.name = asked.value ->> 0
		cross join events as e on e.session = s.id
		where e.message in (select value from json_each(?))
			and (
				asked.value ->> 1
				or exists (
					select 1 from events as side where side.session = s.id and (side.sidechain_only = 1 or side.replay = 1)
				)
			)`,
		[
			JSON.stringify([...sessions].map(([name, isSide]) => [name, Number(isSide)])),
			user,
			JSON.stringify([...messages]),
		],
	);
}

/** Turns the marks of events over that are written already. */
async function turnOver(tx: Transaction, turned: readonly Member[]): Promise<Change[]> {
	if (turned.length === 0) return [];
	const rows = await selectEvents(
		tx,
		"from json_each(?) as turned cross join events as e on e.change = turned.value",
		[JSON.stringify(turned.map(({ change }) => change))],
	);
	await tx.batch([
		{
			sql: "update events set replay = 1 - replay where change = ?",
			listSql: "update events set replay = 1 - replay where change in (select value ->> 0 from json_each(?))",
			rows: turned.map(({ change }): Value[] => [change]),
		},
	]);
	return rows.map(
		(row): Change => ({ before: row, after: { ...row, replay: !row.replay } satisfies EventRow }),
	);
}

function groupOf({ session, message }: { session: string; message?: number | undefined }): string {
	return `${session} ${message}`;
}
