import { describe, expect, test } from "bun:test";
import { leftWords as leftInBrowser } from "../../public/charts/countdown.ts";
import { leftWords } from "../../views/blocks/left-words.ts";
import { type BlocksData, BlocksPage } from "../../views/blocks.tsx";
import { blocksPropsOf } from "../support/blocks-props.ts";
import { byClass, byId, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { PLAIN, used } from "../support/overview-props.ts";
import { expectSoundMarkup } from "../support/sound-markup.ts";

async function pageOf(query = "", change: Partial<BlocksData> = {}, name?: string) {
	const names = name === undefined ? PLAIN : { project: name, model: name, machine: name, session: name };
	return elementsOf(BlocksPage(blocksPropsOf(query, names, change)));
}

async function textOf(query = "", change: Partial<BlocksData> = {}) {
	return plain((await pageOf(query, change)).find(({ tag }) => tag === "main")?.text);
}

describe.each(["", "range=12m&metric=tokens", "project=/home/ann/shop&model=!claude-haiku", "after=1"])(
	"the page of blocks of ?%s",
	(query) => {
		test("is sound markup", async () => {
			expectSoundMarkup(await pageOf(query));
		});
	},
);

describe("the active block", () => {
	test("says what is left, what it has used, and what the projection takes for granted", async () => {
		const page = await pageOf();
		const facts = plain(byId(page, "active")?.text);
		expect(facts).toContain("1 h 55 m left");
		expect(facts).toContain("Started 09:00, ends 14:00 today");
		expect(facts).toContain("Cost so far$18.42");
		expect(facts).toContain("Burn rate$6.04 an hour");
		expect(facts).toContain("At this rate by 14:00$30.20, 40.0 M tokens");
		expect(facts).toContain("from the first response (09:00) to the last (12:05)");
		expect(facts).toContain("assumes that it goes on so for the 1 h 55 m that are left");
		expect(byClass(page, "block-hour")).toHaveLength(5);
	});

	test("counts down in words that the browser goes on with", () => {
		for (let ms = -5_000; ms < 5 * 3_600_000; ms += 997) expect(leftInBrowser(ms)).toBe(leftWords(ms));
		expect(leftWords(3_600_000 * 5)).toBe("5 h 0 m");
		expect(leftWords(3_599_000)).toBe("1 h 0 m");
		expect(leftWords(3_540_000)).toBe("59 m");
		expect(leftWords(600_001)).toBe("11 m");
		expect(leftWords(600_000)).toBe("10 m 0 s");
		expect(leftWords(61_000)).toBe("1 m 1 s");
		expect(leftWords(-1)).toBe("0 m 0 s");
	});

	test("without a rate has no projection, and says why", async () => {
		const { active } = blocksPropsOf().data;
		if (!active) throw new Error("no block runs");
		const block = { ...active.block, burnRate: undefined, projection: undefined };
		const course = active.course.map((step) => ({ ...step, projected: undefined }));
		const text = await textOf("", { active: { block, course } });
		expect(text).toContain("There is no rate yet: all of its responses came at one moment.");
		expect(text).not.toContain("At this rate");
		const page = await pageOf("", { active: { block, course } });
		expect(JSON.parse(byId(page, "course-data")?.text ?? "")).not.toHaveProperty("projection");
	});

	test("that is none says when the next one starts", async () => {
		const page = await pageOf("", { active: undefined });
		expect(plain(byId(page, "active")?.text)).toBe(
			"Active blockNo active block. The next one starts with your next message.",
		);
		expect(byId(page, "course-data")).toBeUndefined();
	});

	test("of a night began yesterday", async () => {
		const { active } = blocksPropsOf().data;
		if (!active) throw new Error("no block runs");
		const start = Date.UTC(2026, 10, 23, 21);
		const block = { ...active.block, start, end: start + 5 * 3_600_000 };
		const props = blocksPropsOf("", PLAIN, { active: { ...active, block } });
		const page = await elementsOf(
			BlocksPage({ ...props, shell: { ...props.shell, now: Date.UTC(2026, 10, 24, 0, 30) } }),
		);
		expect(plain(byId(page, "active")?.text)).toContain("Started 22:00 yesterday, ends 03:00 today");
	});
});

describe("the list of blocks", () => {
	test("has for each its start, length, gap, machines, models by cost and sums", async () => {
		const rows = (await pageOf()).filter(({ tag }) => tag === "tr").map(({ text }) => plain(text));
		const start = rows.find((row) => row.startsWith("Today 09:00 – 14:00Active"));
		expect(start).toContain("3 h 5 m13 h 0 mmaya-mbp 50.0 %,ci 50.0 %claude-opus-4-6 100 %10 responses");
		const before = rows.find((row) => row.startsWith("Mon 23 Nov 13:00 – 18:00") && row.includes("haiku"));
		expect(before).toContain("2 h 0 m–maya-mbpclaude-opus-4-6 75.6 %, claude-haiku-4-5 24.4 %10");
		const reported = rows.find((row) => row.includes("Reported total"));
		expect(reported).toBe(
			"Sun 22 Nov 13:00 – 18:00Reported total2 h 0 m–maya-mbpclaude-opus-4-67 responses10$1.00",
		);
	});

	test("says how much of it is shown, and leads on and back", async () => {
		const page = await pageOf("metric=tokens");
		expect(plain(byClass(page, "blocks-foot")[0]?.text)).toBe(
			"3 shown of 2 blocks and 1 reported totalEarlier blocks",
		);
		const next =
			page.find(({ tag, text }) => tag === "a" && text === "Earlier blocks")?.attributes.get("href") ?? "";
		expect(next).toStartWith("/blocks?metric=tokens&after=");
		const later = await pageOf(next.split("?")[1] ?? "", { next: undefined });
		expect(later.find(({ tag, text }) => tag === "a" && text === "The latest")?.attributes.get("href")).toBe(
			"/blocks?metric=tokens",
		);
		expect(later.some(({ text }) => text === "Earlier blocks")).toBe(false);
	});

	test("shows three names of a reported total and counts the others", async () => {
		const { rows } = blocksPropsOf().data;
		const models = ["a", "b", "c", "d", "e"];
		const more = rows.map((row) =>
			row.kind === "reported" ? { ...row, block: { ...row.block, models } } : row,
		);
		const cell = byClass(await pageOf("", { rows: more }), "blocks-models").at(-1);
		expect(plain(cell?.text)).toBe("a,b,cand 2 more");
		expect(cell?.attributes.get("title")).toBe("a, b, c, d, e");
	});

	test("marks what has no price", async () => {
		const { rows } = blocksPropsOf().data;
		const unpriced = rows.map((row) =>
			row.kind === "own" ? { ...row, block: { ...row.block, ...used(2, { unpriced: 3 }) } } : row,
		);
		const cell = byClass(await pageOf("", { rows: unpriced }), "blocks-cost")[0];
		expect(plain(cell?.text)).toBe("≥ $2.00");
		expect(cell?.attributes.get("title")).toBe("3 responses of it without a price");
	});

	test("that is empty says what to do", async () => {
		const none = { rows: [], bars: [], next: undefined, counts: { own: 0, reported: 0 } };
		expect(await textOf("", none)).toContain("No block began in these 30 days.Show all time");
		expect(await textOf("model=x", none)).toContain(
			"No block of these 30 days has anything that passes these filters.Clear the filters",
		);
	});
});

describe("the bars", () => {
	test("show one measure, the running block not over yet", async () => {
		const page = await pageOf("metric=tokens");
		const island = JSON.parse(byId(page, "bars-data")?.text ?? "");
		expect(island).toMatchObject({ shape: "bars", unit: "count", name: "Tokens", partial: 1 });
		expect(island.slots.map(([tick]: [string]) => tick)).toEqual(["23 Nov", "Now"]);
		expect(island.totals).toEqual([100_000, 100_000]);
		expect(byId(page, "metric-tokens")?.attributes.get("aria-current")).toBe("true");
	});

	test("say where there are more blocks than bars", async () => {
		expect(await textOf("", { counts: { own: 834, reported: 0 } })).toContain(
			"834 blocks, $22.52; the last 2 are drawn",
		);
	});
});

describe("names that are hostile", () => {
	const HOSTILE = [
		"<script>alert(1)</script>",
		'"><img src=x onerror=alert(1)>',
		"</script><b>",
		"\u2028&lt;",
	];

	test.each(HOSTILE)("are text and nothing else: %j", async (name) => {
		const query = (of: string) => String(new URLSearchParams({ project: `!${of}`, machine: of }));
		const page = await pageOf(query(name), {}, name);
		expect(skeletonOf(page)).toEqual(skeletonOf(await pageOf(query("plain"), {}, "plain")));
		expect(byClass(page, "blocks-models").at(-1)?.attributes.get("title")).toBe(name);
	});
});
