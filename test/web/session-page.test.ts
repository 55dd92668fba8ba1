import { describe, expect, test } from "bun:test";
import { sessionPage } from "../../src/web/pages/session.ts";
import { visitDashboard } from "../support/app.ts";
import { eventOf, ingestAll, NOW, openTestLedger } from "../support/ledger.ts";
import { elementsOf, plain } from "../support/markup.ts";
import { TestServer } from "../support/server.ts";
import { SESSION, sessionEvents } from "../support/session-props.ts";

const PANELS = Object.keys(sessionPage.panels);

async function visit() {
	const ledger = await openTestLedger();
	await ingestAll(ledger, [
		...sessionEvents(),
		eventOf({ id: "other", session: "other", at: NOW - 86_400_000 }),
	]);
	return visitDashboard(ledger.db);
}

async function rowsOf(get: (path: string) => Promise<Response>, panel: string, query = "") {
	return (await (await get(`/api/views/session/${SESSION}/${panel}${query}`)).json()).rows;
}

describe("a session's numbers", () => {
	test("are those of the events that were put in", async () => {
		const { get } = await visit();
		const events = sessionEvents();
		const sum = (numberOf: (event: (typeof events)[number]) => number) =>
			events.reduce((total, event) => total + numberOf(event), 0);
		const tokens = sum((e) => e.input + e.output + e.cacheWrite5m + e.cacheWrite1h + e.cacheRead);
		const prices: Record<string, number> = { cheap: 1, dear: 10 };
		const nanoUsd = sum(
			(e) =>
				(e.input + e.output + e.cacheWrite5m + e.cacheWrite1h + e.cacheRead) * (prices[e.model] ?? 0) * 1_000,
		);
		const [facts] = await rowsOf(get, "facts");
		expect(facts).toMatchObject({
			responses: events.length,
			totalTokens: tokens,
			totalCost: nanoUsd / 1e9,
			inputTokens: sum((e) => e.input),
			cacheReadTokens: sum((e) => e.cacheRead),
			subAgents: 1,
			subAgentResponses: 2,
			cacheMisses: 1,
			largestContext: Math.max(...events.map((e) => e.input + e.cacheWrite5m + e.cacheWrite1h + e.cacheRead)),
		});
		for (const panel of ["models", "timeline", "responses"]) {
			const rows: { totalCost: number; totalTokens: number }[] = await rowsOf(get, panel);
			expect(rows.reduce((total, row) => total + row.totalTokens, 0)).toBe(tokens);
			expect(rows.reduce((total, row) => total + row.totalCost, 0)).toBeCloseTo(nanoUsd / 1e9, 9);
		}
		const body = await (await get(`/api/views/session/${SESSION}/facts`)).json();
		expect(body.totals).toMatchObject({ responses: events.length, totalCost: nanoUsd / 1e9 });
	});

	test("are the same in the list of sessions of the API", async () => {
		const server = await TestServer.start();
		const alice = await server.join("alice");
		await ingestAll(
			{ db: server.db, user: { id: alice.account.user, zone: "UTC", horizon: 0 } },
			sessionEvents(),
		);
		const list = await (await alice.ask("/api/usage/sessions?limit=5")).json();
		const [facts] = await rowsOf(alice.ask, "facts");
		expect(list).toHaveLength(1);
		expect(facts.totalCost).toBe(list[0].total_cost);
		expect(facts.totalTokens).toBe(list[0].total_tokens);
		expect(server.reported).toEqual([]);
	});

	test.each(PANELS)("come as JSON and as CSV, with the same rows: %s", async (panel) => {
		const { get } = await visit();
		const rows = await rowsOf(get, panel);
		const csv = await get(`/api/views/session/${SESSION}/${panel}?format=csv`);
		expect(csv.headers.get("content-disposition")).toBe(`attachment; filename="promptpulse-${panel}.csv"`);
		const lines = (await csv.text()).trim().split("\r\n");
		expect(lines).toHaveLength(rows.length + 1);
	});

	test("are of the responses that are asked for", async () => {
		const { get } = await visit();
		expect(await rowsOf(get, "responses", "?show=agents")).toHaveLength(2);
		expect(await rowsOf(get, "responses", "?show=misses")).toMatchObject([{ cacheBreak: "miss" }]);
	});
});

