import { DAY_MS } from "../usage/day.ts";
import type { Database, Reader, Transaction } from "./database.ts";

/** `empty`: there was nothing to tell. `failed`: it was given up. */
export type MailState = "waiting" | "sent" | "empty" | "failed";

/** A mail as it stands in the log. `period` is the first day of what it is of; times are epoch ms. */
export type MailRow = {
	id: number;
	user: number;
	kind: string;
	period: string;
	address: string;
	state: MailState;
	attempts: number;
	createdAt: number;
	nextAt: number | null;
	sentAt: number | null;
	error: string | null;
};

/** What became of an attempt: sent, nothing to send, or why not, and when to try again if ever. */
export type Attempt =
	| { state: "sent" | "empty" }
	| { state: "waiting"; error: string; nextAt: number }
	| { state: "failed"; error: string };

const COLUMNS = `
	id, user, kind, period, address, state, attempts,
	created_at as createdAt, next_at as nextAt, sent_at as sentAt, error`;

/** No mail is put off for longer. */
const LONGEST_WAIT_MS = 3 * DAY_MS;

/** Puts a mail in the queue, due at once. One of that kind and period is there once. */
export async function queueMail(
	tx: Transaction,
	mail: Pick<MailRow, "user" | "kind" | "period" | "address">,
	now: number,
): Promise<void> {
	await tx.run(
		`insert into mails (user, kind, period, address, state, attempts, created_at, next_at)
		values (?, ?, ?, ?, 'waiting', 0, ?, ?)
		on conflict do nothing`,
		[mail.user, mail.kind, mail.period, mail.address, now, now],
	);
}

/**
 * Takes one mail that is due, of all servers that have the ledger for one. Nobody else gets it before the lease is over: by
 * then it was sent, or whoever had it is gone.
 */
export async function takeMail(db: Database, now: number, leaseMs: number): Promise<MailRow | undefined> {
	for (;;) {
		const due = await db.get<MailRow>(
			// Later than any wait is what a clock noted that ran ahead.
			`select ${COLUMNS} from mails where next_at <= ? or next_at > ? order by next_at, id limit 1`,
			[now, now + LONGEST_WAIT_MS],
		);
		if (!due) return undefined;
		const taken = await db.run(
			"update mails set next_at = ?, attempts = attempts + 1 where id = ? and next_at = ?",
			[now + leaseMs, due.id, due.nextAt],
		);
		if (taken > 0) return { ...due, attempts: due.attempts + 1 };
	}
}

/** Notes what became of it. */
export async function noteMailed(db: Database, id: number, attempt: Attempt, now: number): Promise<void> {
	const isSent = attempt.state === "sent";
	await db.run("update mails set state = ?, next_at = ?, sent_at = ?, error = ? where id = ?", [
		attempt.state,
		attempt.state === "waiting" ? attempt.nextAt : null,
		isSent ? now : null,
		"error" in attempt ? attempt.error : null,
		id,
	]);
}

/** A person's mail, the latest first. */
export async function listMails(db: Reader, user: number, limit: number): Promise<MailRow[]> {
	return db.all<MailRow>(
		`select ${COLUMNS} from mails where user = ? order by created_at desc, id desc limit ?`,
		[user, limit],
	);
}

/** How many mails wait and how many were given up since a moment, for whoever watches a server. */
export async function countMails(db: Reader, since: number): Promise<{ waiting: number; failed: number }> {
	const counted = await db.get<{ waiting: number; failed: number }>(
		`select
			(select count(*) from mails where next_at is not null) as waiting,
			(select count(*) from mails where state = 'failed' and created_at >= ?) as failed`,
		[since],
	);
	return counted ?? { waiting: 0, failed: 0 };
}
