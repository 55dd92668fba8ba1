import { beforeEach, describe, expect, test } from "bun:test";
import { priceEveryonesUnpriced, priceUnpriced, type Repriced, repriceAll } from "../../src/ledger/prices.ts";
import { findRevision } from "../../src/ledger/users.ts";
import type { PriceBook } from "../../src/usage/price.ts";
import {
	AT,
	addUser,
	dumpLedger,
	type EventOptions,
	eventOf,
	ingestAll,
	openTestLedger,
	PRICES,
	pricesOf,
	type Row,
	type TestLedger,
} from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";

/** 100 tokens, as an event has them, at 1 USD per million. */
const CENTUM = 100_000;
/** Everything costs twice as much, and one more model is known. */
const NEWER = pricesOf({ cheap: 2, dear: 20, fresh: 5 });

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

/** Cost of each event, in nano-dollars, in the order of their change numbers, and a look at whether rollups fit. */
async function costs(): Promise<unknown[]> {
	const dump = await dumpLedger(ledger.db);
	expect(rollupsOf(dump)).toEqual(countRollups(dump.events, "UTC"));
	const rows = await ledger.db.all<{ cost: unknown }>("select cost from events order by change");
	return rows.map((row) => row.cost);
}

async function total(): Promise<Row | undefined> {
	return (await dumpLedger(ledger.db)).person_days[0];
}

function changes(): Promise<number> {
	return ledger.db.get<{ n: number }>("select total_changes() as n").then((row) => row?.n ?? 0);
}

function reprice(prices: PriceBook): Promise<Repriced> {
	return ledger.db.transaction((tx) => repriceAll(tx, ledger.user, prices));
}

