import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { openPage } from "../support/page.ts";
import { showSample } from "../support/shown-sample.ts";

const PATIENCE = 60_000;
const SWAPS = 50;

const { browser, served } = await showSample();

async function arrived(page: Page, isThere: (url: URL) => boolean): Promise<void> {
	await page.waitForURL(isThere);
	await page.waitForFunction(() => {
		// Back and forward change the address first and the page when it has come.
		const metric = new URL(location.href).searchParams.get("metric") ?? "cost";
		return (
			document.querySelector(`#metric-${metric}[aria-current]`) !== null &&
			document.querySelector(".htmx-request") === null &&
			document.documentElement.dataset.charts === String(document.querySelectorAll("canvas").length)
		);
	});
}

/** How many charts are alive, how many canvases there are, and how many tooltips were made. */
function count(page: Page): Promise<[charts: number, canvases: number, tips: number]> {
	return page.evaluate(() => [
		Number(document.documentElement.dataset.charts),
		document.querySelectorAll("canvas").length,
		document.querySelectorAll(".tip").length,
	]);
}

test(
	"after fifty changes, some of them back and forward, there are as many charts as canvases",
	async () => {
		const { page, complaints } = await openPage(browser, served.link);
		const metrics = ["tokens", "cache", "sessions", "responses", "cost"];
		await arrived(page, () => true);
		for (let i = 0; i < SWAPS; i++) {
			const before = page.url();
			if (i % 5 === 3) await page.goBack();
			else if (i % 5 === 4) await page.goForward();
			else await page.click(`#metric-${metrics[i % metrics.length]}`);
			await arrived(page, ({ href }) => href !== before);
			expect(await count(page)).toEqual([1, 1, 1]);
		}
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);

describe("a part of the legend", () => {
	/** The scale's greatest label is not in the page's text: what is drawn is told by the tooltip's rows. */
	async function rowsOfTip(page: Page): Promise<string[]> {
		await page.focus("canvas");
		await page.keyboard.press("Home");
		const rows = await page.locator(".tip-row > :nth-last-child(2)").allTextContents();
		await page.keyboard.press("Escape");
		return rows;
	}

	test(
		"goes out of the chart and comes back, and stays in the table",
		async () => {
			const { page, complaints } = await openPage(browser, served.link);
			await arrived(page, () => true);
			const toggle = page.locator("#legend-0");
			const label = (await toggle.textContent())?.trim() ?? "";
			const table = await page.locator("#series .numbers-table td").allTextContents();
			const whole = await rowsOfTip(page);
			await toggle.click();
			expect(await toggle.getAttribute("aria-pressed")).toBe("false");
			expect(await rowsOfTip(page)).toEqual([
				...whole.filter((row) => row !== label).slice(0, -1),
				"Shown",
				"Total",
			]);
			expect(await page.locator("#series .numbers-table td").allTextContents()).toEqual(table);
			await page.emulateMedia({ colorScheme: "dark" });
			expect(await rowsOfTip(page)).not.toContain(label);
			await toggle.click();
			expect(await toggle.getAttribute("aria-pressed")).toBe("true");
			expect(await rowsOfTip(page)).toEqual(whole);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"is no button that can be pressed where no script draws the chart",
		async () => {
			const { page } = await openPage(browser, served.link, { scripts: false });
			expect(await page.locator(".legend-toggle:enabled").count()).toBe(0);
			await page.context().close();
		},
		PATIENCE,
	);
});
