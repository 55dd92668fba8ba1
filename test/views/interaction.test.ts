import { describe, expect, test } from "bun:test";
import { OverviewPage } from "../../views/overview.tsx";
import { ConfirmDialog } from "../../views/parts/dialog.tsx";
import { DONE_WORDS } from "../../views/parts/done-words.ts";
import { PAGE_KEYS } from "../../views/parts/keys.ts";
import { LegendPart } from "../../views/parts/legend-part.tsx";
import { byClass, byId, type Element, elementsOf, plain } from "../support/markup.ts";
import { propsOf, SHELL } from "../support/overview-props.ts";

function render(query = "", shell = SHELL): Promise<Element[]> {
	return elementsOf(OverviewPage({ ...propsOf(query), shell }));
}

function keyed(elements: readonly Element[], key: string): Element[] {
	return elements.filter(({ attributes }) => attributes.get("data-key") === key);
}

function href(elements: readonly Element[], key: string): string | undefined {
	return keyed(elements, key)[0]?.attributes.get("href");
}

describe("keys", () => {
	test("stand at the links that they follow", async () => {
		const elements = await render("?range=7d");
		for (const [page, key] of Object.entries(PAGE_KEYS)) {
			expect(href(elements, key)).toBe(page === "overview" ? "/?range=7d" : `/${page}?range=7d`);
		}
		expect(["d", "w", "m", "y"].map((key) => href(elements, key))).toEqual([
			"/?range=today",
			"/?range=7d",
			"/",
			"/?range=12m",
		]);
		expect(href(elements, "[")).toBe("/?range=custom&from=2026-11-11&to=2026-11-17");
		expect(href(elements, "?")).toBe("#help");
		expect(keyed(elements, "/").map(({ tag }) => tag)).toEqual(["summary"]);
	});

	test("stand at no link to days that are still to come", async () => {
		expect(keyed(await render("?range=7d"), "]")).toEqual([]);
		expect(href(await render("?from=2026-10-01&to=2026-10-31"), "]")).toBe("/?range=month");
		expect(keyed(await render("?range=all"), "[")).toEqual([]);
	});

	test("turn the comparison off where there is one, and on where there is none", async () => {
		expect(href(await render(), "x")).toBe("/?compare=none");
		expect(href(await render("?compare=year"), "x")).toBe("/?compare=none");
		expect(href(await render("?compare=none"), "x")).toBe("/");
	});

	test("are told in the help, with the switch that turns them off", async () => {
		const [on, off] = [await render(), await render("", { ...SHELL, keys: false })];
		const html = (elements: Element[]) => elements.find(({ tag }) => tag === "html");
		expect(html(on)?.attributes.get("data-keys")).toBe("on");
		expect(html(off)?.attributes.has("data-keys")).toBe(false);
		expect(plain(byId(on, "help-switch")?.text)).toEndWith("Turn them off");
		expect(plain(byId(off, "help-switch")?.text)).toEndWith("Turn them on");
		expect(plain(byId(on, "help")?.text)).toContain("gthensSessions");
	});
});

describe("after a change", () => {
	test("the page says what was done, where readers hear it", async () => {
		for (const [done, words] of Object.entries(DONE_WORDS)) {
			const elements = await render("", { ...SHELL, done: done as keyof typeof DONE_WORDS });
			expect(byId(elements, "toasts")?.attributes.get("role")).toBe("status");
			expect(plain(byId(elements, "toasts")?.text)).toBe(words);
		}
	});

	test("that was none, it says nothing", async () => {
		expect(byClass(await render(), "toast")).toEqual([]);
	});
});

test("a question before a change has the safe way out first, and its verb on the button", async () => {
	const elements = await elementsOf(
		ConfirmDialog({
			id: "merge",
			question: 'Merge "<b>" into devbox?',
			action: "/machines/x/edit",
			fields: { action: "merge", into: '"><script>' },
			verb: "Merge",
			children: "",
		}),
	);
	expect(elements.some(({ tag }) => tag === "b" || tag === "script")).toBe(false);
	expect(plain(byId(elements, "merge-title")?.text)).toBe('Merge "<b>" into devbox?');
	const ways = byClass(elements, "button").map(({ tag, text }) => [tag, plain(text)]);
	expect(ways).toEqual([
		["a", "Cancel"],
		["button", "Merge"],
	]);
});

test("parts of a legend are buttons where there is more than one, which wait for the chart", async () => {
	const part = (id: string | undefined) => elementsOf(LegendPart({ label: "a & b", series: 2, id }));
	expect(byClass(await part(undefined), "legend-toggle")).toEqual([]);
	const [toggle] = byClass(await part("legend-0"), "legend-toggle");
	expect(toggle?.attributes.get("aria-pressed")).toBe("true");
	expect(toggle?.attributes.has("disabled")).toBe(true);
	expect(plain(toggle?.text)).toBe("a & b");
});
