import { describe, expect, test } from "bun:test";
import { type OverviewData, OverviewPage } from "../../views/overview.tsx";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { NOW, propsOf, SHELL, unused, used, withData } from "../support/overview-props.ts";
import { expectSoundMarkup } from "../support/sound-markup.ts";

async function pageOf(query = "", change: Partial<OverviewData> = {}) {
	return elementsOf(OverviewPage(withData(propsOf(query), change)));
}

async function textOf(query = "", change: Partial<OverviewData> = {}) {
	return plain((await pageOf(query, change)).find(({ tag }) => tag === "body")?.text);
}

const QUERIES = [
	"",
	"range=today",
	"range=month&compare=year",
	"range=12m&metric=cache",
	"range=all&metric=sessions",
	"range=custom&from=2026-11-01&to=2026-11-20&metric=days",
	"metric=tokens&by=kind&compare=none",
	"metric=responses&by=machine&machine=!maya-mbp",
	"by=project&project=/home/ann/shop&model=!claude-haiku",
];

describe.each(QUERIES)("the overview of ?%s", (query) => {
	test("is sound markup", async () => {
		expectSoundMarkup(await pageOf(query));
	});

	test("keeps what it shows in every form", async () => {
		const page = String(await OverviewPage(propsOf(query)));
		const forms = page.match(/<form[^>]*method="get"[^>]*>.*?<\/form>/gs) ?? [];
		expect(forms.length).toBeGreaterThan(0);
		for (const form of forms) {
			const own = [...form.matchAll(/name="([^"]+)"/g)].map(([, name]) => name);
			const wanted = [...new URLSearchParams(query).keys()].filter(
				(name) => name !== "from" && name !== "to",
			);
			expect(own).toEqual(expect.arrayContaining(wanted));
		}
	});
});

describe("stats", () => {
	test("are links that choose the chart's measure, one of them chosen", async () => {
		const stats = byClass(await pageOf("metric=tokens&range=7d"), "stat");
		expect(stats.map(({ attributes }) => attributes.get("href"))).toEqual([
			"/?range=7d",
			"/?range=7d&metric=tokens",
			"/?range=7d&metric=cache",
			"/?range=7d&metric=sessions",
			"/?range=7d&metric=responses",
			"/?range=7d&metric=days",
		]);
		const current = stats.filter(({ attributes }) => attributes.has("aria-current"));
		expect(current.map(({ attributes }) => attributes.get("id"))).toEqual(["metric-tokens"]);
	});

	test("tell number, change and what it is compared with", async () => {
		const page = await pageOf("", { before: { ...propsOf().data.span, usage: used(20), sessions: 40 } });
		expect(plain(byId(page, "metric-cost")?.text)).toBe("Cost$30.00up 50.0 % vs $20");
		expect(plain(byId(page, "metric-sessions")?.text)).toBe("Sessions30down 25.0 % vs 40");
		expect(plain(byId(page, "metric-cache")?.text)).toBe("Cache hits95.9 % saved $5.00");
		expect(plain(byId(page, "metric-days")?.text)).toBe("Active days30 of 30 no change");
	});

	test("say where there is nothing to compare with, and never a percentage of nothing", async () => {
		const { data: props } = propsOf();
		const none = await pageOf("", { before: unused(props.span) });
		expect(plain(byId(none, "metric-cost")?.text)).toBe("Cost$30.00 no earlier data");
		const unpriced = await pageOf("", { before: { ...props.span, usage: used(0) } });
		expect(plain(byId(unpriced, "metric-cost")?.text)).toBe("Cost$30.00 vs $0.00");
		expect(plain(byId(await pageOf("compare=none"), "metric-cost")?.text)).toBe("Cost$30.00in 30 days");
	});

	test("of today say that they are partial", async () => {
		expect(plain(byId(await pageOf("range=today"), "metric-cost")?.text)).toBe(
			"Cost$1.00until 12:03, partial",
		);
	});
});

