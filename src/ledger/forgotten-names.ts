import type { Database, Transaction } from "./database.ts";
import { EVENTS_OF_PART } from "./session-parts.ts";
import type { LedgerUser } from "./users.ts";

/** So many sessions, or old totals, are looked at in one transaction. */
const MOST_ROWS = 2_000;
const PAUSE_MS = 5;

/**
 * Removes what is left when all responses from before a person's horizon are gone: repetitions of such responses, names of
 * sessions and branches that nothing bears any more, and totals of sessions and blocks that a client reported.
 *
 * @param isOver whether to break off
 * @returns whether all is done
 */
export async function forgetNames(
	db: Database,
	user: LedgerUser,
	isOver: () => boolean = () => false,
): Promise<boolean> {
	for (let last: string | undefined = ""; last !== undefined; ) {
		if (isOver()) return false;
		const from: string = last;
		last = await db.transaction((tx) => forgetSessions(tx, user, from));
		await Bun.sleep(PAUSE_MS);
	}
	await db.transaction(async (tx) => {
		await forgetBranches(tx, user);
		await forgetReported(tx, user);
	});
	return true;
}

/** @returns the name to go on after, if there are more */
async function forgetSessions(
	tx: Transaction,
	{ id, horizon }: LedgerUser,
	after: string,
): Promise<string | undefined> {
	const page = await tx.all<{ id: number; name: string }>(
		"select id, name from sessions where user = ? and name > ? order by name limit ?",
		[id, after, MOST_ROWS],
	);
	const ids = JSON.stringify(page.map((session) => session.id));
	await tx.run(
		`delete from events
		where session in (select value from json_each(?)) and replay = 1 and at < ?`,
		[ids, horizon],
	);
	await tx.run(
		`update session_parts as part
		set first_at = (select min(e.at) ${EVENTS_OF_PART})
		where user = ? and session in (select value from json_each(?)) and first_at < ?`,
		[id, ids, horizon],
	);
	await tx.run(
		`delete from sessions
		where id in (select value from json_each(?))
			and not exists (select 1 from events where session = sessions.id)`,
		[ids],
	);
	return page.length < MOST_ROWS ? undefined : page.at(-1)?.name;
}

/** Every response that counts has its branch in a day; repetitions are in no day. */
async function forgetBranches(tx: Transaction, { id }: LedgerUser): Promise<void> {
	await tx.run(
		`delete from branches
		where user = ?
			and id not in (select branch from branch_days where user = ?)
			and id not in (
				select e.branch
				from sessions as s
				cross join events as e on e.session = s.id
				where s.user = ? and e.replay = 1
			)`,
		[id, id, id],
	);
}

/** Totals of days are no finer than what stays of responses, so they stay too. */
async function forgetReported(tx: Transaction, { id, horizon }: LedgerUser): Promise<void> {
	await tx.run("delete from reported_sessions where user = ? and ifnull(ended_at, started_at) < ?", [
		id,
		horizon,
	]);
	await tx.run("delete from reported_blocks where user = ? and ended_at < ?", [id, horizon]);
}
