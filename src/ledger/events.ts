import type { Machine } from "../account/machine.ts";
import { utcDay } from "../usage/day.ts";
import { cleanEvent, type RejectCode, rejectCode, type UsageEvent } from "../usage/event.ts";
import type { PriceBook } from "../usage/price.ts";
import { isSamePriced, mergeEvents } from "../usage/response.ts";
import { takeChangeNumbers } from "./change-numbers.ts";
import type { Change } from "./contributions.ts";
import type { Transaction, Value } from "./database.ts";
import { nameEvents } from "./event-names.ts";
import { type EventRow, findEvents, insertEvents, updateEvents } from "./event-rows.ts";
import { saveMachine } from "./machines.ts";
import { priceEvent } from "./prices.ts";
import { settleReplays } from "./replays.ts";
import { changeRollups } from "./rollups.ts";
import type { LedgerUser } from "./users.ts";

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
 * of times, in any order and from any machine, comes to the same ledger. Call it inside a transaction.
 */
export async function ingest(
	tx: Transaction,
	{ user, machine, prices, now }: IngestContext,
	events: readonly UsageEvent[],
): Promise<IngestResult> {
	const result: IngestResult = { stored: 0, raised: 0, duplicates: 0, expired: 0, rejected: [] };
	const machineId = await saveMachine(tx, user.id, machine, now);
	const arrivals = new Map<string, UsageEvent>();
	const days = new Set<number>();
	events.forEach((sent, index) => {
		const event = cleanEvent({ ...sent, machine: machine.uuid });
		const code = rejectCode(event);
		if (code) result.rejected.push({ index, code });
		else if (event.at < user.horizon) result.expired++;
		else {
			const known = arrivals.get(event.key);
			arrivals.set(event.key, known ? mergeEvents(known, event) : event);
			days.add(utcDay(event.at));
		}
	});
	const stored = new Map<string, EventRow>();
	for (const row of await findEvents(tx, user.id, [...arrivals.keys()])) stored.set(row.event.key, row);
	const pending: { before: EventRow | undefined; event: UsageEvent }[] = [];
	for (const arrival of arrivals.values()) {
		const before = stored.get(arrival.key);
		const event = before ? mergeEvents(before.event, arrival) : arrival;
		if (event === before?.event) continue;
		pending.push({ before, event });
		if (before) result.raised++;
		else result.stored++;
	}
	const known = result.stored + result.raised + result.expired + result.rejected.length;
	result.duplicates = events.length - known;
	const nameOf = await nameEvents(tx, user.id, { [machine.uuid]: machineId }, pending);
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
	await tx.batch([
		insertEvents(
			user.id,
			changes.filter(({ before }) => !before).map(({ after }) => after),
		),
		updateEvents(
			user.id,
			changes.filter(({ before }) => before).map(({ after }) => after),
		),
	]);
	await changeRollups(tx, user, await withReplays(tx, changes));
	await tx.batch([markDays(user.id, machineId, days)]);
	return result;
}

/** The changes, and those that follow from them because a replay came to light or ceased to be one. */
async function withReplays(tx: Transaction, changes: readonly Change[]): Promise<Change[]> {
	const touched = changes.flatMap(({ before, after }) => (before ? [before, after] : [after]));
	const turned = new Map((await settleReplays(tx, touched)).map((row) => [row.event.key, row]));
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