/** An extra part of 100 tokens. */
function partOf(model: string) {
	return { model, input: 100, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
}

function extraCosts(row: Row | undefined): unknown[] {
	return JSON.parse(String(row?.extra)).map((part: unknown[]) => part.at(-1));
}

describe("an event that comes", () => {
	test("is priced by the ledger's own table, part by part", async () => {
		await ingestAll(ledger, [
			eventOf({ extra: [partOf("dear"), partOf("fresh")] }),
			eventOf({ id: "b", model: "fresh" }),
		]);
		expect(await costs()).toEqual([CENTUM, null]);
		const { events } = await dumpLedger(ledger.db);
		expect(extraCosts(events.find((row) => row.extra))).toEqual([10 * CENTUM, null]);
		expect(await total()).toMatchObject({ cost: 11 * CENTUM, responses: 2, unpriced: 2 });
	});

	test("again and unchanged keeps its price", async () => {
		await ingestAll(ledger, [eventOf()]);
		await ingestAll(ledger, [eventOf()], { prices: NEWER });
		expect(await costs()).toEqual([CENTUM]);
	});

	test.each<[string, EventOptions, number]>([
		["and counts more is priced by today's", { output: 120 }, 4 * CENTUM],
		["and is from another time is priced by today's", { at: AT - 1, countedAt: AT }, 2 * CENTUM],
		["and the same, told by a later line, keeps its price", { countedAt: AT + 1 }, CENTUM],
		["and only belongs elsewhere keeps its price", { session: "s0", project: "/srv" }, CENTUM],
	])("again %s", async (_what, part, cost) => {
		await ingestAll(ledger, [eventOf()]);
		expect(await ingestAll(ledger, [eventOf(part)], { prices: NEWER })).toMatchObject({ raised: 1 });
		expect(await costs()).toEqual([cost]);
	});
});

describe("pricing what had no price", () => {
	test("gives each such response its cost, and no other one a new cost", async () => {
		await ingestAll(ledger, [
			eventOf(),
			eventOf({ id: "b", model: "fresh" }),
			eventOf({ id: "c", model: "unheard-of" }),
		]);
		expect(await priceUnpriced(ledger.db, ledger.user, NEWER)).toBe(1);
		expect(await costs()).toEqual([CENTUM, 5 * CENTUM, null]);
		expect(await total()).toMatchObject({ cost: 6 * CENTUM, responses: 3, unpriced: 1 });
	});

	test("gives each such part its cost, and leaves the rest of its response as it was", async () => {
		await ingestAll(ledger, [
			eventOf({ extra: [partOf("fresh"), partOf("dear"), partOf("unheard-of")] }),
			eventOf({ id: "b", model: "fresh", extra: [partOf("cheap")] }),
		]);
		expect(await priceUnpriced(ledger.db, ledger.user, NEWER)).toBe(2);
		expect(await costs()).toEqual([CENTUM, 5 * CENTUM]);
		const { events } = await dumpLedger(ledger.db);
		expect(extraCosts(events.find((row) => row.model === "cheap"))).toEqual([5 * CENTUM, 10 * CENTUM, null]);
		expect(extraCosts(events.find((row) => row.model === "fresh"))).toEqual([CENTUM]);
		expect(await total()).toMatchObject({ cost: 22 * CENTUM, unpriced: 1 });
	});

	test("leaves alone what it cannot price, though a known model with another price stands beside it", async () => {
		await ingestAll(ledger, [eventOf({ extra: [partOf("unheard-of")] })]);
		const before = await changes();
		expect(await priceUnpriced(ledger.db, ledger.user, NEWER)).toBe(0);
		expect(await changes()).toBe(before);
		expect(await costs()).toEqual([CENTUM]);
	});

	test("writes nothing where there is nothing to price", async () => {
		await ingestAll(ledger, [eventOf(), eventOf({ id: "b", model: "unheard-of" })]);
		const before = await changes();
		expect(await priceUnpriced(ledger.db, ledger.user, NEWER)).toBe(0);
		expect(await priceUnpriced(ledger.db, ledger.user, PRICES)).toBe(0);
		expect(await changes()).toBe(before);
	});

	test("is done once", async () => {
		await ingestAll(ledger, [eventOf({ model: "fresh" })]);
		expect(await priceUnpriced(ledger.db, ledger.user, NEWER)).toBe(1);
		expect(await priceUnpriced(ledger.db, ledger.user, pricesOf({ fresh: 9 }))).toBe(0);
		expect(await costs()).toEqual([5 * CENTUM]);
	});

	test("keeps change numbers, for costs do not travel", async () => {
		await ingestAll(ledger, [eventOf({ model: "fresh" }), eventOf({ id: "b" })]);
		await priceUnpriced(ledger.db, ledger.user, NEWER);
		expect(await ledger.db.all<object>("select change from events order by change")).toEqual([
			{ change: 1 },
			{ change: 2 },
		]);
		await ingestAll(ledger, [eventOf({ id: "c" })]);
		expect(await ledger.db.get<object>("select max(change) as last from events")).toEqual({ last: 3 });
	});

	test("prices a replay too, which still counts nowhere", async () => {
		await ingestAll(ledger, [eventOf(), eventOf({ request: "req_2", sidechain: true, model: "fresh" })]);
		expect(await priceUnpriced(ledger.db, ledger.user, NEWER)).toBe(1);
		expect(await costs()).toEqual([CENTUM, 5 * CENTUM]);
		expect(await total()).toMatchObject({ cost: CENTUM, unpriced: 0 });
	});

	test("is for one user", async () => {
		const second = { ...ledger, user: await addUser(ledger.db, { id: 2 }) };
		await ingestAll(ledger, [eventOf({ model: "fresh" })]);
		await ingestAll(second, [eventOf({ model: "fresh" })]);
		expect(await priceUnpriced(ledger.db, second.user, NEWER)).toBe(1);
		expect(await costs()).toEqual([null, 5 * CENTUM]);
	});
});

describe("pricing everything anew", () => {
	const history = [
		eventOf(),
		eventOf({ id: "b", model: "fresh", extra: [partOf("dear"), partOf("unheard-of")] }),
		eventOf({ id: "c", model: "unheard-of" }),
		eventOf({ id: "c", request: "req_2", sidechain: true, model: "dear" }),
	];

	test("comes to what today's prices would have made of it, and says what it did", async () => {
		await ingestAll(ledger, history);
		const revision = await findRevision(ledger.db, 1);
		expect(await reprice(NEWER)).toEqual({
			events: 4,
			changed: 3,
			costBefore: 11 * CENTUM,
			costAfter: 27 * CENTUM,
		});
		const newer = await openTestLedger();
		await ingestAll(newer, history, { prices: NEWER });
		expect(await dumpLedger(ledger.db)).toEqual(await dumpLedger(newer.db));
		// Open pages look again, and once more only when there is something else to see.
		expect(await findRevision(ledger.db, 1)).toBe(revision + 1);
		await reprice(NEWER);
		expect(await findRevision(ledger.db, 1)).toBe(revision + 1);
	});

	test("comes back to what it was by the prices of before", async () => {
		await ingestAll(ledger, history);
		const before = await dumpLedger(ledger.db);
		await reprice(NEWER);
		expect(await reprice(PRICES)).toMatchObject({ costBefore: 27 * CENTUM, costAfter: 11 * CENTUM });
		expect(await dumpLedger(ledger.db)).toEqual(before);
	});

	test("takes the cost from a model that has no price any more", async () => {
		await ingestAll(ledger, history);
		await reprice(pricesOf({ dear: 10 }));
		expect(await costs()).toEqual([null, null, null, 10 * CENTUM]);
		expect(await total()).toMatchObject({ cost: 10 * CENTUM, responses: 3, unpriced: 4 });
	});

	test("writes nothing where no price changed, and keeps change numbers where one did", async () => {
		await ingestAll(ledger, history);
		const before = await changes();
		expect(await reprice(PRICES)).toMatchObject({ events: 4, changed: 0 });
		expect(await changes()).toBe(before);
		await reprice(NEWER);
		expect(await ledger.db.get<object>("select max(change) as last from events")).toEqual({ last: 4 });
	});

	test("leaves no event out of a long history", async () => {
		const count = 5_100;
		await ingestAll(
			ledger,
			Array.from({ length: count }, (_, i) => eventOf({ id: `msg_${i}`, at: AT + i * 1000 })),
		);
		expect(await reprice(NEWER)).toEqual({
			events: count,
			changed: count,
			costBefore: count * CENTUM,
			costAfter: 2 * count * CENTUM,
		});
	});
});

test("on a server everyone's unpriced responses get a price when there is one, and open pages hear of it", async () => {
	const bob = { db: ledger.db, user: await addUser(ledger.db, { id: 2, zone: "Asia/Tokyo" }) };
	const carol = { db: ledger.db, user: await addUser(ledger.db, { id: 3 }) };
	await ingestAll(ledger, [eventOf({ id: "a", model: "fresh" }), eventOf({ id: "b" })]);
	await ingestAll(bob, [eventOf({ id: "a", model: "fresh" }), eventOf({ id: "c", model: "unheard-of" })]);
	await ingestAll(carol, [eventOf({ id: "d" })]);
	const before = await Promise.all([1, 2, 3].map((user) => findRevision(ledger.db, user)));
	expect(await priceEveryonesUnpriced(ledger.db, NEWER)).toBe(2);
	const after = await Promise.all([1, 2, 3].map((user) => findRevision(ledger.db, user)));
	expect(after.map((revision, i) => revision - (before[i] ?? 0))).toEqual([1, 1, 0]);
	const rows = await ledger.db.all("select user, cost, unpriced from person_days order by user");
	expect(rows).toEqual([
		{ user: 1, cost: 5 * CENTUM + CENTUM, unpriced: 0 },
		{ user: 2, cost: 5 * CENTUM, unpriced: 1 },
		{ user: 3, cost: CENTUM, unpriced: 0 },
	]);
	expect(await priceEveryonesUnpriced(ledger.db, NEWER)).toBe(0);
});
