import { costOf } from "../usage/cost.ts";
import type { UsageEvent } from "../usage/event.ts";
import type { PriceBook } from "../usage/price.ts";
import type { Database, Transaction, Value } from "./database.ts";
import { type Costs, type EventRow, NO_EXTRA, selectEvents } from "./event-rows.ts";
import { updateEvents } from "./event-writes.ts";
import { changeRollups } from "./rollups.ts";
import { type LedgerUser, raiseRevision } from "./users.ts";

/** What pricing anew came to. Costs in nano-dollars. */
export type Repriced = {
	events: number;
	changed: number;
	costBefore: number | bigint;
	costAfter: number | bigint;
};

const PAGE = 5_000;

/** What this ledger's prices make of an event. */
export function priceEvent(prices: PriceBook, event: UsageEvent): Costs {
	const { main, extra } = costOf(prices, event);
	return { main: main ?? null, extra: extra.length === 0 ? NO_EXTRA : extra.map((cost) => cost ?? null) };
}

/** Prices every event anew by the prices of today. The one way in which a known cost changes. */
export async function repriceAll(tx: Transaction, user: LedgerUser, prices: PriceBook): Promise<Repriced> {
	const costBefore = await totalCost(tx, user.id);
	const price = (row: EventRow) => priceEvent(prices, row.event);
	const { events, changed } = await reprice(tx, user, price, "e.user = ?", [user.id]);
	if (changed > 0) await raiseRevision(tx, user.id);
	return { events, changed, costBefore, costAfter: await totalCost(tx, user.id) };
}

/**
 * Prices the events whose model had no price when they came, where it has one now: what of them had one keeps it.
 * Where no model has one, nothing is written.
 *
 * @returns how many got one
 */
export async function priceUnpriced(db: Database, user: LedgerUser, prices: PriceBook): Promise<number> {
	const models = await db.all<{ name: string }>(
		`select distinct models.name
		from (
			select model from events where user = ? and unpriced > 0
			union
			select extra.value ->> 0
			from events as e, json_each(e.extra) as extra
			where e.user = ? and e.unpriced > 0 and e.extra is not null
		) as unpriced
		join models on models.id = unpriced.model`,
		[user.id, user.id],
	);
	// A known model may stand beside an unknown one in one response; then there is nothing to do either.
	if (!models.some(({ name }) => prices.find(name) !== undefined)) return 0;
	const price = ({ event, costs }: EventRow): Costs => {
		const { main, extra } = priceEvent(prices, event);
		return { main: costs.main ?? main, extra: costs.extra.map((cost, i) => cost ?? extra[i] ?? null) };
	};
	return db.transaction(async (tx) => {
		const { changed } = await reprice(tx, user, price, "e.user = ? and e.unpriced > 0", [user.id]);
		if (changed > 0) await raiseRevision(tx, user.id);
		return changed;
	});
}

/** The same for everyone, one after the other. */
export async function priceEveryonesUnpriced(db: Database, prices: PriceBook): Promise<number> {
	const users = await db.all<LedgerUser>(
		`select users.id, users.zone, users.horizon
		from (select distinct user from events where unpriced > 0) as unpriced
		join users on users.id = unpriced.user
		order by users.id`,
	);
	let priced = 0;
	for (const user of users) priced += await priceUnpriced(db, user, prices);
	return priced;
}

/** Costs do not travel, so the rows keep their change numbers. */
async function reprice(
	tx: Transaction,
	user: LedgerUser,
	price: (row: EventRow) => Costs,
	which: string,
	parameters: readonly Value[],
): Promise<{ events: number; changed: number }> {
	let events = 0;
	let changed = 0;
	for (let above = 0; ; ) {
		const rows = await selectEvents(
			tx,
			`from (select * from events as e where ${which} and e.change > ? order by e.change limit ?) as e`,
			[...parameters, above, PAGE],
		);
		const changes = rows.flatMap((before) => {
			const costs = price(before);
			return Bun.deepEquals(costs, before.costs)
				? []
				: [{ before, after: { ...before, costs } satisfies EventRow }];
		});
		await tx.batch([
			updateEvents(
				user.id,
				changes.map(({ after }) => after),
			),
		]);
		await changeRollups(tx, user, changes);
		events += rows.length;
		changed += changes.length;
		if (rows.length < PAGE) return { events, changed };
		above = Math.max(...rows.map((row) => row.change));
	}
}

async function totalCost(tx: Transaction, user: number): Promise<number | bigint> {
	const total = await tx.get<{ cost: number | bigint }>(
		"select ifnull(sum(cost), 0) as cost from person_days where user = ?",
		[user],
	);
	return total?.cost ?? 0;
}
