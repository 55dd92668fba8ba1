import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { USAGE_PATHS } from "../support/all-pages.ts";
import { openPage } from "../support/page.ts";
import { showSample } from "../support/shown-sample.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;

const { browser, served } = await showSample();

/** Looks on while something is done with a page, and expects that it has nothing to complain of. */
async function visit(
	use: (page: Page) => Promise<void>,
	options?: { scripts?: boolean; width?: number; theme?: "light" | "dark" },
): Promise<void> {
	const { page, complaints } = await openPage(browser, served.link, options);
	if (options?.scripts !== false) {
		await page.waitForFunction(() => document.documentElement.dataset.charts !== undefined);
	}
	await use(page);
	expect(complaints).toEqual([]);
	await page.context().close();
}

/** Presses a key and waits until the address is the one that it leads to. */
async function press(page: Page, keys: string, query: string): Promise<void> {
	for (const key of keys.split(" ")) await page.keyboard.press(key);
	await page.waitForURL((url) => `${url.pathname}${url.search}` === query);
	await page.waitForFunction(() => !document.querySelector(".htmx-request"));
}

describe("single keys", () => {
	test(
		"choose days, step through them, and turn the comparison off and on",
		() =>
			visit(async (page) => {
				await press(page, "w", "/?range=7d");
				await press(page, "[", "/?range=custom&from=2026-11-11&to=2026-11-17");
				await press(page, "]", "/?range=7d");
				await press(page, "y", "/?range=12m");
				await press(page, "x", "/?range=12m&compare=none");
				await press(page, "x", "/?range=12m");
				await press(page, "d", "/?range=today");
				await press(page, "m", "/");
			}),
		PATIENCE,
	);

	const PAGES = Object.entries({
		s: "/sessions",
		b: "/blocks",
		t: "/patterns",
		p: "/projects",
		m: "/models",
		h: "/machines",
	});
	test.each(PAGES.filter(([, path]) => USAGE_PATHS.includes(path)))(
		"g and %s go to %s with the same days, and g and o come back",
		(key, path) =>
			visit(async (page) => {
				await press(page, "w", "/?range=7d");
				await press(page, `g ${key}`, `${path}?range=7d`);
				await page.waitForFunction(() => document.documentElement.dataset.charts !== undefined);
				await press(page, "g o", "/?range=7d");
			}),
		PATIENCE,
	);

	test(
		"do nothing while something is typed, with a modifier, or under a dialog",
		() =>
			visit(async (page) => {
				await page.keyboard.press("/");
				expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("project");
				await page.keyboard.press("w");
				await page.keyboard.press("Escape");
				expect(await page.locator("details.menu[open]").count()).toBe(0);
				for (const keys of ["Control+d", "Alt+y", "Meta+w", "Shift+w"]) await page.keyboard.press(keys);
				await page.keyboard.press("?");
				await page.waitForSelector("#help[open]");
				await page.keyboard.press("w");
				await page.keyboard.press("Escape");
				await page.waitForSelector("#help[open]", { state: "detached" });
				expect(new URL(page.url()).search).toBe("");
			}),
		PATIENCE,
	);

	test(
		"can be turned off and on again, which the page tells once",
		() =>
			visit(async (page) => {
				await press(page, "w", "/?range=7d");
				await page.keyboard.press("?");
				await page.click("#help-switch button");
				await page.waitForSelector(".toast");
				expect(await page.textContent("#toasts")).toBe("Keyboard shortcuts are off.");
				expect(new URL(page.url()).search).toBe("?range=7d");
				await page.reload();
				expect(await page.locator(".toast").count()).toBe(0);
				await page.waitForFunction(() => document.documentElement.dataset.charts !== undefined);
				for (const key of ["d", "?", "/"]) await page.keyboard.press(key);
				expect(await page.locator("dialog[open], details[open]").count()).toBe(0);
				await page.click(".side-help");
				await page.click("#help-switch button");
				await page.waitForSelector(".toast");
				await press(page, "d", "/?range=today");
			}),
		PATIENCE,
	);

	test(
		"can be turned off without scripts",
		() =>
			visit(
				async (page) => {
					await page.click(".side-help");
					await page.click("#help a[data-close]");
					expect(await page.locator("#help").isVisible()).toBe(false);
					await page.click(".side-help");
					await page.click("#help-switch button");
					await page.waitForSelector("html:not([data-keys])");
					expect(await page.textContent("#toasts")).toBe("Keyboard shortcuts are off.");
				},
				{ scripts: false },
			),
		PATIENCE,
	);
});

describe("the help", () => {
	test.each(["light", "dark"] as const)(
		"is sound in the %s, wide and narrow",
		(theme) =>
			visit(
				async (page) => {
					await page.keyboard.press("?");
					for (const width of [1280, 320]) {
						await page.setViewportSize({ width, height: 900 });
						await expectSound(page);
					}
				},
				{ theme },
			),
		PATIENCE,
	);

	test(
		"names only keys that something on the page or beside it has",
		() =>
			visit(async (page) => {
				const named = await page
					.locator("#help dt")
					.evaluateAll((terms) =>
						terms.map((term) => [...term.querySelectorAll("kbd")].map((key) => key.textContent).join(" ")),
					);
				await press(page, "[", "/?range=custom&from=2026-09-26&to=2026-10-25");
				const had = await page
					.locator("[data-key]")
					.evaluateAll((found) => found.map((element) => element.getAttribute("data-key") ?? ""));
				expect(new Set(named)).toEqual(new Set([...had, "Esc"]));
			}),
		PATIENCE,
	);

	test(
		"goes by a click beside it, and gives the focus back",
		() =>
			visit(async (page) => {
				await page.focus(".side-help");
				await page.keyboard.press("Enter");
				await page.waitForSelector("#help[open]");
				await page.mouse.click(10, 10);
				await page.waitForSelector("#help[open]", { state: "detached" });
				expect(await page.evaluate(() => document.activeElement?.className)).toBe("side-help");
				expect(new URL(page.url()).hash).toBe("");
			}),
		PATIENCE,
	);
});
