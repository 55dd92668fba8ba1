import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { openPage } from "../support/page.ts";
import { showSample } from "../support/shown-sample.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;

const { browser, served } = await showSample();

/** Follows a link of the page and waits until what it leads to stands there. */
async function follow(page: Page, selector: string): Promise<void> {
	const address = await page.locator(selector).first().getAttribute("href");
	await page.locator(selector).first().click();
	await arrived(page, address ?? "");
}

async function arrived(page: Page, address: string): Promise<void> {
	const { pathname, search } = new URL(address, served.origin);
	await page.waitForURL((url) => url.pathname === pathname && url.search === search);
	await page.waitForFunction(() => !document.querySelector(".htmx-request"));
}

async function chartsAndCanvases(page: Page): Promise<[string | undefined, string]> {
	await page.waitForFunction(
		() => document.documentElement.dataset.charts === String(document.querySelectorAll("canvas").length),
	);
	return page.evaluate(() => [
		document.documentElement.dataset.charts,
		String(document.querySelectorAll("canvas").length),
	]);
}

/** Nothing is wrong with the page, once its charts are drawn. */
async function expectSoundWithCharts(page: Page): Promise<void> {
	await chartsAndCanvases(page);
	await expectSound(page);
}

const JOURNEY = [
	"#range-7d",
	"#metric-tokens",
	"#projects a[href*='project=']",
	".chip-remove",
	"#range-12m",
];

describe.each(["light", "dark"] as const)("in the %s", (theme) => {
	test.each([320, 1600])(
		"at %i px nothing is wrong, wide or hard to read",
		async (width) => {
			const { page, complaints } = await openPage(browser, served.link, { theme, width });
			await expectSoundWithCharts(page);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);
});

test.each([
	["light", 1280],
	["dark", 360],
] as const)(
	"in the %s at %i px a visitor changes range, metric and filter, and goes back and forward through all of it",
	async (theme, width) => {
		const { page, complaints } = await openPage(browser, served.link, { theme, width });
		const costIs = (cost: string | null) =>
			page.waitForFunction(
				(cost) => document.querySelector("#metric-cost .stat-number")?.textContent === cost,
				cost,
			);
		const seen: { url: string; cost: string | null }[] = [];
		const look = async () =>
			seen.push({ url: page.url(), cost: await page.textContent("#metric-cost .stat-number") });
		await expectSoundWithCharts(page);
		await look();
		for (const selector of JOURNEY) {
			await follow(page, selector);
			await expectSoundWithCharts(page);
			await look();
		}
		// Without its chip the address is the one before it; all others differ.
		expect(new Set(seen.map(({ url }) => url)).size).toBe(JOURNEY.length);
		for (const before of seen.slice(0, -1).toReversed()) {
			await page.goBack();
			await page.waitForURL(before.url);
			await costIs(before.cost);
			await chartsAndCanvases(page);
		}
		for (const after of seen.slice(1)) {
			await page.goForward();
			await page.waitForURL(after.url);
			await costIs(after.cost);
		}
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);

describe("a visitor", () => {
	test(
		"chooses the other theme, and it is there before anything is drawn",
		async () => {
			const { page, complaints } = await openPage(browser, served.link);
			const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
			const light = await ground();
			await page.locator("button[name=theme][value=dark]:visible").click();
			await page.waitForSelector("html[data-theme=dark]");
			expect(await ground()).not.toBe(light);
			await page.reload();
			expect(await page.getAttribute("html", "data-theme")).toBe("dark");
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"without scripts has every number, link and form, and a chart",
		async () => {
			const { page, complaints } = await openPage(browser, served.link, { scripts: false });
			await page.locator("#range-7d").click();
			await page.waitForURL(/range=7d/);
			await page.locator("#metric-tokens").click();
			await page.waitForURL(/metric=tokens/);
			expect(await page.locator("#metric-tokens[aria-current]").count()).toBe(1);
			await page.locator("#filter").click();
			await page.locator("select[name=project]").selectOption({ index: 1 });
			await page.locator(".filter-form button[type=submit]").click();
			await page.waitForURL(/project=/);
			expect(await page.locator(".chip").count()).toBe(1);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);
});
