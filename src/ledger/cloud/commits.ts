import { hasColumns, hasNoColumns, type Statement } from "./statement.ts";

/**
 * A transaction that wrote leaves an id here, which says that it was kept. It is looked for where the answer to the
 * commit did not come.
 */
export const COMMITS = `create table if not exists commits (id text primary key, at integer not null)`;

const NOW = "cast(strftime('%s', 'now') as integer)";

/**
 * What a transaction that wrote ends with. Rows of more than an hour ago go: nobody looks for them any more. Never more
 * than the two oldest, so that it costs the same however many there are; one comes with each transaction, so they
 * cannot pile up.
 */
export function endingOf(id: string): Statement[] {
	return [
		{
			sql: `delete from commits where rowid in (select rowid from commits order by rowid limit 2) and abs(at) < ${NOW} - 3600`,
			parameters: [],
		},
		{ sql: `insert into commits (id, at) values (?, ${NOW})`, parameters: [id] },
		{ sql: "commit", parameters: [], isAnswer: hasNoColumns },
	];
}

/**
 * Answers whether the transaction of this id was kept, and if not, sees to it that it never is: it writes the id itself,
 * with a time below zero, so that a commit which is still on its way fails. It waits for whoever holds the write lock,
 * the transaction itself among them. It may be asked again and again.
 */
export function lookFor(id: string): Statement {
	return {
		sql: `insert into commits (id, at) values (?, -${NOW}) on conflict (id) do update set at = at returning at > 0 as kept`,
		parameters: [id],
		isAnswer: hasColumns,
	};
}
