import { utcDay } from "../usage/day.ts";
import { changeBlocks } from "./blocks.ts";
import { SUMMED } from "./contributions.ts";
import type { Database, Transaction, Value } from "./database.ts";
import { forgetNames } from "./forgotten-names.ts";
import { dayOf, SLOT_START, SUMS_OF_PARTS, ZONE, zoneOf } from "./rebuild.ts";
import { type LedgerUser, raiseRevision } from "./users.ts";

/** So many events go in one transaction: others want to write too. */
const MOST_EVENTS = 5_000;
/** How long others have their turn between two transactions, in ms. */
const PAUSE_MS = 5;

/** What became of forgetting: how many events went, and whether nothing older is left. */
export type Forgotten = { events: number; isDone: boolean };

/**
 * Removes a person's single responses from before a moment, in many small transactions, and with them what only they
 * tell: sessions, branches, blocks. Sums by slot, day and month stay as they are. It may be broken off at any time; then
 * all that is kept still agrees, but for when a session began and the block in which it was broken off.
 *
 * @param horizon epoch ms, the beginning of a UTC day. From now on nothing older is taken in. It never goes back: what is
 * summed already would be summed again
 * @param isOver whether to break off
 */
export async function forgetBefore(
	db: Database,
	person: LedgerUser,
	horizon: number,
	isOver: () => boolean = () => false,
): Promise<Forgotten> {
	const user = { ...person, horizon: Math.max(person.horizon, horizon) };
	if (user.horizon > person.horizon) await raiseHorizon(db, user);
	for (let events = 0; ; ) {
		if (isOver()) return { events, isDone: false };
		const removed = await db.transaction((tx) => forgetSome(tx, user));
		events += removed;
		if (removed > 0) {
			await Bun.sleep(PAUSE_MS);
			continue;
		}
		return { events, isDone: await forgetNames(db, user, isOver) };
	}
}

async function raiseHorizon(db: Database, { id, horizon }: LedgerUser): Promise<void> {
	await db.run("update users set horizon = max(horizon, ?) where id = ?", [horizon, id]);
}

/** Takes the oldest events away, and out of the sums that are theirs alone. @returns how many */
async function forgetSome(tx: Transaction, user: LedgerUser): Promise<number> {
	const [first, last] = await Promise.all([
		tx.get<{ at: number }>(`${OLD} order by at limit 1`, [user.id, user.horizon]),
		tx.get<{ at: number }>(`${OLD} order by at limit 1 offset ?`, [user.id, user.horizon, MOST_EVENTS - 1]),
	]);
	if (!first) return 0;
	// All events of one moment go together.
	const until = last ? last.at + 1 : user.horizon;
	const gone: Value[] = [user.id, until];
	await tx.batch([
		{ sql: OUT_OF_BRANCH_DAYS, rows: [[await zoneOf(tx, user), ...gone, user.id]] },
		// A local day is at most one ahead.
		{ sql: EMPTY_BRANCH_DAYS, rows: [[user.id, utcDay(until) + 1]] },
		{ sql: OUT_OF_SESSION_PARTS, rows: [[...gone, user.id]] },
		{ sql: EMPTY_SESSION_PARTS, rows: [[user.id, ...gone]] },
	]);
	const removed = await tx.run("delete from events where user = ? and replay = 0 and at < ?", gone);
	await changeBlocks(tx, user.id, [first.at, until - 1]);
	await raiseRevision(tx, user.id);
	return removed;
}

const OLD = "select at from events where user = ? and replay = 0 and at < ?";
const IS_EMPTY = SUMMED.map((column) => `${column} = 0`).join(" and ");

const EMPTY_BRANCH_DAYS = `delete from branch_days where user = ? and day <= ? and ${IS_EMPTY}`;

const EMPTY_SESSION_PARTS = `
	delete from session_parts
	where user = ?
		and session in (select session from events where user = ? and replay = 0 and at < ?)
		and ${IS_EMPTY}`;

const OUT_OF_BRANCH_DAYS = takeOut(
	"branch_days",
	["day", "project", "branch", "model"],
	`with ${ZONE}
	select ${dayOf(SLOT_START)} as day, project, branch, model, ${SUMS_OF_PARTS}
	from parts
	join zone on ${SLOT_START} >= starts and ${SLOT_START} < ends
	where user = ? and at < ?
	group by 1, project, branch, model`,
);

const OUT_OF_SESSION_PARTS = takeOut(
	"session_parts",
	["session", "machine", "project", "model"],
	`select session, machine, project, model, ${SUMS_OF_PARTS}
	from parts
	where user = ? and at < ?
	group by session, machine, project, model`,
);

/**
 * Subtracts sums from a table's rows.
 *
 * @param sums columns: the keys, then those of {@link SUMMED}
 */
function takeOut(table: string, keys: readonly string[], sums: string): string {
	return `
		with gone (${[...keys, ...SUMMED].join(", ")}) as materialized (${sums})
		update ${table}
		set ${SUMMED.map((column) => `${column} = ${table}.${column} - gone.${column}`).join(", ")}
		from gone
		where ${table}.user = ? and ${keys.map((key) => `${table}.${key} = gone.${key}`).join(" and ")}`;
}
