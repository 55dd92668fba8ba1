import type { Database, Reader } from "./database.ts";

/** So many wrong tries from one place, and for so long (ms) from the first of them. */
export type AttemptLimit = { most: number; windowMs: number };

/** How long (ms) someone has to wait who tried too often, or undefined. */
export async function findLock(
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

/** Counts a wrong try. It is on disk before it is answered, so starting the server anew forgives nothing. */
export async function noteAttempt(
	db: Database,
	subject: string,
	limit: AttemptLimit,
	now: number,
): Promise<void> {
	await db.transaction(async (tx) => {
		await tx.run("delete from attempts where until <= ?", [now]);
		await tx.run(
			`insert into attempts (subject, count, until) values (?, 1, ?)
			on conflict do update set count = count + 1`,
			[subject, now + limit.windowMs],
		);
	});
}
