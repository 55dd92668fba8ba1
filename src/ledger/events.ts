import type { Machine } from "../account/machine.ts";
import { utcDay } from "../usage/day.ts";
import { cleanEvent, type RejectCode, rejectCode, type UsageEvent } from "../usage/event.ts";
import type { PriceBook } from "../usage/price.ts";
import { isSamePriced, mergeEvents, raiseEvent } from "../usage/response.ts";
import { findLastChange, saveLastChange } from "./change-numbers.ts";
import type { Change } from "./contributions.ts";
import type { Batch, Transaction, Value } from "./database.ts";
import { EventNaming } from "./event-names.ts";
import { type EventRow, findEvents, hasEvents } from "./event-rows.ts";
import { insertEvents, updateEvents } from "./event-writes.ts";
import type { MovedSession } from "./folders.ts";
import { PlausibleCosts } from "./implausible.ts";
import { KeyFilter } from "./key-filter.ts";
import { findMachine, labelOf, saveMachine } from "./machines.ts";
import { moveSessions } from "./moves.ts";
import { nextId } from "./names.ts";
import { priceEvent } from "./prices.ts";
import { Replays } from "./replays.ts";
import { RollupChanges } from "./rollups.ts";
import { insertRows } from "./row-batches.ts";
import { type Reported, Superseding } from "./superseding.ts";
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
 * What the ledger has of a person and a machine before an ingest. `reported`: if anything was, in place of events.
 * `machine`: its number, known or not; `label`: if it is.
 */
