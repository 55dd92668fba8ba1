import { SUMMED, type Sums } from "./contributions.ts";
import type { Batch, Value } from "./database.ts";
import { ADDED, Deltas, type Key, removeEmpty } from "./deltas.ts";
import type { EventRow } from "./event-rows.ts";
import { amongRows, insertRows } from "./row-batches.ts";

const KEYS = ["session", "machine", "project", "model"] as const;

/** Widens nothing: for a part that events only left. */
const NO_TIMES = { firstAt: Number.MAX_SAFE_INTEGER, lastAt: 0 };

/**
 * Changes the sums of sessions, by machine, project and model, and their first and last times. Sums change by
 * difference; a time that an event left behind is read again from the events, which are written already.
 */
export class SessionPartChanges {
	readonly #deltas = new Deltas();
	/** By the deltas' places. */
	readonly #times: { firstAt: number; lastAt: number }[] = [];

	note({ event, names }: EventRow, model: number, sums: Sums, sign: 1 | -1): void {
		const place = this.#deltas.add(names.session, names.machine, names.project, model, sums, sign);
		this.#times[place] ??= { ...NO_TIMES };
		const times = this.#times[place];
		if (sign < 0) return;
		times.firstAt = Math.min(times.firstAt, event.at);
		times.lastAt = Math.max(times.lastAt, event.at);
	}

	/** The events themselves have to be written before it. */
	write(user: number): Batch[] {
		return [
			this.#addSums(user),
			removeEmpty("session_parts", KEYS, user, this.#deltas),
			readTimes(user, this.#deltas.lessened()),
		];
	}

	#addSums(user: number): Batch {
		const rows = this.#deltas.changed().map(({ key, sums }): Value[] => {
			const { firstAt, lastAt } = this.#times[this.#deltas.find(key) ?? -1] ?? NO_TIMES;
			return [user, ...key, firstAt, lastAt, ...sums];
		});
		return insertRows(
			"session_parts",
			["user", ...KEYS, "first_at", "last_at", ...SUMMED],
			rows,
			`on conflict do update set
				first_at = min(first_at, excluded.first_at),
				last_at = max(last_at, excluded.last_at),
				${ADDED}`,
		);
	}
}

/** What the times of a row of `session_parts` are read from, which is called `part`. */
export const EVENTS_OF_PART = `
	from events as e
	where e.session = part.session
		and e.machine = part.machine
		and e.project = part.project
		and e.replay = 0
		and (
			e.model = part.model
			or exists (select 1 from json_each(e.extra) as extra where extra.value ->> 0 = part.model)
		)`;

function readTimes(user: number, keys: readonly Key[]): Batch {
	const update = `update session_parts as part
			set (first_at, last_at) = (select min(e.at), max(e.at) ${EVENTS_OF_PART})
			where`;
	const columns = ["user", ...KEYS];
	return {
		sql: `${update} ${columns.map((column) => `${column} = ?`).join(" and ")}`,
		listSql: `${update} ${amongRows(columns)}`,
		rows: keys.map((key): Value[] => [user, ...key]),
	};
}
