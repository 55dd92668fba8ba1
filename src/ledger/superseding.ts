import { DAY_MS, SLOT_MS, utcDay } from "../usage/day.ts";
import type { UsageEvent } from "../usage/event.ts";
import type { Transaction, Value } from "./database.ts";
import { tellsOf } from "./reported-senders.ts";
import { REPORTED_TABLES, type ReportedTable } from "./reported-tables.ts";
import { amongRows } from "./row-batches.ts";

/**
 * Marks what was reported of a label's days as superseded where events tell of them. A reported day is a local one of
 * the client; what a machine saw is known by UTC day, and what is its own by the person's local day and, where it was told
 * when the reported day was, exactly: any of these will do.
 *
 * @param days label and day
 * @returns how many were not superseded before
 */
export async function supersedeDays(
	tx: Transaction,
	user: number,
	days: readonly (readonly [label: string, day: number])[],
): Promise<number> {
	const found = await tx.all<{ label: string; day: number }>(
		`select distinct r.label, r.day
		from json_each(?) as wanted
		cross join reported_days as r
			on r.user = ? and r.label = wanted.value ->> 0 and r.day = wanted.value ->> 1
		where r.superseded = 0 and exists (
			select 1
			from machines as m
			where m.user = r.user and ${tellsOf("m", "r.label")} and (
				exists (select 1 from machine_days as d where d.user = r.user and d.machine = m.id and d.day = r.day)
				or exists (select 1 from usage_days as u where u.user = r.user and u.day = r.day and u.machine = m.id)
				or exists (
					select 1 from events as e
					where e.user = r.user and e.at >= r.started_at and e.at < r.ended_at and e.replay = 0
						and e.machine = m.id
				)
			)
		)`,
		[JSON.stringify(days), user],
	);
	return mark(
		tx,
		REPORTED_TABLES.daily,
		user,
		found.map(({ label, day }) => [label, day]),
	);
}

/**
 * The same for sessions, whatever machine their events come from. The index is named because without statistics the
 * planner looks at all that a person has.
 */
export async function supersedeSessions(
	tx: Transaction,
	user: number,
	sessions: readonly string[],
): Promise<number> {
	const found = await tx.all<{ label: string; session: string }>(
		`select distinct r.label, r.session
		from json_each(?) as wanted
		cross join reported_sessions as r indexed by reported_sessions_session
			on r.user = ? and r.session = wanted.value
		where r.superseded = 0 and exists (
			select 1
			from sessions as s
			cross join events as e on e.session = s.id
			where s.user = r.user and s.name = r.session
		)`,
		[JSON.stringify([...new Set(sessions)]), user],
	);
	return mark(
		tx,
		REPORTED_TABLES.session,
		user,
		found.map(({ label, session }) => [label, session]),
	);
}

/**
 * The same for blocks in which a machine that tells of their label has an event. However many blocks and moments there are, each of
 * them and each event is looked at about once.
 *
 * @param moments label and a moment (epoch ms): blocks that touch its quarter of an hour are looked at
 */
export async function supersedeBlocks(
	tx: Transaction,
	user: number,
	moments: readonly (readonly [label: string, at: number])[],
): Promise<number> {
	const slots = slotsByLabel(moments);
	let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const [, at] of moments) [first, last] = [Math.min(first, at), Math.max(last, at)];
	if (first > last) return 0;
	const rows = await tx.all<Block>(
		`select label, block, started_at as startedAt, ended_at as endedAt
		from reported_blocks
		where user = ? and started_at >= ? and started_at < ? and superseded = 0
			and label in (
				select m.label from machines as m where m.user = ?
				union all select s.label from reported_senders as s where s.user = ?
			)
		order by started_at, label, block`,
		// A block is no longer than a day, so it began no earlier than a day before.
		[user, slotOf(first) - DAY_MS, slotOf(last) + SLOT_MS, user, user],
	);
	const touched = rows.filter((row) => touches(row, slots.get(row.label) ?? []));
	const events = new LabelEvents(tx, user);
	const found: [string, string][] = [];
	for (const { label, block, startedAt, endedAt } of touched) {
		if (await events.hasAny(label, startedAt, endedAt)) found.push([label, block]);
	}
	return mark(tx, REPORTED_TABLES.blocks, user, found);
}

type Block = { label: string; block: string; startedAt: number; endedAt: number };

function slotOf(at: number): number {
	return at - (at % SLOT_MS);
}

/** Each label's quarters of an hour, in order. */
function slotsByLabel(moments: readonly (readonly [label: string, at: number])[]): Map<string, number[]> {
	const slots = new Map<string, Set<number>>();
	for (const [label, at] of moments) {
		const known = slots.get(label);
		if (known) known.add(slotOf(at));
		else slots.set(label, new Set([slotOf(at)]));
	}
	return new Map([...slots].map(([label, starts]) => [label, [...starts].sort((a, b) => a - b)]));
}

/** @param slots in order */
function touches({ startedAt, endedAt }: Block, slots: readonly number[]): boolean {
	let [low, high] = [0, slots.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((slots[middle] ?? 0) + SLOT_MS > startedAt) high = middle;
		else low = middle + 1;
	}
	const next = slots[low];
	return next !== undefined && next < endedAt;
}

/** Events of what is called by labels. Asked in order of time, it passes over no event of a label twice. */
class LabelEvents {
	/** There is none from `from` on and before `at`; there is one at `at`, or it is as far as was looked. */
	readonly #looked = new Map<string, { from: number; at: number; isEvent: boolean }>();

