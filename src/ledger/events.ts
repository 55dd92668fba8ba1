import type { Machine } from "../account/machine.ts";
import { utcDay } from "../usage/day.ts";
import { cleanEvent, type RejectCode, rejectCode, type UsageEvent } from "../usage/event.ts";
import type { PriceBook } from "../usage/price.ts";
import { isSamePriced, mergeEvents, raiseEvent } from "../usage/response.ts";
import { takeChangeNumbers } from "./change-numbers.ts";
import type { Change } from "./contributions.ts";
import type { Transaction, Value } from "./database.ts";
import { nameEvents } from "./event-names.ts";
import { type EventRow, findEvents, hasEvents } from "./event-rows.ts";
import { insertEvents, updateEvents } from "./event-writes.ts";
import type { MovedSession } from "./folders.ts";
import { KeyFilter } from "./key-filter.ts";
import { saveMachine } from "./machines.ts";
import { moveSessions } from "./moves.ts";
import { priceEvent } from "./prices.ts";
import { settleReplays } from "./replays.ts";
import { RollupChanges } from "./rollups.ts";
import { Superseding } from "./superseding.ts";
import { type LedgerUser, raiseRevision } from "./users.ts";

/** Whose events come in, from where, when (epoch ms), and what they cost. */
export type IngestContext = { user: LedgerUser; machine: Machine; prices: PriceBook; now: number };

/** What became of each event that came in; all five add up to their number. */
export type IngestResult = {
	/** New responses. */
	stored: number;
	/** Known responses that counted more, or that belong to an earlier place. */
	raised: number;
	duplicates: number;
	/** From before the user's horizon. */
	expired: number;
	rejected: { index: number; code: RejectCode }[];
};

/**
 * The one way into the ledger, for lines from this machine's transcripts and for uploads alike. Any event any number
 * of times, in any order and from any machine, comes to the same ledger. Used inside one transaction: events are noted,
 * written as often as there are many of them, and in the end the sums.
 */
export class Ingest {
	/** Noted and not written yet, by key. */
	readonly #arrivals = new Map<string, UsageEvent>();
	readonly #days = new Set<number>();
	readonly #rollups: RollupChanges;
	/** Where the ledger was empty: what was written since, which is all that there is to be looked for. */
	readonly #written: KeyFilter | undefined;
	/** New responses written so far, and known ones that changed. */
	stored = 0;
	raised = 0;
	#moved = 0;

	private constructor(
		readonly tx: Transaction,
		readonly context: IngestContext,
		readonly machine: number,
		isFirst: boolean,
		/** There, where something was reported in place of events. */
		readonly superseding: Superseding | undefined,
	) {
		this.#rollups = new RollupChanges(context.user);
		if (isFirst) this.#written = new KeyFilter();
	}

	static async begin(tx: Transaction, context: IngestContext): Promise<Ingest> {
		const { user, machine, now } = context;
		const isFirst = !(await hasEvents(tx, user.id));
		const superseding = await Superseding.begin(tx, user.id, machine.uuid);
		return new Ingest(tx, context, await saveMachine(tx, user.id, machine, now), isFirst, superseding);
	}

	/** How many responses are noted and not written yet. */
	get waiting(): number {
		return this.#arrivals.size;
	}

	/** @param event sound and clean as {@link cleanEvent} leaves it, not before the horizon, without machine; it is copied */
	note(event: Readonly<UsageEvent>): void {
		const known = this.#arrivals.get(event.key);
		if (!known) this.#arrivals.set(event.key, { ...event });
		else if (!raiseEvent(known, event)) this.#arrivals.set(event.key, mergeEvents(known, event));
		this.#days.add(utcDay(event.at));
		this.superseding?.note(event);
	}

