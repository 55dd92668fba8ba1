import { describe, expect, test } from "bun:test";
import { SESSION_SORTS } from "../../src/usage/sessions-query.ts";
import { SessionsPage } from "../../views/sessions.tsx";
import { byClass, byId, type Element, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { PLAIN, used } from "../support/overview-props.ts";
import { sessionRow, sessionsProps, UUID } from "../support/sessions-props.ts";
import { expectSoundMarkup } from "../support/sound-markup.ts";

async function pageOf(...props: Parameters<typeof sessionsProps>): Promise<Element[]> {
	return elementsOf(SessionsPage(sessionsProps(...props)));
}

function hrefOf(page: readonly Element[], id: string): string | undefined {
	return byId(page, id)?.attributes.get("href");
}

const QUERIES = [
	"",
	"sort=cost&order=asc&size=50",
	"q=main&range=today",
	"range=custom&from=2026-11-01&to=2026-11-20&machine=!maya-mbp",
	"sort=project&project=/home/ann/shop&model=!claude-haiku&compare=none",
];

describe.each(QUERIES)("the list of ?%s", (query) => {
	test("is sound markup", async () => {
		expectSoundMarkup(await pageOf(query));
	});

	test("keeps what it shows in every form, but for the place", async () => {
		const place = Buffer.from(JSON.stringify(["1", "s"])).toString("base64url");
		const isText = query.includes("sort=project");
		const page = String(await SessionsPage(sessionsProps(isText ? query : `${query}&after=${place}`)));
		const forms = page.match(/<form[^>]*method="get"[^>]*>.*?<\/form>/gs) ?? [];
		expect(forms.length).toBeGreaterThan(1);
		for (const form of forms) {
			const own = [...form.matchAll(/name="([^"]+)"/g)].map(([, name]) => name);
			const wanted = [...new URLSearchParams(query).keys()].filter(
				(name) => name !== "from" && name !== "to" && name !== "q",
			);
			expect(own).toEqual(expect.arrayContaining(wanted));
			expect(own).not.toContain("after");
		}
	});
});

describe("a row", () => {
	test("tells of its session, and leads to it with the same days and filters", async () => {
		const page = await pageOf("range=7d&model=claude-opus-4-6&sort=cost");
		const [row] = byClass(page, "listed-id");
		expect(row?.attributes.get("title")).toBe(PLAIN.session);
		expect(plain(row?.text)).toBe("Session 7f3a9c21");
		const link = page.find(({ attributes }) => attributes.get("href")?.startsWith("/sessions/"));
		expect(link?.attributes.get("href")).toBe(`/sessions/${PLAIN.session}?range=7d&model=claude-opus-4-6`);
		const told = (name: string) => plain(byClass(page, name)[0]?.text);
		expect(told("listed-start")).toBe("Today, 10:35");
		expect(told("listed-project")).toBe("shop");
		expect(told("listed-branch")).toBe("main");
		expect(told("listed-models")).toBe("claude-opus-4-6 100 %");
		expect(told("listed-length")).toBe("1 h 0 m");
		expect(told("listed-responses")).toBe("10 responses");
		expect(told("listed-tokens")).toBe("100 k");
		expect(byClass(page, "listed-full")[0]?.attributes.get("title")).toBe("100,000");
		expect(told("listed-agents")).toBe("25.0 %");
		expect(told("listed-machine")).toBe("maya-mbp");
		expect(told("listed-cost")).toBe("$2.00");
	});

	test("shows its project or its machine alone", async () => {
		const page = await pageOf("sort=cost");
		const links = byClass(page, "listed-name").map(({ attributes }) => attributes.get("href"));
		expect(links).toContain("/sessions?project=%2Fhome%2Fann%2Fshop&sort=cost");
		expect(links).toContain(`/sessions?machine=${UUID}&sort=cost`);
	});

	test("says how many more branches, projects and machines it has", async () => {
		const page = await pageOf("", [sessionRow({ branches: 3, machines: 2, projects: 1, branch: "" })]);
		expect(plain(byClass(page, "listed-branch")[0]?.text)).toBe("–no branch +2 more");
		expect(plain(byClass(page, "listed-machine")[0]?.text)).toBe("maya-mbp +1 more");
		expect(plain(byClass(page, "listed-project")[0]?.text)).toBe("shop");
	});

	test("says what has no price, in part or in all", async () => {
		const partly = await pageOf("", [sessionRow({ ...used(1.92, { unpriced: 3 }) })]);
		const [cost] = byClass(partly, "listed-cost");
		expect(plain(cost?.text)).toBe("≥ $1.92");
		const titles = byClass(partly, "listed-full").map(({ attributes }) => attributes.get("title"));
		expect(titles).toContain("3 responses of it without a price");
		const none = await pageOf("", [sessionRow({ ...used(0, { unpriced: 10 }), subagentNanoUsd: 0 })]);
		expect(plain(byClass(none, "listed-cost")[0]?.text)).toBe("No price");
		expect(plain(byClass(none, "listed-agents")[0]?.text)).toBe("–none");
	});
});

describe("the table", () => {
	test("says by what it is in order, and turns round or goes by another column", async () => {
		const page = await pageOf("sort=cost&q=main");
		const sorted = page.filter(({ attributes }) => attributes.has("aria-sort"));
		expect(sorted.map(({ text, attributes }) => [text, attributes.get("aria-sort")])).toEqual([
			["Cost", "descending"],
		]);
		expect(hrefOf(page, "sort-cost")).toBe("/sessions?sort=cost&order=asc&q=main");
		expect(hrefOf(page, "sort-project")).toBe("/sessions?sort=project&q=main");
		expect(hrefOf(page, "sort-started")).toBe("/sessions?q=main");
		for (const sort of SESSION_SORTS) expect(byId(page, `sort-${sort}`)).toBeDefined();
	});

	test("sums what it shows, and says how much more there is", async () => {
		const rows = [sessionRow(), sessionRow({ session: "another" })];
		const page = await pageOf("", rows, { count: 268, usage: used(934.12) });
		expect(plain(byId(page, "sessions-title")?.text)).toBe("268 sessions, $934.12");
		const foot = page.find(({ tag }) => tag === "tfoot");
		expect(plain(foot?.text)).toBe("2 of 268 shown20 responses200 k25.0 %$4.00");
	});

	test("goes on and back, by time to older and newer ones", async () => {
		const next = { side: "after", value: 5, session: "s" } as const;
		const previous = { side: "before", value: 7, session: "t" } as const;
		const page = await pageOf("size=50", [sessionRow()], { next, previous });
		expect(byId(page, "next")?.text).toBe("Older");
		expect(byId(page, "previous")?.text).toBe("Newer");
		const place = (value: string, session: string) =>
			Buffer.from(JSON.stringify([value, session])).toString("base64url");
		expect(hrefOf(page, "next")).toBe(`/sessions?size=50&after=${place("5", "s")}`);
		expect(hrefOf(page, "previous")).toBe(`/sessions?size=50&before=${place("7", "t")}`);
		expect(hrefOf(page, "size-20")).toBe("/sessions");
		const ends = await pageOf("sort=cost");
		expect(byId(ends, "next")).toMatchObject({ tag: "span", text: "Next" });
		expect(byId(ends, "previous")).toMatchObject({ tag: "span", text: "Previous" });
	});

	test("has its numbers as files from its beginning", async () => {
		const place = Buffer.from(JSON.stringify(["1", "s"])).toString("base64url");
		const page = await pageOf(`sort=cost&after=${place}`);
		const files = page.flatMap(({ attributes }) => attributes.get("href") ?? []);
		expect(files).toContain("/api/views/sessions/sessions?sort=cost&format=csv");
	});
});

describe("where there is no session", () => {
	test.each([
		[
			"q=atlass",
			'Nothing matches. No session in these 30 days has "atlass" in its id, project or branch.',
			"Clear the search",
			"/sessions",
		],
		[
			"range=today&model=x",
			"Nothing matches. No session on this day passes these filters.",
			"Clear the filters",
			"/sessions?range=today",
		],
		[
			"",
			"No session was active in these 30 days. Other days may have some.",
			"Show all days",
			"/sessions?range=all",
		],
	])("?%s says so, and what to do", async (query, said, action, href) => {
		const page = await pageOf(query, []);
		const [empty] = byClass(page, "empty");
		expect(plain(empty?.text)).toBe(
			plain(`${said}${action}`).replace(". No", ".No").replace("days. Other", "days.Other"),
		);
		expect(hrefOf(page, "show-more")).toBe(href);
		expect(page.find(({ tag }) => tag === "table")).toBeUndefined();
	});

	test("behind the last one, it leads to the first", async () => {
		const place = Buffer.from(JSON.stringify(["1", "s"])).toString("base64url");
		const page = await pageOf(`after=${place}`, [], { count: 3, usage: used(1) });
		expect(plain(byClass(page, "empty-title")[0]?.text)).toBe("No more sessions.");
		expect(hrefOf(page, "show-more")).toBe("/sessions");
	});
});

test.each([
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	'" hx-get="/x" hx-trigger="load',
	"&lt;b&gt; &amp;amp; &#60;",
	"{{7*7}}",
])("the name %j is text and nothing else", async (name) => {
	const skeleton = async (text: string) => {
		const names = { project: text, model: text, machine: text, session: text };
		const query = new URLSearchParams({ q: text, project: text });
		return skeletonOf(await pageOf(`${query}`, [sessionRow({}, names)], {}, names));
	};
	expect(await skeleton(name)).toEqual(await skeleton("plain"));
	const empty = async (text: string) => skeletonOf(await pageOf(`${new URLSearchParams({ q: text })}`, []));
	expect(await empty(name)).toEqual(await empty("plain"));
});
