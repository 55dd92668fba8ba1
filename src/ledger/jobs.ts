import type { Database } from "./database.ts";

/** A job's turn: the period that it is done for, and who does it. */
export type Turn = { name: string; period: number; holder: string };

/** Clocks of servers differ by less than so many periods. */
const MOST_AHEAD = 10;

/**
 * Takes a job for a period, of all servers that have the ledger for one. It can be had again in the next period, or if
 * who took it has not done it until its time was over. Of what a clock noted that ran far ahead nothing counts once it was
 * put back: the job would rest for as long.
 *
 * @param now epoch ms
 * @param leaseMs how long the job may take
 * @returns whether it was to be had
 */
export async function takeJob(
	db: Database,
	{ name, period, holder }: Turn,
	now: number,
	leaseMs: number,
): Promise<boolean> {
	const [lastPeriod, lastUntil] = [period + MOST_AHEAD, now + 2 * leaseMs];
	// Most of the time it was done already, and nobody need wait for the right to write to learn that.
	const free = await db.get(
		`select 1 as free
		where not exists (
			select 1 from jobs
			where name = ? and (
				period > ? and period <= ? or period = ? and done = 1 or until > ? and until <= ?
			)
		)`,
		[name, period, lastPeriod, period, now, lastUntil],
	);
	if (!free) return false;
	const taken = await db.run(
		`insert into jobs (name, period, holder, until, done) values (?, ?, ?, ?, 0)
		on conflict do update set
			period = excluded.period, holder = excluded.holder, until = excluded.until, done = 0
		where (until <= ? or until > ?)
			and (period < excluded.period or period > ? or period = excluded.period and done = 0)`,
		[name, period, holder, now + leaseMs, now, lastUntil, lastPeriod],
	);
	return taken > 0;
}

/** Notes that a job is done; who took too long and lost it notes nothing. */
export async function finishJob(db: Database, { name, period, holder }: Turn): Promise<void> {
	await db.run("update jobs set done = 1, until = 0 where name = ? and period = ? and holder = ?", [
		name,
		period,
		holder,
	]);
}
