import { monthOf, SLOT_MS, utcDay, ZoneClock } from "../usage/day.ts";
import { changeBlocks } from "./blocks.ts";
import { type Change, type Sums, sumsOfExtra, sumsOfMain } from "./contributions.ts";
import type { Batch, Transaction } from "./database.ts";
import { Deltas, writeDeltas } from "./deltas.ts";
import type { EventRow } from "./event-rows.ts";
import { SessionPartChanges } from "./session-parts.ts";
import type { LedgerUser } from "./users.ts";

type Rollup = {
	table: string;
	keys: readonly string[];
	add: (deltas: Deltas, row: EventRow, model: number, day: number, sums: Sums, sign: 1 | -1) => void;
};

const ROLLUPS: readonly Rollup[] = [
	{
		table: "usage_slots",
		keys: ["slot", "machine", "project", "model"],
		add: (deltas, { event, names }, model, _day, sums, sign) =>
			deltas.add(Math.floor(event.at / SLOT_MS), names.machine, names.project, model, sums, sign),
	},
	{
		table: "usage_days",
		keys: ["day", "machine", "project", "model"],
		add: (deltas, { names }, model, day, sums, sign) =>
			deltas.add(day, names.machine, names.project, model, sums, sign),
	},
	{
		table: "usage_months",
		keys: ["month", "machine", "project", "model"],
		add: (deltas, { names }, model, day, sums, sign) =>
			deltas.add(monthOfDay(day), names.machine, names.project, model, sums, sign),
	},
	{
		table: "model_days",
		keys: ["day", "model"],
		add: (deltas, _row, model, day, sums, sign) => deltas.add(day, model, 0, 0, sums, sign),
	},
	{
		table: "branch_days",
		keys: ["day", "project", "branch", "model"],
		add: (deltas, { names }, model, day, sums, sign) =>
			deltas.add(day, names.project, names.branch, model, sums, sign),
	},
	{
		table: "person_days",
		keys: ["day"],
		add: (deltas, { event }, _model, _day, sums, sign) => deltas.add(utcDay(event.at), 0, 0, 0, sums, sign),
	},
	{
		table: "person_months",
		keys: ["month"],
		add: (deltas, { event }, _model, _day, sums, sign) =>
			deltas.add(monthOfDay(utcDay(event.at)), 0, 0, 0, sums, sign),
	},
];

const months = new Map<number, number>();

/** Many events have few days, and dates are dear to make. */
function monthOfDay(day: number): number {
	let month = months.get(day);
	if (month === undefined) {
		if (months.size >= MOST_DAYS) months.clear();
		month = monthOf(day);
		months.set(day, month);
	}
	return month;
}

const MOST_DAYS = 4_096;

/**
 * Moves what changed events add out of their old places in the rollups and into the new ones. Whatever is noted here
 * is summed before a row is written, so that many events cost no more than the rows they touch.
 */
export class RollupChanges {
	readonly #deltas = ROLLUPS.map(() => new Deltas());
	readonly #sessionParts = new SessionPartChanges();
	/** Times that blocks have to be cut anew from; some come more than once. */
	readonly #touched: number[] = [];
	readonly #clock: ZoneClock;

	constructor(readonly user: LedgerUser) {
		this.#clock = new ZoneClock(user.zone);
	}

	note({ before, after }: Change): void {
		if (before) this.#add(before, -1);
		this.#add(after, 1);
	}

	#add(row: EventRow, sign: 1 | -1): void {
		if (row.replay) return;
		const { at } = row.event;
		this.#touched.push(at);
		// The day in which its slot begins: days can be made from slots again, also where a zone was no quarter off UTC.
		const day = this.#clock.dayAt(at - (at % SLOT_MS));
		this.#addPart(row, row.names.model, day, sumsOfMain(row), sign);
		if (row.event.extra === undefined) return;
		for (const [i, part] of row.event.extra.entries()) {
			const model = row.names.extra[i] ?? row.names.model;
			this.#addPart(row, model, day, sumsOfExtra(part, row.costs.extra[i] ?? null), sign);
		}
	}

	#addPart(row: EventRow, model: number, day: number, sums: Sums, sign: 1 | -1): void {
		for (let i = 0; i < ROLLUPS.length; i++) {
			(ROLLUPS[i] as Rollup).add(this.#deltas[i] as Deltas, row, model, day, sums, sign);
		}
		this.#sessionParts.note(row, model, sums, sign);
	}

	/** Writes the sums. The events themselves have to be written before them. */
	writeSums(): Batch[] {
		if (this.#touched.length === 0) return [];
		const { id } = this.user;
		const sums = ROLLUPS.flatMap(({ table, keys }, i) =>
			writeDeltas(table, keys, id, this.#deltas[i] as Deltas),
		);
		return [...sums, ...this.#sessionParts.write(id)];
	}

	/** Cuts the blocks anew, after the sums were written. */
	async cutBlocks(tx: Transaction): Promise<void> {
		await changeBlocks(tx, this.user.id, this.#touched);
	}
}

/** The same for changes that are all known at once. */
export async function changeRollups(
	tx: Transaction,
	user: LedgerUser,
	changes: readonly Change[],
): Promise<void> {
	const rollups = new RollupChanges(user);
	for (const change of changes) rollups.note(change);
	await tx.batch(rollups.writeSums());
	await rollups.cutBlocks(tx);
}
