import { type Change, contributionsOf, SUMMED } from "./contributions.ts";
import type { Batch, Transaction, Value } from "./database.ts";
import { ADDED, Deltas, removeEmpty } from "./deltas.ts";
import type { EventRow } from "./event-rows.ts";

const KEYS = ["session", "machine", "project", "model"] as const;

type Times = { firstAt: number; lastAt: number };

/** Widens nothing: for a part that events only left. */
const NO_TIMES: Times = { firstAt: Number.MAX_SAFE_INTEGER, lastAt: 0 };

/**
 * Changes the sums of sessions, by machine, project and model, and their first and last times. Sums change by
 * difference; a time that an event left behind is read again from the events, which are written already.
 */
export async function changeSessionParts(
	tx: Transaction,
	user: number,
	changes: readonly Change[],
): Promise<void> {
	const deltas = new Deltas();
	const times = new Map<string, Times>();
	for (const { before, after } of changes) {
		if (before) {
			for (const { model, sums } of contributionsOf(before)) deltas.add(keyOf(before, model), sums, -1);
		}
		for (const { model, sums } of contributionsOf(after)) {
			const key = keyOf(after, model);
			deltas.add(key, sums, 1);
			const { firstAt, lastAt } = times.get(key.join()) ?? NO_TIMES;
			const { at } = after.event;
			times.set(key.join(), { firstAt: Math.min(firstAt, at), lastAt: Math.max(lastAt, at) });
		}
	}
	await tx.batch([
		addSums(user, deltas, times),
		removeEmpty("session_parts", KEYS, user, deltas),
		readTimes(user, deltas.lessened()),
	]);
}

function keyOf({ names }: EventRow, model: number): number[] {
	return [names.session, names.machine, names.project, model];
}

function addSums(user: number, deltas: Deltas, times: ReadonlyMap<string, Times>): Batch {
	const columns = ["user", ...KEYS, "first_at", "last_at", ...SUMMED];
	return {
		sql: `insert into session_parts (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})
			on conflict do update set
				first_at = min(first_at, excluded.first_at),
				last_at = max(last_at, excluded.last_at),
				${ADDED}`,
		rows: deltas.changed().map(({ key, sums }): Value[] => {
			const { firstAt, lastAt } = times.get(key.join()) ?? NO_TIMES;
			return [user, ...key, firstAt, lastAt, ...sums];
		}),
	};
}

function readTimes(user: number, keys: readonly number[][]): Batch {
	return {
		sql: `update session_parts as part
			set (first_at, last_at) = (
				select min(e.at), max(e.at)
				from events as e
				where e.session = part.session
					and e.machine = part.machine
					and e.project = part.project
					and e.replay = 0
					and (
						e.model = part.model
						or exists (select 1 from json_each(e.extra) as extra where extra.value ->> 0 = part.model)
					)
			)
			where user = ? and session = ? and machine = ? and project = ? and model = ?`,
		rows: keys.map((key): Value[] => [user, ...key]),
	};
}