test("the page has the rows that the API has, number by number", async () => {
	const { get } = await visit();
	const page = await elementsOf(await (await get(`/sessions/${SESSION}`)).text());
	const cells = (name: string) =>
		page
			.filter(({ attributes }) => attributes.get("class")?.split(" ").includes(`response-${name}`))
			.map(({ text }) => Number(plain(text).replace(/[$,]/g, "")));
	const rows: Record<string, number>[] = await rowsOf(get, "responses");
	expect(cells("in")).toEqual(rows.map((row) => row.inputTokens ?? Number.NaN));
	expect(cells("out")).toEqual(rows.map((row) => row.outputTokens ?? Number.NaN));
	expect(cells("written")).toEqual(rows.map((row) => row.cacheCreationTokens ?? Number.NaN));
	expect(cells("read")).toEqual(rows.map((row) => row.cacheReadTokens ?? Number.NaN));
	expect(cells("context")).toEqual(rows.map((row) => row.context ?? Number.NaN));
	expect(cells("cost")).toEqual(rows.map((row) => Number(row.totalCost?.toFixed(4))));
});

describe("what cannot be meant", () => {
	test.each([
		"show=some",
		"after=x",
		"after=1",
		"after=-1.AAAAAAAAAAAAAAAA",
		"after=1.<script>",
		"response=short",
		"response=%00",
		"range=never",
	])("is refused: %s", async (query) => {
		const { get, reported } = await visit();
		for (const path of [`/sessions/${SESSION}`, `/api/views/session/${SESSION}/responses`]) {
			expect((await get(`${path}?${query}`)).status).toBe(422);
		}
		expect(reported).toEqual([]);
	});

	test("places and responses that are not there show what there is", async () => {
		const { get } = await visit();
		expect((await get(`/sessions/${SESSION}?response=AAAAAAAAAAAAAAAA`)).status).toBe(200);
		const past = await get(`/sessions/${SESSION}?after=999999999999999.AAAAAAAAAAAAAAAA`);
		expect(await past.text()).toContain("None of these.");
	});
});

describe("a session that is not there", () => {
	test.each(["nope", "%00", "<b>", "a".repeat(300), "__proto__", "8f3c1d2e"])(
		"is told so: %s",
		async (id) => {
			const { get, reported } = await visit();
			const page = await get(`/sessions/${encodeURIComponent(id)}`);
			expect(page.status).toBe(404);
			expect(await page.text()).toContain("There is no such session");
			expect((await get(`/api/views/session/${encodeURIComponent(id)}/facts`)).status).toBe(404);
			expect(reported).toEqual([]);
		},
	);

	test("is the same as one of somebody else, on the page and in every panel", async () => {
		const server = await TestServer.start();
		const { alice, bob } = await server.joinAll();
		const userOf = (person: typeof alice) => ({ id: person.account.user, zone: "UTC", horizon: 0 });
		await ingestAll({ db: server.db, user: userOf(bob) }, sessionEvents());
		await ingestAll({ db: server.db, user: userOf(alice) }, [eventOf({ id: "own" })]);
		const said = async (response: Response) =>
			(await response.text()).replace(/"(?:request_?id|requestId)":"[^"]*"/gi, "");
		const theirs = await alice.visit(`/sessions/${SESSION}`);
		expect(theirs.status).toBe(404);
		const none = await alice.visit("/sessions/nope");
		expect(await said(theirs)).toBe(await said(none));
		for (const panel of [...PANELS, "x"]) {
			for (const ask of [alice.ask, alice.visit]) {
				expect((await ask(`/api/views/session/${SESSION}/${panel}`)).status).toBe(404);
			}
		}
		expect((await bob.visit(`/sessions/${SESSION}`)).status).toBe(200);
		expect(server.reported).toEqual([]);
	});
});
