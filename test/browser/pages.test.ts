import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { addressOf, hrefsIn, USAGE_PATHS } from "../support/all-pages.ts";
import { openPage } from "../support/page.ts";
import { SCREENS } from "../support/screens.ts";
import { showSample } from "../support/shown-sample.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;
/** What numbers stand in. */
const NUMBERS = "main :is(td, th, dd, .stat-number)";

const { browser, served } = await showSample();

async function drawn(page: Page): Promise<void> {
	await page.waitForFunction(
		() =>
			document.documentElement.dataset.charts ===
			String(document.querySelectorAll("canvas[data-chart]").length),
	);
	await page.waitForFunction(() => !document.querySelector(".htmx-request"));
}

describe.each(USAGE_PATHS)("%s", (path) => {
	test.each(["light", "dark"] as const)(
		"in the %s nothing is wrong at its widths, and the window says which page it is",
		async (theme) => {
			const { page, complaints } = await openPage(browser, served.link, { theme });
			await page.goto(await addressOf(page, served.origin, path));
			for (const [, width] of SCREENS.filter(([of]) => of === theme)) {
				await page.setViewportSize({ width, height: 900 });
				await drawn(page);
				await expectSound(page);
			}
			expect(await page.locator("h1").count()).toBe(1);
			expect(await page.title()).toMatch(/^\S.* · PromptPulse$/);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"comes back as it was, after one has been elsewhere",
		async () => {
			const { page, complaints } = await openPage(browser, served.link);
			const address = await addressOf(page, served.origin, path);
			await page.goto(address);
			const title = await page.title();
			const numbers = await page.locator(NUMBERS).allTextContents();
			const other = page.locator("main a[id^=range-]:not([aria-current])").first();
			// A page without days is left by navigation.
			if ((await other.count()) > 0) await other.click();
			else await page.locator(".side-nav a:not([aria-current])").first().click();
			await page.waitForURL((url) => url.href !== address);
			await drawn(page);
			await page.goBack();
			await page.waitForURL(address);
			await page.waitForFunction(
				([selector, wanted]) => {
					const found = [...document.querySelectorAll(selector)].map(({ textContent }) => textContent);
					return JSON.stringify(found) === wanted;
				},
				[NUMBERS, JSON.stringify(numbers)] as const,
			);
			expect(await page.title()).toBe(title);
			await page.goForward();
			await page.waitForURL((url) => url.href !== address);
			await drawn(page);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"has without scripts every number that it has with them, and every link leads somewhere",
		async () => {
			const { page } = await openPage(browser, served.link);
			const address = await addressOf(page, served.origin, path);
			const rows = () => page.locator(NUMBERS).allTextContents();
			await page.goto(address);
			const withScripts = await rows();
			await page.context().close();
			const plain = await openPage(browser, served.link, { scripts: false });
			await plain.page.goto(address);
			expect(await plain.page.locator(NUMBERS).allTextContents()).toEqual(withScripts);
			const links = (await hrefsIn(plain.page)).map((href) => href.split("#")[0] ?? "");
			const local = [...new Set(links)].filter((href) => leadsToPage(href));
			for (const href of sampleOf(local)) {
				expect([href, (await plain.page.request.get(href)).status()]).toEqual([href, 200]);
			}
			expect(plain.complaints).toEqual([]);
			await plain.page.context().close();
		},
		PATIENCE,
	);
});

/** Some spread over all. */
function sampleOf<Item>(items: readonly Item[], most = 25): Item[] {
	const every = Math.max(1, Math.ceil(items.length / most));
	return items.filter((_, i) => i % every === 0);
}

/** Whether an address is of a page that is there, or of its numbers. */
function leadsToPage(href: string): boolean {
	const { origin, pathname } = new URL(href);
	if (origin !== served.origin) return false;
	const isPage = USAGE_PATHS.some((path) => new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`).test(pathname));
	return isPage || pathname.startsWith("/api/views/");
}
