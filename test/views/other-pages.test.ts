import { describe, expect, test } from "bun:test";
import { EmptyPage } from "../../views/empty.tsx";
import { MessagePage } from "../../views/message.tsx";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { SHELL } from "../support/overview-props.ts";

describe("before anything was used", () => {
	const page = () =>
		elementsOf(
			EmptyPage({ shell: SHELL, current: "overview", looked: ["/home/ann/.claude/projects", "/x"] }),
		);

	test("the page says where it looked and what to do", async () => {
		const elements = await page();
		expect(plain(byClass(elements, "looked")[0]?.text)).toBe("/home/ann/.claude/projects/x");
		expect(byClass(elements, "command-text").map(({ text }) => text)).toEqual([
			"CLAUDE_CONFIG_DIR=/path/to/.claude promptpulse dashboard",
			"promptpulse dashboard --sample",
		]);
	});

	test("navigation leads to every page, and stands on this one", async () => {
		const items = byClass(await page(), "nav-item");
		expect([...new Set(items.map(({ attributes }) => attributes.get("href")))]).toEqual([
			"/",
			"/sessions",
			"/blocks",
			"/patterns",
			"/projects",
			"/models",
			"/machines",
			"#help",
		]);
		const current = items.filter(({ attributes }) => attributes.get("aria-current") === "page");
		expect(current.map(({ text }) => plain(text))).toEqual(["Overview"]);
	});
});

describe("a message", () => {
	const message = (status: number) =>
		elementsOf(
			MessagePage({
				theme: "dark",
				assets: SHELL.assets,
				status,
				title: "This page needs its link",
				sentence: "Other people may share the machine.",
				hint: "Open the link that was printed.",
			}),
		);

	test("is a whole page in the person's theme, without scripts", async () => {
		const elements = await message(403);
		expect(elements[0]).toMatchObject({ tag: "html" });
		expect(elements[0]?.attributes.get("data-theme")).toBe("dark");
		expect(elements.some(({ tag }) => tag === "script")).toBe(false);
		const main = plain(byId(elements, "main")?.text);
		expect(main).toContain("This page needs its link");
		expect(main).toContain("Open the link that was printed.");
	});

	test("leads to the overview, but not where that is refused too", async () => {
		const links = async (status: number) => (await message(status)).filter(({ tag }) => tag === "a");
		expect(await links(404)).toHaveLength(1);
		expect(await links(403)).toEqual([]);
		expect(await links(401)).toEqual([]);
	});
});
