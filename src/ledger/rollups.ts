import { monthOf, SLOT_MS, utcDay, ZoneClock } from "../usage/day.ts";
import { changeBlocks } from "./blocks.ts";
import { type Change, contributionsOf } from "./contributions.ts";
import type { Transaction } from "./database.ts";
import { Deltas, writeDeltas } from "./deltas.ts";
import type { EventRow } from "./event-rows.ts";
import { changeSessionParts } from "./session-parts.ts";
import type { LedgerUser } from "./users.ts";

type Rollup = {
	table: string;
	keys: readonly string[];
	keyOf: (row: EventRow, model: number, day: number) => number[];
};

const ROLLUPS: readonly Rollup[] = [
	{
		table: "usage_slots",
		keys: ["slot", "machine", "project", "model"],
		keyOf: ({ event, names }, model) => [Math.floor(event.at / SLOT_MS), names.machine, names.project, model],
	},
	{
		table: "usage_days",
		keys: ["day", "machine", "project", "model"],
		keyOf: ({ names }, model, day) => [day, names.machine, names.project, model],
	},
	{
		table: "branch_days",
		keys: ["day", "project", "branch", "model"],
		keyOf: ({ names }, model, day) => [day, names.project, names.branch, model],
	},
	{
		table: "person_days",
		keys: ["day"],
		keyOf: ({ event }) => [utcDay(event.at)],
	},
	{
		table: "person_months",
		keys: ["month"],
		keyOf: ({ event }) => [monthOf(utcDay(event.at))],
	},
];

/**
 * Moves what changed events add out of their old places in the rollups and into the new ones. The events themselves
 * are written already. What a whole batch does to a row is summed before the row is written.
 */
export async function changeRollups(
	tx: Transaction,
	user: LedgerUser,
	changes: readonly Change[],
): Promise<void> {
	if (changes.length === 0) return;
	const clock = new ZoneClock(user.zone);
	for (const rollup of ROLLUPS) {
		const deltas = new Deltas();
		for (const { before, after } of changes) {
			if (before) addRow(deltas, rollup, before, clock, -1);
			addRow(deltas, rollup, after, clock, 1);
		}
		await tx.batch(writeDeltas(rollup.table, rollup.keys, user.id, deltas));
	}
	await changeSessionParts(tx, user.id, changes);
	await changeBlocks(tx, user.id, touchedTimes(changes));
}

function addRow(deltas: Deltas, rollup: Rollup, row: EventRow, clock: ZoneClock, sign: 1 | -1): void {
	// The day in which its slot begins: days can be made from slots again, also where a zone was no quarter off UTC.
	const day = clock.dayAt(row.event.at - (row.event.at % SLOT_MS));
	for (const { model, sums } of contributionsOf(row)) deltas.add(rollup.keyOf(row, model, day), sums, sign);
}

function touchedTimes(changes: readonly Change[]): number[] {
	const times: number[] = [];
	for (const { before, after } of changes) {
		if (before && !before.replay) times.push(before.event.at);
		if (!after.replay) times.push(after.event.at);
	}
	return times;
}
