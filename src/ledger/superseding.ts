import { SLOT_MS, utcDay } from "../usage/day.ts";
import type { UsageEvent } from "../usage/event.ts";
import type { Transaction, Value } from "./database.ts";

const DAY_MS = 86_400_000;

/**
 * Marks what was reported of a label's days as superseded where events tell of them. A reported day is a local one of
 * the client; what a machine saw is known by UTC day, and what is its own by the person's local day, so either will do.
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
			where m.user = r.user and m.label = r.label and (
				exists (select 1 from machine_days as d where d.user = r.user and d.machine = m.id and d.day = r.day)
				or exists (select 1 from usage_days as u where u.user = r.user and u.day = r.day and u.machine = m.id)
			)
		)`,
		[JSON.stringify(days), user],
	);
	return mark(
		tx,
		"reported_days",
		"day",
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
		[JSON.stringify(sessions), user],
	);
	return mark(
		tx,
		"reported_sessions",
		"session",
		user,
		found.map(({ label, session }) => [label, session]),
	);
}

/**
 * The same for blocks in which a machine of their label has an event.
 *
 * @param moments label and a moment (epoch ms): blocks that touch its quarter of an hour are looked at
 */
export async function supersedeBlocks(
	tx: Transaction,
	user: number,
	moments: readonly (readonly [label: string, at: number])[],
): Promise<number> {
	const slots = moments.map(([label, at]) => {
		const start = at - (at % SLOT_MS);
		// A block is no longer than a day, so it began no earlier than a day before.
		return [label, start - DAY_MS, start, start + SLOT_MS];
	});
	// `+` keeps the planner on the index by time: under one label there may be years of blocks.
	const found = await tx.all<{ label: string; block: string }>(
		`select distinct r.label, r.block
		from json_each(?) as slot
		cross join reported_blocks as r
			on r.user = ? and r.started_at >= slot.value ->> 1 and r.started_at < slot.value ->> 3
		where +r.label = slot.value ->> 0 and r.ended_at > slot.value ->> 2 and r.superseded = 0 and exists (
			select 1
			from events as e
			cross join machines as m on m.id = e.machine and m.label = r.label
			where e.user = r.user and e.at >= r.started_at and e.at < r.ended_at and e.replay = 0
		)`,
		[JSON.stringify(slots), user],
	);
	return mark(
		tx,
		"reported_blocks",
		"block",
		user,
		found.map(({ label, block }) => [label, block]),
	);
}

/** Found first and marked by key: an update that joins a list begins with everything that the person has. */
async function mark(
	tx: Transaction,
	table: string,
	id: string,
	user: number,
	found: readonly (readonly [label: string, id: Value])[],
): Promise<number> {
	if (found.length === 0) return 0;
	await tx.batch([
		{
			sql: `update ${table} set superseded = 1 where user = ? and label = ? and ${id} = ?`,
			rows: found.map(([label, key]) => [user, label, key]),
		},
	]);
	return found.length;
}

/** Watches what an ingest touches, and marks what was reported of it. */
export class Superseding {
	readonly #days = new Set<number>();
	readonly #sessions = new Set<string>();
	readonly #slots = new Set<number>();

	/** @param before what the machine was called, if it is known */
	private constructor(
		readonly user: number,
		readonly before: string | undefined,
	) {}

	/**
	 * Begins before the machine is saved.
	 *
	 * @param uuid the machine that events come from
	 * @returns undefined where nothing was reported, so that all others have no work with it
	 */
	static async begin(tx: Transaction, user: number, uuid: string): Promise<Superseding | undefined> {
		const found = await tx.get<{ found: number }>(
			`select
				exists (select 1 from reported_days where user = ?)
				or exists (select 1 from reported_sessions where user = ?)
				or exists (select 1 from reported_blocks where user = ?) as found`,
			[user, user, user],
		);
		if (!found?.found) return undefined;
		const known = await tx.get<{ label: string }>("select label from machines where user = ? and uuid = ?", [
			user,
			uuid,
		]);
		return new Superseding(user, known?.label);
	}

	note({ at, session }: Pick<UsageEvent, "at" | "session">): void {
		this.#days.add(utcDay(at));
		this.#sessions.add(session);
		this.#slots.add(at - (at % SLOT_MS));
	}

	/**
	 * Events, sums and days of the machine have to be written already.
	 *
	 * @param machine the number of the machine that the events came from
	 * @returns how many totals were not superseded before
	 */
	async finish(tx: Transaction, machine: number): Promise<number> {
		const known = await tx.get<{ label: string }>("select label from machines where user = ? and id = ?", [
			this.user,
			machine,
		]);
		const label = known?.label ?? "";
		// All that the machine has ever had is of its new name now.
		const isRenamed = this.before !== undefined && this.before !== label;
		const days = isRenamed ? await this.#listDays(tx, label) : this.#touchedDays(label);
		const moments = isRenamed ? await this.#listBlocks(tx, label) : this.#touchedSlots(label);
		return (
			(await supersedeDays(tx, this.user, days)) +
			(await supersedeSessions(tx, this.user, [...this.#sessions])) +
			(await supersedeBlocks(tx, this.user, moments))
		);
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