describe("what is missing is said", () => {
	test("a day that is not over", async () => {
		expect(await textOf()).toContain("Today is partial: counted until 12:03, shown hatched.");
		expect(await textOf("range=custom&from=2026-11-01&to=2026-11-20")).not.toContain("is partial");
	});

	test("a model without a price", async () => {
		const text = await textOf("", { unpriced: { models: ["claude-nova"], tokens: 38_112 } });
		expect(text).toContain("1 model has no price yet, 38,112 tokens are not in the cost. See models");
	});

	test("a price in part at the head", async () => {
		const { span } = propsOf().data;
		const page = await pageOf("", { span: { ...span, usage: { ...span.usage, unpriced: 2 } } });
		expect(plain(byClass(page, "stat-number")[0]?.text)).toBe("≥ $30.00");
	});

	test("a price in part, and none at all", async () => {
		const { models } = propsOf().data;
		const [row] = models.rows;
		if (!row) throw new Error("a row was made");
		const rows = [
			{ ...row, name: "part", label: "part", unpriced: 2 },
			{ ...row, name: "none", label: "none", unpriced: 10, costNanoUsd: 0 },
		];
		const found = byClass(await pageOf("", { models: { rows, count: 9 } }), "ranked-row").map(({ text }) =>
			plain(text),
		);
		expect(found).toContain("part≥ $30.00100 %");
		expect(found).toContain("noneNo price–");
	});

	test("a silent machine, at the head and in its list", async () => {
		const text = await textOf();
		expect(text).toContain("As of 12:03 · 0 machines reporting");
		expect(text).toContain("maya-mbp silent for 4 days");
		expect(text).toContain("maya-mbpSilent 4 d");
	});

	test("sample data", async () => {
		const page = await elementsOf(OverviewPage({ ...propsOf(), shell: { ...SHELL, sample: true } }));
		expect(plain(page.find(({ tag }) => tag === "body")?.text)).toContain("This is sample data.");
		expect(await textOf()).not.toContain("sample data");
	});
});

describe("a period without usage", () => {
	test("says so, with a way out", async () => {
		const { data: props } = propsOf("range=7d");
		const page = await pageOf("range=7d", { span: unused(props.span) });
		const [empty] = byClass(page, "empty");
		expect(plain(empty?.text)).toBe("No usageNothing was used in these 7 days.Show all time");
		expect(page.some(({ tag }) => tag === "canvas")).toBe(false);
	});

	test("that filters make so offers to clear them, and nothing else of the view", async () => {
		const { data: props } = propsOf("range=7d&metric=tokens&model=x");
		const page = await pageOf("range=7d&metric=tokens&model=x", { span: unused(props.span) });
		expect(plain(byClass(page, "empty")[0]?.text)).toContain("Nothing matches");
		const hrefs = page.map(({ attributes }) => attributes.get("href"));
		expect(hrefs).toContain("/?range=7d&metric=tokens");
	});

	test("leaves no list half empty", async () => {
		const nothing = { rows: [], count: 0 };
		const text = await textOf("", {
			projects: nothing,
			models: nothing,
			machines: nothing,
			sessions: nothing,
			block: undefined,
		});
		expect(text.match(/None in these days\./g)).toHaveLength(4);
		expect(text).toContain("No active block. The next one starts with your next message.");
	});
});