	/**
	 * Writes the events that were noted.
	 *
	 * @param projectOf the project of an event, where the event itself does not tell
	 */
	async write(projectOf?: (event: UsageEvent) => string | undefined): Promise<void> {
		if (this.#arrivals.size === 0) return;
		for (const event of this.#arrivals.values()) {
			event.machine = this.context.machine.uuid;
			if (projectOf) event.project = projectOf(event);
		}
		const { tx, machine } = this;
		const { user, prices } = this.context;
		const pending = await this.#findChanged();
		const nameOf = await nameEvents(tx, user.id, { [this.context.machine.uuid]: machine }, pending);
		let change = await takeChangeNumbers(tx, pending.length);
		const changes = pending.map(({ before, event }): Change & { after: EventRow } => ({
			before,
			after: {
				change: change++,
				event,
				names: nameOf(event, before),
				costs: before && isSamePriced(before.event, event) ? before.costs : priceEvent(prices, event),
				replay: before?.replay ?? false,
			},
		}));
		const fresh = changes.filter(({ before }) => !before).map(({ after }) => after);
		const known = changes.filter(({ before }) => before).map(({ after }) => after);
		await tx.batch([insertEvents(user.id, fresh), updateEvents(user.id, known)]);
		for (const changed of await withReplays(tx, changes)) this.#rollups.note(changed);
		this.stored += fresh.length;
		this.raised += known.length;
		this.#arrivals.clear();
	}

	/** Moves events to another project; see {@link moveSessions}. */
	async move(moved: readonly MovedSession[]): Promise<void> {
		for (const change of await moveSessions(this.tx, this.context.user, moved)) {
			this.#rollups.note(change);
			this.#moved++;
		}
	}

	/** Writes what is left, and the sums. */
	async finish(): Promise<void> {
		await this.write();
		await this.#rollups.write(this.tx);
		await this.tx.batch([markDays(this.context.user.id, this.machine, this.#days)]);
		const superseded = (await this.superseding?.finish(this.tx, this.machine)) ?? 0;
		const changes = this.stored + this.raised + this.#moved + superseded;
		if (changes > 0) await raiseRevision(this.tx, this.context.user.id);
	}

	/** The noted events as they will stand, where that differs from how they stand. */
	async #findChanged(): Promise<{ before: EventRow | undefined; event: UsageEvent }[]> {
		const { tx, context } = this;
		const stored = new Map<string, EventRow>();
		const keys = [...this.#arrivals.keys()];
		const known = this.#written ? keys.filter((key) => this.#written?.mayHave(key)) : keys;
		const rows = await findEvents(tx, context.user.id, known);
		for (const key of keys) this.#written?.add(key);
		for (const row of rows) stored.set(row.event.key, row);
		const changed: { before: EventRow | undefined; event: UsageEvent }[] = [];
		for (const arrival of this.#arrivals.values()) {
			const before = stored.get(arrival.key);
			const event = before ? mergeEvents(before.event, arrival) : arrival;
			if (event !== before?.event) changed.push({ before, event });
		}
		return changed;
	}
}

/** Takes in events that come from outside: checks and cleans each one, and tells what became of it. */
export async function ingest(
	tx: Transaction,
	context: IngestContext,
	events: readonly UsageEvent[],
): Promise<IngestResult> {
	const { user } = context;
	const work = await Ingest.begin(tx, context);
	const rejected: IngestResult["rejected"] = [];
	let expired = 0;
	events.forEach((sent, index) => {
		const event = cleanEvent({ ...sent, machine: undefined });
		const code = rejectCode(event);
		if (code) rejected.push({ index, code });
		else if (event.at < user.horizon) expired++;
		else work.note(event);
	});
	await work.finish();
	const { stored, raised } = work;
	const duplicates = events.length - stored - raised - expired - rejected.length;
	return { stored, raised, duplicates, expired, rejected };
}

/** The changes, and those that follow from them because a replay came to light or ceased to be one. */
async function withReplays(tx: Transaction, changes: readonly Change[]): Promise<readonly Change[]> {
	const turned = new Map((await settleReplays(tx, changes)).map((row) => [row.event.key, row]));
	if (turned.size === 0) return changes;
	const settled = changes.map(({ before, after }): Change => {
		const isTurned = turned.delete(after.event.key);
		return { before, after: isTurned ? { ...after, replay: !after.replay } : after };
	});
	for (const row of turned.values()) settled.push({ before: row, after: { ...row, replay: !row.replay } });
	return settled;
}

function markDays(user: number, machine: number, days: ReadonlySet<number>) {
	return {
		sql: "insert into machine_days (user, machine, day) values (?, ?, ?) on conflict do nothing",
		rows: [...days].map((day): Value[] => [user, machine, day]),
	};
}
