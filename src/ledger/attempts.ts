import type { Database, Reader } from "./database.ts";

/** So many tries from one place, and for so long (ms) from the first of them. */
export type AttemptLimit = { most: number; windowMs: number };

/** How long (ms) someone has to wait who tried too often, or undefined. */
async function findLock(
	db: Reader,
	subject: string,
	limit: AttemptLimit,
	now: number,
): Promise<number | undefined> {
	const tried = await db.get<{ count: number; until: number }>(
		"select count, until from attempts where subject = ? and until > ?",
		[subject, now],
	);
	return tried && tried.count >= limit.most ? tried.until - now : undefined;
}

/**
 * Counts a try, however many servers count at the same time. It is on disk before it is answered, so starting a server
 * anew forgives nothing.
 *
 * @returns how long (ms) to wait where there were too many already
 */
export async function noteAttempt(
	db: Database,
	subject: string,
	limit: AttemptLimit,
	now: number,
): Promise<number | undefined> {
	// Who has to wait writes nothing, however often they ask.
	const waitMs = await findLock(db, subject, limit, now);
	if (waitMs !== undefined) return waitMs;
	return db.transaction(async (tx) => {
		const locked = await findLock(tx, subject, limit, now);
		if (locked !== undefined) return locked;
		await tx.batch([
			{ sql: "delete from attempts where until <= ?", rows: [[now]] },
			{
				sql: `insert into attempts (subject, count, until) values (?, 1, ?)
					on conflict do update set count = count + 1`,
				rows: [[subject, now + limit.windowMs]],
			},
		]);
		return undefined;
	});
}