describe("panels", () => {
	test("the block that runs", async () => {
		const text = plain(byId(await pageOf(), "block")?.text);
		expect(text).toContain("Active block09:00 – 14:00");
		expect(text).toContain("1 h 55 m left");
		expect(text).toContain("$18.42$6.04 an hour");
		expect(text).toContain("At this rate by 14:00$30");
	});

	test("tokens by kind are read without a click", async () => {
		const kinds = byClass(await pageOf("metric=tokens"), "kind").map(({ text }) => plain(text));
		expect(kinds).toEqual(["Input30.0 k", "Output60.0 k", "Cache write90.0 k", "Cache read2.82 M"]);
	});

	test("each offers its numbers for the same view", async () => {
		const hrefs = (await pageOf("range=7d&model=x")).map(({ attributes }) => attributes.get("href"));
		for (const panel of ["series", "projects", "models", "machines", "sessions", "calendar", "block"]) {
			expect(hrefs).toContain(`/api/views/overview/${panel}?range=7d&model=x`);
			expect(hrefs).toContain(`/api/views/overview/${panel}?range=7d&model=x&format=csv`);
		}
		expect((await pageOf()).map(({ attributes }) => attributes.get("href"))).toContain(
			"/api/views/overview/series?format=csv",
		);
	});

	test("totals that came instead of responses are told, and that they are in no number", async () => {
		const reported = [
			{ day: 20_000, total: 1_500, costNanoUsd: 2_000_000_000 },
			{ day: 20_000, total: 500, costNanoUsd: 1_000_000_000 },
			{ day: 20_001, total: 1_000, costNanoUsd: 500_000_000 },
		];
		expect(await textOf("", { reported })).toContain("$3.50 more on 2 days.");
		expect(await textOf("", { reported })).toMatch(/\(3\.00\sk tokens\)/);
		expect(await textOf("")).not.toContain("more on");
	});

	test("a day of the calendar leads to that day, for pointers and in the table", async () => {
		const page = await pageOf("model=x");
		const href = "/?from=2026-11-23&model=x";
		const links = page.filter(({ attributes }) => attributes.get("href") === href);
		expect(links.map(({ attributes }) => attributes.get("tabindex"))).toEqual(["-1", undefined]);
		expect(links[1]?.text).toBe("$4.00");
	});

	test("one response is not called responses", async () => {
		const rows = propsOf().data.sessions.rows.map((row) => ({ ...row, responses: 1 }));
		const page = await pageOf("", { sessions: { rows, count: 1 } });
		expect(byClass(page, "sessions-responses")[0]?.text).toBe("1 response");
	});

	test("the session's own length and the age of another year", async () => {
		const { data: props } = propsOf();
		const rows = props.sessions.rows.map((row) => ({
			...row,
			firstAt: NOW - 4e10,
			lastAt: NOW - 4e10 + 9e6,
		}));
		expect(await textOf("", { sessions: { rows, count: 1 } })).toContain("18 Aug 20252 h 30 m");
	});

	test("title and summary follow the view", async () => {
		const page = await pageOf("metric=responses&range=7d");
		expect(page.find(({ tag }) => tag === "title")?.text).toBe(
			"Overview: responses, 18 Nov – 24 Nov 2026 · PromptPulse",
		);
		expect(plain(byId(page, "summary")?.text)).toBe("Responses 70, 18 Nov – 24 Nov 2026.");
	});
});

describe("filters", () => {
	test("in force are chips that can be taken away one by one", async () => {
		const page = await pageOf("project=/a/shop&project=!/a/sandbox");
		expect(byClass(page, "chip").map(({ text }) => plain(text))).toEqual([
			"projectshop",
			"project is notsandbox",
		]);
		const removals = byClass(page, "chip-remove").map(({ attributes }) => attributes.get("href"));
		expect(removals).toEqual(["/?project=%21%2Fa%2Fsandbox", "/?project=%2Fa%2Fshop"]);
	});

	test("are offered as values that the URL means", async () => {
		const names = { project: "!odd", model: "m", machine: "n", session: "s" };
		const page = await elementsOf(OverviewPage(propsOf("", names)));
		const values = page.flatMap(({ tag, attributes }) =>
			tag === "option" ? (attributes.get("value") ?? "") : [],
		);
		expect(values).toEqual(expect.arrayContaining(["\\!odd", "!!odd", "m", "!m"]));
	});

	test("a click on a row shows it alone", async () => {
		const rows = byClass(await pageOf("model=x&model=y&range=7d"), "ranked-row");
		expect(rows.map(({ attributes }) => attributes.get("href"))).toContain(
			"/?range=7d&model=claude-opus-4-6",
		);
	});
});
