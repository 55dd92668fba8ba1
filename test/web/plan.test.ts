import { beforeEach, describe, expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import { form } from "../support/forms.ts";
import { eventOf, ingestAll, PRICES } from "../support/ledger.ts";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { type Person, TestServer } from "../support/server.ts";

let server: TestServer;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start();
	server.now = Date.UTC(2026, 10, 24, 13);
	({ alice, bob } = await server.joinAll());
});

const put = (who: Person, body: unknown) => who.send("PUT", "/api/user/plan-settings", body);
const read = async (who: Person) => (await who.ask("/api/user/plan-settings")).json();
const submit = (who: Person, fields: Record<string, string>) =>
	who.visit("/settings/plan", form(fields, who.browser));
const overview = async (who: Person) => elementsOf(await (await who.visit("/")).text());

/** Responses for a dollar each at a month's noon. */
async function use(who: Person, month: string, dollars: number, model = "cheap"): Promise<void> {
	const user = await findUser(server.db, who.account.user);
	if (!user) throw new Error("nobody is there");
	const at = Date.parse(`${month}-02T12:00:00Z`);
	const events = Array.from({ length: dollars }, (_, i) =>
		eventOf({ id: `${month}-${model}-${i}`, at: at + i, model, input: 999_910 }),
	);
	await ingestAll({ db: server.db, user }, events, { now: server.now, prices: PRICES });
}

describe("the plan", () => {
	test("is nobody's until it is chosen, and nobody else's then", async () => {
		expect(await read(alice)).toEqual({ claude_plan: null, price_usd: null });
		expect(await (await put(alice, { claude_plan: "max_100" })).json()).toEqual({
			message: "The plan is chosen.",
			claude_plan: "max_100",
			price_usd: 100,
		});
		expect(await read(alice)).toEqual({ claude_plan: "max_100", price_usd: 100 });
		expect(await read(bob)).toEqual({ claude_plan: null, price_usd: null });
	});

	test("is one of the old program's, or another one with its price to the cent; what was read may be sent back", async () => {
		for (const plan of ["pro_17", "max_100", "max_200"])
			expect((await put(alice, { claude_plan: plan })).status).toBe(200);
		for (const price of [0.01, 20, 17.5, 19.99, 1_234.56, 100_000]) {
			await put(alice, { claude_plan: "other", price_usd: price });
			const settled = await read(alice);
			expect(settled).toEqual({ claude_plan: "other", price_usd: price });
			expect((await put(alice, settled)).status).toBe(200);
		}
		for (const body of [
			{},
			{ claude_plan: "max_300" },
			{ claude_plan: "other" },
			{ claude_plan: "other", price_usd: null },
			{ claude_plan: "other", price_usd: 0 },
			{ claude_plan: "other", price_usd: -5 },
			{ claude_plan: "other", price_usd: 1.005 },
			{ claude_plan: "other", price_usd: 100_001 },
			{ claude_plan: "other", price_usd: 1e308 },
			{ claude_plan: "other", price_usd: "20" },
		])
			expect([body, (await put(alice, body)).status]).toEqual([body, 422]);
		expect(await read(alice)).toEqual({ claude_plan: "other", price_usd: 100_000 });
		await put(alice, { claude_plan: null });
		expect(await read(alice)).toEqual({ claude_plan: null, price_usd: null });
	});

	test("is chosen by a form, which keeps a price that is none", async () => {
		const saved = await submit(alice, { plan: "other", price: "$1,250.5" });
		expect([saved.status, saved.headers.get("location")]).toEqual([303, "/settings#plan"]);
		expect(await read(alice)).toEqual({ claude_plan: "other", price_usd: 1_250.5 });
		for (const price of ["", "20 EUR", "-1"]) {
			const refused = await submit(alice, { plan: "other", price });
			expect(refused.status).toBe(422);
			const page = await elementsOf(await refused.text());
			expect(byId(page, "price")?.attributes.get("value")).toBe(price);
			expect(byId(page, "price-wrong")?.text).toContain("Give its price a month in US dollars");
		}
		expect((await submit(alice, { plan: "max_9", price: "" })).status).toBe(422);
		expect(await read(alice)).toEqual({ claude_plan: "other", price_usd: 1_250.5 });
		const again = await elementsOf(await (await alice.visit("/settings")).text());
		expect(byId(again, "price")?.attributes.get("value")).toBe("1250.50");
		expect((await submit(alice, { plan: "", price: "" })).status).toBe(303);
		expect(await read(alice)).toEqual({ claude_plan: null, price_usd: null });
	});
});

describe("on the overview", () => {
	test("nothing is said of plans to who has chosen none", async () => {
		await use(alice, "2026-11", 3);
		expect(byId(await overview(alice), "plan")).toBeUndefined();
		const { rows } = await (await alice.ask("/api/views/overview/plan")).json();
		expect(rows).toEqual([]);
	});

	test("each month's usage stands beside the price, by price alone, whatever days are looked at", async () => {
		await use(alice, "2025-11", 500);
		await use(alice, "2026-09", 250);
		await use(alice, "2026-11", 30);
		await use(alice, "2026-11", 2, "unheard-of");
		await put(alice, { claude_plan: "max_100" });
		const plan = byId(await overview(alice), "plan");
		expect(plain(plan?.text)).toStartWith(
			"PlanMax 5x, $100.00 a month0.3× the plan's price so far in NovemberAt list price≥ $30.00In 3 months≥ $280.00",
		);
		const { rows } = await (await alice.ask("/api/views/overview/plan?range=today&model=dear")).json();
		expect(
			rows.map(({ month, totalCost, factor, paysFor, unpricedResponses }: Record<string, unknown>) => [
				month,
				totalCost,
				factor,
				paysFor,
				unpricedResponses,
			]),
		).toEqual([
			["2026-09", 250, 2.5, "max_200", 0],
			["2026-10", 0, 0, null, 0],
			["2026-11", 30, 0.3, "pro_17", 2],
		]);
		const lines = byClass(await overview(alice), "plan-table").map(({ text }) => plain(text));
		expect(lines[0]).toContain("September 2026$250.002.5×Max 20x");
		expect(lines[0]).toContain("October 2026$0.000.0×no plan");
	});

	test("months are those of the person's own zone", async () => {
		await server.db.run("update users set zone = 'Pacific/Kiritimati' where id = ?", [alice.account.user]);
		const user = await findUser(server.db, alice.account.user);
		if (!user) throw new Error("nobody is there");
		const event = eventOf({ at: Date.UTC(2026, 9, 31, 12), input: 999_910 });
		await ingestAll({ db: server.db, user }, [event], { now: server.now, prices: PRICES });
		await put(alice, { claude_plan: "pro_17" });
		const { rows } = await (await alice.ask("/api/views/overview/plan")).json();
		expect(rows).toMatchObject([{ month: "2026-11", totalCost: 1 }]);
	});
});
