import { describe, expect, test } from "bun:test";
import type { UsageEvent } from "../../src/usage/event.ts";
import { SessionPage } from "../../views/session.tsx";
import { byClass, byId, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { SESSION, START, sessionEvent, sessionEvents, sessionProps } from "../support/session-props.ts";
import { expectSoundMarkup } from "../support/sound-markup.ts";

async function pageOf(query = "", events?: readonly UsageEvent[], most?: number) {
	return elementsOf(SessionPage(await sessionProps(events, query, most)));
}

async function islandOf(query = "", events?: readonly UsageEvent[]) {
	return JSON.parse(byId(await pageOf(query, events), "timeline-data")?.text ?? "");
}

const DAY = "range=7d&model=cheap";

describe.each(["", DAY, "show=misses", "show=agents", "show=agents&range=12m"])(
	"a session of ?%s",
	(query) => {
		test("is sound markup", async () => {
			expectSoundMarkup(await pageOf(query));
		});
	},
);

describe("at the head", () => {
	test("stands when it was, in the person's zone, and where", async () => {
		const page = await pageOf(DAY);
		expect(page.find(({ tag }) => tag === "h1")?.text).toBe("Monday 23 November 2026, 10:00");
		expect(plain(byClass(page, "session-where")[0]?.text)).toBe(
			"appon branch mainlaptop8f3c1d2eClaude Code 2.4.1",
		);
		expect(byId(page, "back")?.attributes.get("href")).toBe("/sessions?range=7d&model=cheap");
		expect(byClass(page, "filter-bar")).toEqual([]);
	});

	test("are the facts", async () => {
		const facts = byClass(await pageOf(), "session-fact").map(({ text }) => plain(text));
		expect(facts).toEqual([
			// 59,060 tokens of the dear model, 194,510 of the cheap one.
			"Cost$0.79sub-agents <$0.01, 0.0 %",
			"Length1 h 9 m10:00 – 11:09",
			"Responses122 by sub-agents",
			"Tokens254 k120 in, 240 out",
			"Cache hits76.2 %1 miss",
			"Largest context30.0 k2 models",
		]);
	});

	test("is what has no price", async () => {
		const events = sessionEvents();
		const part = events.map((event, i) => (i === 3 ? { ...event, model: "odd" } : event));
		expect(plain(byClass(await pageOf("", part), "session-fact")[0]?.text)).toMatch(
			/^Cost≥ \$0\.\d\d1 response without a price$/,
		);
		const none = events.map((event) => ({ ...event, model: "odd" }));
		expect(plain(byClass(await pageOf("", none), "session-fact")[0]?.text)).toBe("Cost–no price is known");
	});
});

describe("the timeline", () => {
	test("of a session that changed its model hundreds of times has as many lines as can be told apart", async () => {
		const events = Array.from({ length: 400 }, (_, i) =>
			sessionEvent(`turn-${i}`, START + i * 10_000, { model: i % 2 === 0 ? "cheap" : "dear" }),
		);
		const page = await pageOf("", events);
		const { changes, bars } = JSON.parse(byId(page, "timeline-data")?.text ?? "");
		expect(changes.length).toBeGreaterThan(20);
		expect(changes.length).toBeLessThan(34);
		expect(plain(byClass(page, "timeline-rules")[0]?.text)).toContain(
			`changed 399 times (${changes.length} dotted lines: where changes lie close together, one stands for all of them).`,
		);
		expect(bars[1][7].at(-1)).toMatch(/^Model changed( \d+ times, at last)? to (cheap|dear)$/);
	});

	test("has a bar for each response, whose words are those of the list", async () => {
		const { bars, lanes, changes, pauses, window } = await islandOf();
		expect(bars).toHaveLength(12);
		expect(bars[0][7].map(plain)).toEqual([
			"1",
			"10:00:00",
			"cheap",
			"main",
			"$0.0210",
			"21.0 k",
			"1.00 k",
			"20.0 k",
			"",
		]);
		expect(bars[3][7].slice(0, 4)).toEqual(["4", "10:02:30", "cheap", "a1b2"]);
		expect(bars.map(([place]: [number]) => place)).toEqual(
			bars.map(([place]: [number]) => place).toSorted((a: number, b: number) => a - b),
		);
		expect(lanes).toEqual([["a1b2", [[expect.any(Number), expect.any(Number), expect.any(Number)]]]]);
		expect(changes).toHaveLength(1);
		expect(pauses).toEqual([[expect.any(Number), expect.any(Number), "1 h 1 m"]]);
		expect(window).toBe(0);
	});

	test("adds up to the session's cost", async () => {
		const { bars } = await islandOf();
		expect(bars.at(-1)[2]).toBeCloseTo(0.7851, 4);
	});

	test("marks what the cache did not give, and tells by which rule", async () => {
		const page = await pageOf();
		const { bars } = await islandOf();
		expect(bars.map((bar: string[]) => bar[5]).filter(Boolean)).toEqual(["expired", "miss"]);
		expect(bars.find((bar: string[]) => bar[5] === "miss")[7][8]).toBe(
			"Cache miss, 1 min since it was last used",
		);
		const rules = plain(byClass(page, "timeline-rules")[0]?.text);
		expect(rules).toContain("within the cache's life: 5 min, or 1 h where it was written for an hour");
		expect(rules).toContain("Pauses of more than 30 min are drawn short.");
		expect(rules).toContain("changed 1 time (dotted lines)");
		expect(byClass(page, "legend-item").map(({ text }) => plain(text))).toEqual([
			"dear",
			"cheap",
			"Cache miss",
			"Cache expired",
		]);
	});

	test("has the model's window where that is known", async () => {
		const events = sessionEvents().map((event) => ({ ...event, model: "claude-opus-4-6" }));
		const { window, windowLabel } = await islandOf("", events);
		expect([window, plain(windowLabel)]).toEqual([200_000, "window of 200,000 tokens"]);
	});

	test("is about the last response, or about the one that is selected", async () => {
		expect((await islandOf()).selected).toBe(11);
		const [first] = sessionEvents();
		expect((await islandOf(`response=${first?.key}`)).selected).toBe(0);
	});

	test("of very many responses sums neighbours, and says so", async () => {
		const events = Array.from({ length: 1_300 }, (_, i) => sessionEvent(`n${i}`, START + i * 1_000));
		const page = await pageOf("", events);
		const { bars } = JSON.parse(byId(page, "timeline-data")?.text ?? "");
		expect(bars).toHaveLength(434);
		expect(bars[0][7][0]).toBe("1 – 3");
		expect(plain(byClass(page, "timeline-rules")[0]?.text)).toContain(
			"Each bar sums up to 3 responses that follow each other; the list has every one.",
		);
	});

	test("gives more than eight sub-agents a lane for all the others", async () => {
		const agents = Array.from({ length: 11 }, (_, i) =>
			sessionEvent(`x${i}`, START + i * 1_000, { agent: `agent-${i}`, sidechain: true, sidechainOnly: true }),
		);
		const { lanes } = await islandOf("", [...sessionEvents(), ...agents]);
		expect(lanes).toHaveLength(8);
		expect(lanes[7][0]).toBe("5 others");
	});
});

describe("the list", () => {
	const rowsOf = async (query: string, most?: number) =>
		byClass(await pageOf(query, undefined, most), "response").map(({ text }) => plain(text));

	test("has each response with all its counters", async () => {
		const rows = await rowsOf("");
		expect(rows).toHaveLength(12);
		expect(rows[0]).toBe("110:00:00 cheapmain10201,00020,00021,010$0.0210");
		expect(rows[9]).toContain("Cache miss");
		expect(rows[10]).toContain("New model");
	});

	test("can be of cache misses or sub-agents alone", async () => {
		expect(await rowsOf("show=misses")).toHaveLength(1);
		expect((await rowsOf("show=agents")).map((row) => row.includes("a1b2"))).toEqual([true, true]);
		const segments = byClass(await pageOf("show=agents"), "segment").map(({ text }) => plain(text));
		expect(segments).toEqual(expect.arrayContaining(["All", "Cache misses 1", "Sub-agents 2"]));
	});

	test("is read page by page, every response once", async () => {
		const seen: string[] = [];
		for (let query = ""; ; ) {
			const page = await pageOf(query, undefined, 5);
			seen.push(...byClass(page, "response-number").map(({ text }) => plain(text)));
			const next = page.find(({ tag, text }) => tag === "a" && text === "Next");
			if (!next) break;
			query = next.attributes.get("href")?.split("?")[1] ?? "";
		}
		expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => String(i + 1)));
	});

	test("goes back to where it came from", async () => {
		const linkOf = async (query: string, word: string) =>
			(await pageOf(query, undefined, 5)).find(({ tag, text }) => tag === "a" && text === word);
		const queryOf = (link: Awaited<ReturnType<typeof linkOf>>) =>
			link?.attributes.get("href")?.split("?")[1] ?? "";
		const second = queryOf(await linkOf("", "Next"));
		const third = queryOf(await linkOf(second, "Next"));
		expect(queryOf(await linkOf(third, "Previous"))).toBe(second);
		expect(queryOf(await linkOf(second, "Previous"))).toBe("");
		expect(queryOf(await linkOf(third, "First"))).toBe("");
	});

	test("has the page with the response that is selected, and marks it", async () => {
		const event = sessionEvents()[7];
		const page = await pageOf(`response=${event?.key}`, undefined, 5);
		const [selected] = byClass(page, "response-selected");
		expect(selected?.attributes.get("id")).toBe(`response-${event?.key}`);
		expect(plain(byClass(page, "card-sub")[0]?.text)).toBe("6 – 10 of 12");
	});

	test("tells what it leaves out, and what it has from elsewhere", async () => {
		const side = { sidechain: true, sidechainOnly: true };
		const repeated = sessionEvent("main-0", START + 1, { ...side, key: "AAAAAAAAAAAAAAAA" });
		const copied = sessionEvent("copied", START, { fork: true });
		const page = await pageOf("", [...sessionEvents(), repeated, copied]);
		const told = plain(byClass(page, "responses-elsewhere")[0]?.text);
		expect(told).toContain("Counted elsewhere: 1 response of sub-agents repeats one of the main line.");
		expect(told).toContain("<$0.01 is not repeated here.");
		expect(told).toContain("1 response was copied from an earlier session");
		expect(byClass(page, "response")).toHaveLength(13);
	});

	test("of none says so, with a way out", async () => {
		const calm = sessionEvents().slice(0, 3);
		const page = await pageOf("show=misses", calm);
		expect(plain(byClass(page, "card-empty")[0]?.text)).toBe("None of these. Show all responses");
	});
});