	constructor(
		readonly tx: Transaction,
		readonly user: number,
	) {}

	/** Whether a machine of the label has an event, other than replays, from one moment on and before another. */
	async hasAny(label: string, from: number, before: number): Promise<boolean> {
		let next = this.#looked.get(label);
		if (!next || from < next.from || from > next.at) next = await this.#look(label, from, from, before);
		else if (!next.isEvent && next.at < before) next = await this.#look(label, next.from, next.at, before);
		return next.isEvent && next.at < before;
	}

	async #look(label: string, from: number, start: number, before: number) {
		const end = Math.max(before, start + DAY_MS);
		const found = await this.tx.get<{ at: number }>(
			`select e.at
			from events as e
			where e.user = ? and e.at >= ? and e.at < ? and e.replay = 0
				and e.machine in (select m.id from machines as m where m.user = ? and ${tellsOf("m", "?")})
			order by e.at, e.change
			limit 1`,
			[this.user, start, end, this.user, label, label, label],
		);
		const next = { from, at: found?.at ?? end, isEvent: found !== undefined };
		this.#looked.set(label, next);
		return next;
	}
}

/** Found first and marked by key: an update that joins a list begins with everything that the person has. */
async function mark(
	tx: Transaction,
	{ table, id }: ReportedTable,
	user: number,
	found: readonly (readonly [label: string, id: Value])[],
): Promise<number> {
	if (found.length === 0) return 0;
	const columns = ["user", "label", id];
	const update = `update ${table} set superseded = 1 where`;
	await tx.batch([
		{
			sql: `${update} ${columns.map((column) => `${column} = ?`).join(" and ")}`,
			listSql: `${update} ${amongRows(columns)}`,
			rows: found.map(([label, key]) => [user, label, key]),
		},
	]);
	return found.length;
}

/** What there is of a machine beside its responses. `sender`: the name by which totals of it are known. */
export type Reported = { sender: string | undefined };

/** Watches what an ingest touches, and marks what was reported of it. */
export class Superseding {
	readonly #days = new Set<number>();
	readonly #sessions = new Set<string>();
	readonly #slots = new Set<number>();

	/**
	 * @param before what the machine was called, if it was known
	 * @param sender the name by which totals of it are known, if any came from it
	 */
	constructor(
		readonly user: number,
		readonly before: string | undefined,
		readonly sender: string | undefined,
	) {}

	/** What was reported, undefined where nothing was: all others have no work with it. */
	static async look(tx: Transaction, user: number, uuid: string): Promise<Reported | undefined> {
		const found = await tx.get<{ found: number; sender: string | null }>(
			`select
				exists (select 1 from reported_days where user = ?)
				or exists (select 1 from reported_sessions where user = ?)
				or exists (select 1 from reported_blocks where user = ?) as found,
				(select label from reported_senders where user = ? and machine = ?) as sender`,
			[user, user, user, user, uuid],
		);
		return found?.found === 1 ? { sender: found.sender ?? undefined } : undefined;
	}

	note({ at, session }: Pick<UsageEvent, "at" | "session">): void {
		this.#days.add(utcDay(at));
		this.#sessions.add(session);
		this.#slots.add(at - (at % SLOT_MS));
	}

	/**
	 * Events, sums and days of the machine have to be written already.
	 *
	 * @param label what the machine that the events came from is called now
	 * @returns how many totals were not superseded before
	 */
	async finish(tx: Transaction, label: string): Promise<number> {
		// All that the machine has ever had is of its new name now.
		const isRenamed = this.before !== undefined && this.before !== label;
		const { sender = label } = this;
		const [days, moments] = await Promise.all([
			isRenamed ? this.#listDays(tx, label) : this.#touchedDays(label),
			isRenamed ? this.#listBlocks(tx, label) : this.#touchedSlots(label),
		]);
		const isOther = sender !== label;
		const marked = await Promise.all([
			supersedeDays(tx, this.user, [...days, ...(isOther ? this.#touchedDays(sender) : [])]),
			supersedeSessions(tx, this.user, [...this.#sessions]),
			supersedeBlocks(tx, this.user, [...moments, ...(isOther ? this.#touchedSlots(sender) : [])]),
		]);
		return marked.reduce((sum, count) => sum + count, 0);
	}

	/** In no zone is it more than a day earlier or later than in UTC. */
	#touchedDays(label: string): [string, number][] {
		const days = new Set([...this.#days].flatMap((day) => [day - 1, day, day + 1]));
		return [...days].map((day) => [label, day]);
	}

	#touchedSlots(label: string): [string, number][] {
		return [...this.#slots].map((at) => [label, at]);
	}

	async #listDays(tx: Transaction, label: string): Promise<[string, number][]> {
		const rows = await tx.all<{ day: number }>(
			"select day from reported_days where user = ? and label = ? and superseded = 0 order by day",
			[this.user, label],
		);
		return rows.map(({ day }) => [label, day]);
	}

	async #listBlocks(tx: Transaction, label: string): Promise<[string, number][]> {
		const rows = await tx.all<{ at: number }>(
			"select started_at as at from reported_blocks where user = ? and label = ? and superseded = 0 order by block",
			[this.user, label],
		);
		return rows.map(({ at }) => [label, at]);
	}
}
