import { expect, test } from "bun:test";
import { openPage } from "../support/page.ts";
import { showSample } from "../support/shown-sample.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;

const { browser, served } = await showSample();

async function visit(query: string, options: Parameters<typeof openPage>[2] = {}) {
	const opened = await openPage(browser, served.link, options);
	await opened.page.goto(`${served.origin}/sessions${query}`);
	return opened;
}

test.each([
	[1280, "light"],
	[1280, "dark"],
	[320, "light"],
	[320, "dark"],
] as const)(
	"the list is sound, %d wide and %s",
	async (width, theme) => {
		const { page, complaints } = await visit("?sort=cost&machine=!x", { width, theme });
		await expectSound(page);
		await page.goto(`${served.origin}/sessions?q=atlass`);
		await expectSound(page);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);

test(
	"a search, another order, the next page and a row are found by hand",
	async () => {
		const { page, complaints } = await visit("?range=12m");
		await page.fill("#q", "ATLAS");
		await page.press("#q", "Enter");
		await page.waitForURL(/q=ATLAS/);
		await page.click("#sort-cost");
		await page.waitForURL(/sort=cost/);
		const costs = () => page.locator("tbody .listed-cost").allInnerTexts();
		await page.waitForSelector('th[aria-sort="descending"] #sort-cost');
		const first = await costs();
		await page.click("#next");
		await page.waitForURL(/after=/);
		await page.waitForSelector("a#previous");
		const dollars = [...first, ...(await costs())].map((text) => Number(text.replace(/[^\d.]/g, "")));
		expect(dollars).toEqual(dollars.toSorted((a, b) => b - a));
		expect(dollars).toHaveLength(40);
		await page.locator("tbody tr").nth(2).locator(".listed-length").click({ force: true });
		await page.waitForURL(/\/sessions\/[\w-]+\?range=12m$/);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);

test(
	"without scripts, on a narrow window, another order is chosen in a menu",
	async () => {
		const { page } = await visit("", { width: 360, scripts: false });
		await page.click("#sort");
		await page.click('.sort-menu a:has-text("Responses")');
		expect(page.url()).toContain("sort=responses");
		expect(await page.locator("#sort").textContent()).toContain("By responses");
		await page.context().close();
	},
	PATIENCE,
);
