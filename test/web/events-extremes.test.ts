import { expect, test } from "bun:test";
import { uploadOf } from "../../src/collector/pack.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { eventOf, LAPTOP, pricesOf } from "../support/ledger.ts";
import { type Person, TestServer } from "../support/server.ts";

async function get<Body>(person: Person, path: string): Promise<Body> {
	const response = await person.ask(path);
	expect(response.status).toBe(200);
	return (await response.json()) as Body;
}

async function upload(person: Person, events: readonly UsageEvent[]): Promise<void> {
	const response = await person.send("POST", "/api/usage/events", uploadOf(LAPTOP, events));
	expect(await response.json()).toMatchObject({ stored: events.length, rejected: [] });
}

type Days = { daily: { date: string; total_tokens: number }[]; totals: { total_cost: number } };

test("a response of a wrong clock is kept on its day, whatever day that is, and no block runs because of it", async () => {
	const server = await TestServer.start();
	const alice = await server.join("alice");
	const times = [0, Date.UTC(1970, 5, 1), server.now + 1_000, Date.UTC(2200, 0, 1), Date.UTC(9999, 11, 31)];
	await upload(
		alice,
		times.map((at, i) => eventOf({ id: `msg_${i}`, at })),
	);
	const { daily } = await get<Days>(alice, "/api/usage/aggregate");
	expect(daily.map(({ date }) => date).toSorted()).toEqual(
		times.map((at) => new Date(at).toISOString().slice(0, 10)),
	);
	expect(await get<object[]>(alice, "/api/usage/blocks?activeOnly=true")).toEqual([]);
	for (const page of ["/", "/?range=all", "/?range=all&by=model"]) {
		expect((await alice.visit(page)).status).toBe(200);
	}
	expect(server.reported).toEqual([]);
});

test("what costs more than numbers of 53 bits hold is summed to the last nano-dollar, everywhere", async () => {
	const server = await TestServer.start({ prices: pricesOf({ dear: 10.001 }) });
	const alice = await server.join("alice");
	const most = { output: 1e9, cacheRead: 1e9, cacheWrite5m: 1e9, cacheWrite1h: 1e9, model: "dear" };
	const events = Array.from({ length: 500 }, (_, i) => eventOf({ id: `msg_${i}`, input: 1e9 - i, ...most }));
	for (let i = 0; i < events.length; i += 100) await upload(alice, events.slice(i, i + 100));
	const tokens = events.reduce((sum, { input }) => sum + BigInt(input) + 4_000_000_000n, 0n);
	const cost = tokens * 10_001n;
	expect(cost).toBeGreaterThan(2n ** 53n);
	expect(BigInt(Number(cost))).not.toBe(cost);
	for (const table of [
		"usage_slots",
		"usage_days",
		"usage_months",
		"model_days",
		"session_parts",
		"blocks",
	]) {
		expect(await server.db.get<object>(`select '${table}' as name, sum(cost) as cost from ${table}`)).toEqual(
			{
				name: table,
				cost,
			},
		);
	}
	const { daily, totals } = await get<Days>(alice, "/api/usage/aggregate");
	expect(daily).toMatchObject([{ total_tokens: Number(tokens) }]);
	expect(totals.total_cost).toBe(Number(cost) / 1e9);
});
