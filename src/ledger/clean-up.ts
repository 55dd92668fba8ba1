import type { Database } from "./database.ts";
import { ABSOLUTE_MS, IDLE_MS } from "./web-sessions.ts";

/** How many rows were removed, by table. */
export type CleanedUp = { sessions: number; links: number; mailLinks: number; attempts: number };

/**
 * Forgets what is over: web sessions and log-in links that are good no more, and tries that no longer count.
 *
 * @param now epoch ms
 */
export async function cleanUp(db: Database, now: number): Promise<CleanedUp> {
	return db.transaction(async (tx) => ({
		sessions: await tx.run("delete from web_sessions where seen_at <= ? or created_at <= ?", [
			now - IDLE_MS,
			now - ABSOLUTE_MS,
		]),
		links: await tx.run("delete from login_links where expires_at <= ?", [now]),
		mailLinks: await tx.run("delete from mail_links where expires_at <= ?", [now]),
		attempts: await tx.run("delete from attempts where until <= ?", [now]),
	}));
}
