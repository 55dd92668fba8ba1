import { describe, expect, test } from "bun:test";
import { boardOf, type Standing } from "../../src/usage/leaderboard.ts";
import { type BoardData, LeaderboardPage } from "../../views/leaderboard.tsx";
import { byClass, byId, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { SHELL, TODAY, used } from "../support/overview-props.ts";

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"</bdi></td></table><form action=//evil>",
	'" hx-get="/x" hx-trigger="load',
	"&lt;b&gt; &amp;amp;",
	"\u0634\u0645\u0633 123",
	"\u5c0f".repeat(50),
];

function dataWith(names: readonly string[], data: Partial<BoardData> = {}): BoardData {
	const standings = names.map((name, i): Standing => ({ ...used(10 - i), user: i + 1, name, activeDays: 3 }));
	const entries = boardOf(standings, "cost");
	return {
		isOn: true,
		isAdmin: false,
		board: { period: "weekly", metric: "cost", since: TODAY - 6, until: TODAY, entries, own: entries[1] },
		joinedAt: 1,
		name: names[1] ?? null,
		excludedAt: null,
		people: standings.map(({ user, name }) => ({
			user,
			id: `id${user}`,
			username: `user${user}`,
			name,
			joinedAt: 1,
			excludedAt: user === 3 ? 1 : null,
		})),
		...data,
	};
}

function pageWith(names: readonly string[], data: Partial<BoardData> = {}) {
	return elementsOf(LeaderboardPage({ shell: SHELL, data: dataWith(names, data) }));
}

describe("a name on the leaderboard", () => {
	test.each(HOSTILE)("%j is text and nothing else", async (name) => {
		for (const data of [{}, { isAdmin: true }, { refused: { name, wrong: "Choose another one." } }]) {
			const [hostile, usual] = [
				await pageWith([name, `${name}2`, `${name}3`], data),
				await pageWith(["a", "a2", "a3"], "refused" in data ? { refused: { name: "a", wrong: "x" } } : data),
			];
			expect(skeletonOf(hostile)).toEqual(skeletonOf(usual));
			expect(byClass(hostile, "board-name").map(({ text }) => text)[1]).toContain(name);
		}
	});

	test("stands apart from the line around it, whichever way it is written", async () => {
		const page = await pageWith(["a", "b", "c"], { isAdmin: true });
		expect(page.filter(({ tag }) => tag === "bdi").map(({ text }) => text)).toEqual([
			"b",
			"a",
			"b",
			"c",
			"c",
		]);
	});
});

describe("a long leaderboard", () => {
	const names = Array.from({ length: 130 }, (_, i) => `n${String(i).padStart(3, "0")}`);

	test("lists the first hundred, and one's own place beside them wherever it is", async () => {
		const data = dataWith(names);
		const own = data.board.entries[120];
		const page = await pageWith(names, { board: { ...data.board, own } });
		const rows = page.filter(({ tag }) => tag === "tr").map(({ text }) => plain(text));
		expect(rows).toHaveLength(102);
		expect(rows[1]).toStartWith("121n120You, top 94 %");
		expect(plain(byClass(page, "card-foot")[0]?.text)).toStartWith("The first 100 of 130 people.");
	});
});

test("columns tell by what they are ranked, and one's own row is marked", async () => {
	const page = await pageWith(["a", "b", "c"]);
	const heads = page.filter(({ tag }) => tag === "th");
	const sorted = heads.filter(({ attributes }) => attributes.has("aria-sort"));
	expect(sorted.map(({ text }) => text)).toEqual(["Cost"]);
	expect(byId(page, "sort-days")?.attributes.get("href")).toBe(
		byId(page, "metric-days")?.attributes.get("href"),
	);
	expect(heads.every(({ attributes }) => attributes.has("scope"))).toBe(true);
	expect(byClass(page, "board-self")).toHaveLength(1);
	expect(byId(page, "summary")?.text).toBe("Leaderboard, 18 Nov – 24 Nov: 3 people.");
});
