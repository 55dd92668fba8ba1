import { DAY_MS } from "../usage/day.ts";
import type { Reader, Transaction, Value } from "./database.ts";
import { type HeldBack, mayGo } from "./unsent.ts";

/** An account of a server that a ledger's usage goes to, and how far it has acknowledged it. */
export type PushTarget = {
	id: number;
	/** The server's address. */
	server: string;
	/** The account's id there. */
	account: string;
	/** UUID of the server's ledger; empty until it has acknowledged anything. */
	ledger: string;
	/** The largest change number up to which everything is acknowledged or set aside. */
	acknowledged: number;
	/** Responses before this moment (epoch ms) were held back: of them nothing is acknowledged. */
	since: number;
};

/** What has not reached the server yet. Times are epoch ms and those of the responses. */
export type UnsentSummary = {
	/** The server that usage went to last; undefined while none was ever reached. */
	server: string | undefined;
	acknowledged: number;
	events: number;
	oldestAt: number | undefined;
	newestAt: number | undefined;
	/** By age of the response: up to a day, up to a week, older. */
	byAge: { day: number; week: number; older: number };
};

/** Events that a server refused for one reason. */
export type SetAsideRow = {
	code: string;
	events: number;
	/** When the first of them was refused, epoch ms. */
	oldestAt: number;
};

const COLUMNS = "id, server, account, ledger, acknowledged, since";

/** The account that a key opens, if the server has ever acknowledged anything under it. */
export async function findTarget(
	db: Reader,
	user: number,
	server: string,
	keyDigest: string,
): Promise<PushTarget | undefined> {
	return db.get<PushTarget>(
		`select ${COLUMNS} from push_targets where user = ? and server = ? and key_digest = ? order by id desc limit 1`,
		[user, server, keyDigest],
	);
}

/** Whether anything was ever sent to a server. */
export async function hasTarget(db: Reader, user: number, server: string): Promise<boolean> {
	return (
		(await db.get("select 1 from push_targets where user = ? and server = ? limit 1", [user, server])) !==
		undefined
	);
}

/** What is known of an account of a server, whatever the key. */
export async function findAccount(
	db: Reader,
	user: number,
	server: string,
	account: string,
): Promise<PushTarget | undefined> {
	return db.get<PushTarget>(
		`select ${COLUMNS} from push_targets where user = ? and server = ? and account = ?`,
		[user, server, account],
	);
}

/**
 * Notes how far an account's server has acknowledged usage.
 *
 * @param now epoch ms
 */
export async function saveTarget(
	tx: Transaction,
	user: number,
	target: Omit<PushTarget, "id"> & { keyDigest: string },
	now: number,
): Promise<PushTarget> {
	const saved = await tx.get<PushTarget>(
		`insert into push_targets (user, server, account, ledger, key_digest, acknowledged, since, pushed_at)
		values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (user, server, account) do update set
			ledger = excluded.ledger,
			key_digest = excluded.key_digest,
			acknowledged = excluded.acknowledged,
			since = excluded.since,
			pushed_at = excluded.pushed_at
		returning ${COLUMNS}`,
		[
			user,
			target.server,
			target.account,
			target.ledger,
			target.keyDigest,
			target.acknowledged,
			target.since,
			now,
		],
	);
	if (!saved) throw new Error("saving a push target returned no row");
	return saved;
}

/** Everything is sent to this account once more, what was set aside included. */
export async function forgetAcknowledged(tx: Transaction, target: number): Promise<void> {
	await tx.run("update push_targets set acknowledged = 0 where id = ?", [target]);
	await tx.run("delete from set_aside where target = ?", [target]);
}

/** Sets refused events aside and takes back those that are accepted now. */
export async function changeSetAside(
	tx: Transaction,
	target: number,
	refused: readonly { key: string; code: string }[],
	accepted: readonly string[],
	now: number,
): Promise<void> {
	await tx.batch([
		{
			sql: "insert or replace into set_aside (target, key, code, refused_at) values (?, ?, ?, ?)",
			rows: refused.map(({ key, code }): Value[] => [target, key, code, now]),
		},
	]);
	await tx.run(
		"delete from set_aside where target = ? and key in (select wanted.value from json_each(?) as wanted)",
		[target, JSON.stringify(accepted)],
	);
}

/** The keys of what an account's server refused. */
export async function listSetAsideKeys(db: Reader, target: number): Promise<string[]> {
	const rows = await db.all<{ key: string }>("select key from set_aside where target = ? order by key", [
		target,
	]);
	return rows.map(({ key }) => key);
}

/** What a server refused, reason by reason. */
export async function listSetAside(db: Reader): Promise<SetAsideRow[]> {
	return db.all<SetAsideRow>(
		`select code, count(*) as events, min(refused_at) as oldestAt
		from set_aside
		group by code
		order by events desc, code`,
	);
}

/**
 * What has not reached the server that usage went to last; all of it while there was none.
 *
 * @param now epoch ms
 * @param isTotals whether totals are sent: then it is the responses that are in none that was sent
 */
export async function summarizeUnsent(
	db: Reader,
	user: number,
	now: number,
	heldBack: HeldBack = {},
	isTotals = false,
): Promise<UnsentSummary> {
	const { since = 0 } = heldBack;
	const going = mayGo(heldBack);
	const target = await db.get<{ server: string; acknowledged: number; since: number; totalsTo: number }>(
		"select server, acknowledged, since, totals_to as totalsTo from push_targets where user = ? order by pushed_at desc, id desc limit 1",
		[user],
	);
	const { server } = target ?? {};
	// What was held back so far, and is no more, lies anywhere in the table.
	const responsesTo = target && target.since <= since ? target.acknowledged : 0;
	const acknowledged = isTotals ? (target?.totalsTo ?? 0) : responsesTo;
	const unsent = await db.get<
		Record<"events" | "day" | "week", number> & Record<"oldest" | "newest", number | null>
	>(
		`select
			count(*) as events,
			min(e.at) as oldest,
			max(e.at) as newest,
			count(*) filter (where e.at >= ?) as day,
			count(*) filter (where e.at < ? and e.at >= ?) as week
		from events as e not indexed
		where e.change > ? and e.user = ? and ${going.sql}`,
		[now - DAY_MS, now - DAY_MS, now - 7 * DAY_MS, acknowledged, user, ...going.parameters],
	);
	const { events = 0, oldest = null, newest = null, day = 0, week = 0 } = unsent ?? {};
	return {
		server,
		acknowledged,
		events,
		oldestAt: oldest ?? undefined,
		newestAt: newest ?? undefined,
		byAge: { day, week, older: events - day - week },
	};
}

/** Until when a server asked not to be asked, epoch ms; undefined if that is over. */
export async function findWait(db: Reader, server: string, now: number): Promise<number | undefined> {
	// A clock that was set back since then would make a short wait a long one.
	const wait = await db.get<{ until: number }>(
		"select until from push_waits where server = ? and asked_at <= ? and until > ?",
		[server, now, now],
	);
	return wait?.until;
}

export async function saveWait(tx: Transaction, server: string, now: number, until: number): Promise<void> {
	await tx.run("insert or replace into push_waits (server, asked_at, until) values (?, ?, ?)", [
		server,
		now,
		until,
	]);
}