export type Standing = {
	hasEvents: boolean;
	reported: Reported | undefined;
	machine: number;
	label: string | undefined;
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
	readonly #costs: PlausibleCosts;
	/** Where the ledger was empty: what was written since, which is all that there is to be looked for. */
	readonly #written: KeyFilter | undefined;
	/** New responses written so far, and known ones that changed. */
	stored = 0;
	raised = 0;
	/** Keys of responses that were not written, because their cost could not be summed. */
	readonly implausible = new Set<string>();
	#moved = 0;

	/** There, where something was reported in place of events. */
	readonly superseding: Superseding | undefined;

	private constructor(
		readonly tx: Transaction,
		readonly context: IngestContext,
		readonly standing: Standing,
	) {
		const { user, prices } = context;
		this.#rollups = new RollupChanges(user);
		this.#costs = new PlausibleCosts(tx, user.id, prices);
		if (!standing.hasEvents) this.#written = new KeyFilter();
		const { reported, label } = standing;
		if (reported) this.superseding = new Superseding(user.id, label, reported.sender);
	}

	/** What has to be known before it begins. */
	static async look(tx: Transaction, user: number, uuid: string): Promise<Standing> {
		const [isKnown, reported, machine, next] = await Promise.all([
			hasEvents(tx, user),
			Superseding.look(tx, user, uuid),
			findMachine(tx, user, uuid),
			nextId(tx, "machines"),
		]);
		return { hasEvents: isKnown, reported, machine: machine?.id ?? next, label: machine?.label };
	}

	static async begin(tx: Transaction, context: IngestContext, standing?: Standing): Promise<Ingest> {
		const { user, machine, now } = context;
		const known = standing ?? (await Ingest.look(tx, user.id, machine.uuid));
		await tx.batch([saveMachine(known.machine, user.id, machine, now)]);
		return new Ingest(tx, context, known);
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
		await this.#refuseImplausible();
		for (const event of this.#arrivals.values()) {
			event.machine = this.context.machine.uuid;
			if (projectOf) event.project = projectOf(event);
		}
		const { tx } = this;
		const { user, prices } = this.context;
		const arrivals = [...this.#arrivals.values()];
		const [stored, naming, replays, last] = await Promise.all([
			this.#findStored(),
			EventNaming.of(tx, user.id, arrivals),
			Replays.of(tx, user.id, arrivals),
			findLastChange(tx),
		]);
		let change = last;
		const pending = changedBy(arrivals, stored).map(
			({ before, event }): Change => ({
				before,
				after: {
					change: ++change,
					event,
					names: naming.nameOf({ before, event }, this.#machineOf(event)),
					costs: before && isSamePriced(before.event, event) ? before.costs : priceEvent(prices, event),
					replay: before?.replay ?? false,
				},
			}),
		);
		const { settled, turned } = await replays.settle(tx, pending);
		const fresh = settled.filter(({ before }) => !before).map(({ after }) => after);
		const known = settled.filter(({ before }) => before).map(({ after }) => after);
		if (settled.length > 0) {
			const events = [insertEvents(user.id, fresh), updateEvents(user.id, known)];
			await tx.batch([saveLastChange(change), ...naming.takeFresh(), ...events]);
		}
		for (const changes of [settled, turned]) for (const one of changes) this.#rollups.note(one);
		this.stored += fresh.length;
		this.raised += known.length;
		this.#arrivals.clear();
	}

	async #refuseImplausible(): Promise<void> {
		for (const key of await this.#costs.findImplausible(this.#arrivals.values())) {
			this.#arrivals.delete(key);
			this.implausible.add(key);
		}
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
		const { tx, context, standing } = this;
		await tx.batch([...this.#rollups.writeSums(), markDays(context.user.id, standing.machine, this.#days)]);
		const [superseded = 0] = await Promise.all([
			this.superseding?.finish(tx, labelOf(context.machine)),
			this.#rollups.cutBlocks(tx),
		]);
		const changes = this.stored + this.raised + this.#moved + superseded;
		if (changes > 0) await raiseRevision(tx, context.user.id);
	}

	/** The machine whose events come in; what another one was the first to tell stays its own. */
	#machineOf(event: UsageEvent): number | undefined {
		return event.machine === this.context.machine.uuid ? this.standing.machine : undefined;
	}

	/** The rows of the responses that were noted, by key. */
	async #findStored(): Promise<Map<string, EventRow>> {
		const keys = [...this.#arrivals.keys()];
		const known = this.#written ? keys.filter((key) => this.#written?.mayHave(key)) : keys;
		const rows = await findEvents(this.tx, this.context.user.id, known);
		for (const key of keys) this.#written?.add(key);
		return new Map(rows.map((row) => [row.event.key, row]));
	}
}

/** The events as they will stand, where that differs from how they stand. */
function changedBy(
	arrivals: readonly UsageEvent[],
	stored: ReadonlyMap<string, EventRow>,
): { before: EventRow | undefined; event: UsageEvent }[] {
	const changed: { before: EventRow | undefined; event: UsageEvent }[] = [];
	for (const arrival of arrivals) {
		const before = stored.get(arrival.key);
		const event = before ? mergeEvents(before.event, arrival) : arrival;
		if (event !== before?.event) changed.push({ before, event });
	}
	return changed;
}

/** Takes in events that come from outside: checks and cleans each one, and tells what became of it. */
export async function ingest(
	tx: Transaction,
	context: IngestContext,
	events: readonly UsageEvent[],
	standing?: Standing,
): Promise<IngestResult> {
	const { user } = context;
	const work = await Ingest.begin(tx, context, standing);
	const rejected: IngestResult["rejected"] = [];
	const noted: number[] = [];
	let expired = 0;
	events.forEach((sent, index) => {
		const event = cleanEvent({ ...sent, machine: undefined });
		const code = rejectCode(event);
		if (code) rejected.push({ index, code });
		else if (event.at < user.horizon) expired++;
		else {
			work.note(event);
			noted.push(index);
		}
	});
	await work.finish();
	const { stored, raised, implausible } = work;
	for (const index of noted) {
		if (implausible.has(events[index]?.key ?? "")) rejected.push({ index, code: "implausible" });
	}
	const duplicates = events.length - stored - raised - expired - rejected.length;
	return { stored, raised, duplicates, expired, rejected };
}

function markDays(user: number, machine: number, days: ReadonlySet<number>): Batch {
	const rows = [...days].map((day): Value[] => [user, machine, day]);
	return insertRows("machine_days", ["user", "machine", "day"], rows, "on conflict do nothing");
}