test("files have the whole list, wherever the page begins", async () => {
	const next = (await pageOf("", undefined, 5)).find(({ text }) => text === "Next");
	const page = await pageOf(next?.attributes.get("href")?.split("?")[1] ?? "", undefined, 5);
	const hrefs = page.map(({ attributes }) => attributes.get("href"));
	expect(hrefs).toContain(`/api/views/session/${SESSION}/responses`);
	expect(hrefs).toContain(`/api/views/session/${SESSION}/responses?format=csv`);
});

test("sessions of the same project are links that keep days and filters", async () => {
	const other = sessionEvent("other", START - 86_400_000, { session: "earlier" });
	const page = await pageOf(DAY, [...sessionEvents(), other]);
	const [row] = byClass(page, "related-row");
	expect(row?.attributes.get("href")).toBe("/sessions/earlier?range=7d&model=cheap");
	expect(plain(row?.text)).toMatch(/^Before22 Nov, 10:00/);
});

describe("names are text and nothing else", () => {
	const HOSTILE = [
		"<script>alert(1)</script>",
		'"><img src=x onerror=alert(1)>',
		"</script><script>alert(1)</script>",
		"&lt;b&gt; &amp;amp;",
		"\u202eevil\u2066\u200f",
		"=1+1",
	];
	const skeletonWith = async (name: string) => {
		const events = sessionEvents().map((event) => ({
			...event,
			project: name,
			model: name,
			branch: name,
			version: name,
		}));
		return skeletonOf(await pageOf("", events));
	};

	test.each(HOSTILE)("%j", async (name) => {
		expect(await skeletonWith(name)).toEqual(await skeletonWith("plain"));
		const events = sessionEvents().map((event) => ({ ...event, model: name }));
		expect((await islandOf("", events)).bars[0][7][2]).toBe(name);
	});
});
