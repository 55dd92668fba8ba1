import { describe, expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import { dayText } from "../../src/usage/day.ts";
import { createPriceBook } from "../../src/usage/price.ts";
import { parsePriceTable } from "../../src/usage/price-table.ts";
import { visitDashboard } from "../support/app.ts";
import { DAY, eventOf, HOUR, ingestAll } from "../support/ledger.ts";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { countUsage } from "../support/naive-usage.ts";
import { type Person, TestServer } from "../support/server.ts";

const FLAT = { input: 1, output: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 1 };

/** `cheap` is a dollar a million, `dear` ten; from the last days on `falls` is two and was four before. */
const BOOK = createPriceBook(
	parsePriceTable(
		{
			source: "a package of 2026-09-23",
			models: {
				cheap: FLAT,
				dear: { input: 10, output: 10, cacheWrite5m: 10, cacheWrite1h: 10, cacheRead: 10 },
				falls: {
					periods: [
						{ ...FLAT, input: 4 },
						{ from: "2026-11-25", ...FLAT, input: 2 },
					],
				},
			},
		},
		"package",
	),
);

/** A server with Alice and what she used, and Bob, who used nothing but `bobs`. */
async function serveUsage() {
	const server = await TestServer.start({ prices: BOOK });
	const alice = await server.join("alice");
	const bob = await server.join("bob");
	const { now } = server;
	const events = ["cheap", "cheap", "dear", "falls", "unheard-of", "dear"].map((model, n) =>
		eventOf({
			id: `m${n}`,
			at: now - n * 2 * DAY - HOUR,
			model,
			input: 1_000 + n,
			cacheRead: 10 ** n,
			webSearches: n % 2,
			...(n === 2 ? { extra: [{ ...FLAT, input: 7, model: "cheap" }] } : {}),
		}),
	);
	await use(server, alice, events);
	await use(server, bob, [eventOf({ id: "bobs", at: now - HOUR, model: "bobs-model" })]);
	return { server, alice, bob, events };
}

async function use(server: TestServer, { account }: Person, events: readonly ReturnType<typeof eventOf>[]) {
	const { db, now } = server;
	const user = await findUser(db, account.user);
	if (!user) throw new Error("whoever joined is in the ledger");
	await ingestAll({ db, user }, events, { prices: BOOK, now });
}

async function rowsOf(person: Person, panel: string, query = ""): Promise<Record<string, unknown>[]> {
	return (await (await person.ask(`/api/views/models/${panel}${query}`)).json()).rows;
}

describe("the numbers of the page of models", () => {
	test("are those of the events that came in", async () => {
		const { server, alice, events } = await serveUsage();
		const day = Math.floor(server.now / DAY);
		const filter = { zone: "UTC", mode: "calculate", since: day - 29, until: day } as const;
		const naive = countUsage(events, filter, () => "all").all?.models ?? [];
		const rows = await rowsOf(alice, "models");
		for (const row of rows) {
			const counted = naive.find(({ model }) => model === row.model);
			expect(row).toMatchObject({
				inputTokens: counted?.input,
				outputTokens: counted?.output,
				cacheCreation5mTokens: counted?.cacheWrite5m,
				cacheCreation1hTokens: counted?.cacheWrite1h,
				cacheReadTokens: counted?.cacheRead,
				webSearches: counted?.webSearches,
				responses: counted?.responses,
			});
		}
		expect(rows.map(({ model }) => model)).toHaveLength(naive.length);
		expect(rows.find(({ model }) => model === "cheap")).toMatchObject({
			totalCost: ((1_000 + 1 + 90 + (1_001 + 10 + 90) + 11) * 1_000 + 10_000_000) / 1e9,
			lastUsed: dayText(Math.floor((server.now - HOUR) / DAY)),
		});
		expect(rows.reduce((sum, { share }) => sum + Number(share), 0)).toBeCloseTo(1, 12);
	});

	test("of each panel come as JSON and as CSV, with the same rows", async () => {
		const { alice } = await serveUsage();
		for (const panel of ["mix", "models", "prices", "what-if"]) {
			const rows = await rowsOf(alice, panel, "?if=dear&metric=tokens");
			expect(rows.length).toBeGreaterThan(0);
			const csv = await alice.ask(`/api/views/models/${panel}?if=dear&metric=tokens&format=csv`);
			expect((await csv.text()).trim().split("\r\n")).toHaveLength(rows.length + 1);
		}
		expect(await rowsOf(alice, "what-if")).toEqual([]);
		expect((await alice.ask("/api/views/models/none")).status).toBe(404);
	});

	test("of the table are in the order of any of its columns, prices in their own", async () => {
		const { alice } = await serveUsage();
		const names = async (panel: string, query: string) =>
			(await rowsOf(alice, panel, query)).map(({ model }) => model);
		const byName = await names("models", "?sort=model");
		expect(byName).toEqual(["cheap", "dear", "falls", "unheard-of"]);
		expect(await names("models", "?sort=model&order=desc")).toEqual(byName.toReversed());
		const reads = await rowsOf(alice, "models", "?sort=read&order=asc");
		const counts = reads.map(({ cacheReadTokens }) => Number(cacheReadTokens));
		expect(counts).toEqual(counts.toSorted((a, b) => a - b));
		expect(await names("prices", "?sort=model")).toEqual(await names("prices", ""));
		expect((await alice.visit("/models?sort=colour")).status).toBe(422);
	});

	test("shares of a day are of that day, and its first row is all of it", async () => {
		const { alice } = await serveUsage();
		const rows = await rowsOf(alice, "mix", "?metric=responses");
		const used = rows.filter(({ responses }) => Number(responses) > 0);
		expect(used.filter(({ model }) => model === "").every(({ share }) => share === 1)).toBe(true);
		expect(rows.filter(({ model }) => model === "")).toHaveLength(30);
		expect(rows.filter(({ responses, model }) => responses === 0 && model === "")[0]).toMatchObject({
			share: null,
			totalTokens: 0,
		});
	});

	test("on another model are the same tokens at its prices of the last day", async () => {
		const { alice, events } = await serveUsage();
		const rows = await rowsOf(alice, "what-if", "?if=falls");
		const naive = events.map(({ input, output, cacheWrite5m, cacheWrite1h, cacheRead, webSearches }) => ({
			cost: (2 * input + output + cacheWrite5m + cacheWrite1h + cacheRead) * 1_000 + webSearches * 10_000_000,
		}));
		const extra = 2 * 7_000 + 4_000;
		const total = rows.reduce((sum, { otherCost }) => sum + Math.round(Number(otherCost) * 1e9), 0);
		expect(total).toBe(naive.reduce((sum, { cost }) => sum + cost, extra));
		const unheard = rows.find(({ model }) => model === "unheard-of");
		expect(unheard).toMatchObject({ totalCost: 0, unpricedResponses: 1, difference: null });
		// Before its price fell.
		const before = await rowsOf(alice, "what-if", "?if=falls&from=2026-11-21&to=2026-11-24");
		expect(before.map(({ model, otherCost }) => [model, otherCost])).toEqual([
			["falls", (4 * 1_003 + 90 + 1_000) / 1e6 + 0.01],
			["unheard-of", (4 * 1_004 + 90 + 10_000) / 1e6],
		]);
	});

	test("prices that changed within the days are there with their days", async () => {
		const { alice } = await serveUsage();
		const rows = (await rowsOf(alice, "prices")).filter(({ model }) => model === "falls");
		expect(rows).toMatchObject([
			{ since: null, until: "2026-11-24", input: 4, own: false, source: "a package of 2026-09-23" },
			{ since: "2026-11-25", until: null, input: 2, longContextOver: null, fastMultiplier: null },
		]);
	});
});

describe("the page of models", () => {
	test("shows the numbers of its panels", async () => {
		const { alice } = await serveUsage();
		const page = await elementsOf(await (await alice.visit("/models?if=dear")).text());
		const names = byClass(page, "model-label").map(({ text }) => text);
		const models = (await rowsOf(alice, "models")).map(({ model }) => model);
		expect(names.slice(0, models.length)).toEqual(models as string[]);
		expect(plain(byClass(page, "banner-warn")[0]?.text)).toContain(
			"1 model has no price. 11,094 tokens of unheard-of are not in the cost. Whoever runs this server",
		);
		expect(plain(byId(page, "prices")?.text)).toContain("a package of 2026-09-23");
		expect(plain(byId(page, "what-if")?.text)).toContain("On dear all of it would have cost");
	});

	test.each(["metric=days", "metric=x", "if=nothing-like-it", `if=${"x".repeat(300)}`, "range=x"])(
		"does not guess what ?%s means",
		async (query) => {
			const { alice } = await serveUsage();
			expect((await alice.visit(`/models?${query}`)).status).toBe(422);
			expect((await alice.ask(`/api/views/models/models?${query}`)).status).toBe(422);
		},
	);

	test("a model of which nothing is chosen asks for nothing", async () => {
		const { alice } = await serveUsage();
		expect((await alice.visit("/models?if=")).status).toBe(200);
	});

	test("tells nobody of what others use", async () => {
		const { alice, bob, server } = await serveUsage();
		for (const path of ["/models?range=all", "/api/views/models/models?range=all"]) {
			const said = await (await alice.ask(path)).text();
			expect(said).not.toContain("bobs-model");
			expect(await (await bob.ask(path)).text()).not.toContain("falls");
		}
		expect((await server.ask("/api/views/models/models")).status).toBe(401);
		expect((await server.ask("/models")).status).not.toBe(200);
	});

	test("is there on a machine's own dashboard too, without an account", async () => {
		const { server, alice } = await serveUsage();
		const asker = await findUser(server.db, alice.account.user);
		if (!asker) throw new Error("whoever joined is in the ledger");
		const { get } = await visitDashboard(server.db, { asker, prices: BOOK });
		const text = plain(
			(await elementsOf(await (await get("/models")).text())).map((one) => one.text).join(" "),
		);
		expect(text).toContain("Give it a price in ~/.promptpulse/prices.json");
		expect((await get("/api/views/models/prices")).status).toBe(200);
	});
});
