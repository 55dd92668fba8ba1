import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openLedger } from "../../src/ledger/open.ts";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { eventOf, ingestAll } from "../support/ledger.ts";
import { NOON, openPage } from "../support/page.ts";
import { PRICES } from "../support/scan.ts";
import { showSample } from "../support/shown-sample.ts";

const PATIENCE = 60_000;

const { browser, served } = await showSample();
let responses = 0;

/** Another program writes to the ledger that the pages show. */
async function useMore(): Promise<void> {
	const db = await openLedger(join(served.home, "ledger.db"), NOON);
	const user = await findUser(db, LOCAL_USER);
	if (!user) throw new Error("the dashboard has no user");
	responses++;
	const event = eventOf({
		id: `live ${responses}`,
		at: NOON - 60_000,
		model: "claude-opus-4-5",
		output: 1_000_000,
	});
	await ingestAll({ db, user }, [event], { now: NOON, prices: PRICES });
	await db.close();
}

function costOf(page: Page): Promise<string | null> {
	return page.textContent("#metric-cost .stat-number");
}

async function costIsAnother(page: Page, than: string | null): Promise<void> {
	await page.waitForFunction(
		(before) => document.querySelector("#metric-cost .stat-number")?.textContent !== before,
		than,
	);
}

/** What the page was last told to be made from, as soon as its stream is there. */
async function isFollowing(page: Page): Promise<void> {
	await page.waitForFunction(() => document.documentElement.dataset.charts !== undefined);
}

describe("a page that is open", () => {
	test(
		"takes up new usage by itself, and what one is doing there stays",
		async () => {
			const { page, complaints } = await openPage(browser, `${served.link}`);
			await page.goto(`${served.origin}/?range=7d`);
			await isFollowing(page);
			await page
				.locator("#main details")
				.first()
				.evaluate((details: HTMLDetailsElement) => {
					details.open = true;
				});
			const from = page.locator("#main input[name=from]").first();
			await from.evaluate((input: HTMLInputElement) => {
				input.value = "2026-10-01";
			});
			const link = page.locator("#projects a[href]").first();
			await link.focus();
			const focused = await page.evaluate(() => document.activeElement?.getAttribute("href"));
			await page.evaluate(() => scrollTo(0, 300));
			const look = () =>
				page.evaluate(() => ({ scroll: scrollY, history: history.length, url: location.href }));
			const seen = await look();
			const before = await costOf(page);
			const summary = await page.textContent("#summary");
			await useMore();
			await costIsAnother(page, before);
			await page.waitForFunction((old) => document.querySelector("#summary")?.textContent !== old, summary);
			expect(await page.locator("#main details").first().getAttribute("open")).toBe("");
			expect(await from.inputValue()).toBe("2026-10-01");
			expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe(focused);
			expect(await look()).toEqual(seen);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"draws its chart from the new numbers, once, and leaks none",
		async () => {
			const { page, complaints } = await openPage(browser, served.link);
			await isFollowing(page);
			const drawn = () =>
				page.evaluate(() => document.querySelector<HTMLCanvasElement>("canvas[data-chart]")?.toDataURL());
			let [picture, cost] = [await drawn(), await costOf(page)];
			for (let i = 0; i < 3; i++) {
				await useMore();
				await costIsAnother(page, cost);
				await page.waitForFunction(
					(old) => document.querySelector<HTMLCanvasElement>("canvas[data-chart]")?.toDataURL() !== old,
					picture,
				);
				[picture, cost] = [await drawn(), await costOf(page)];
				const [alive, canvases, tips] = await page.evaluate(() => [
					document.documentElement.dataset.charts,
					String(document.querySelectorAll("canvas[data-chart]").length),
					String(document.querySelectorAll(".tip").length),
				]);
				expect([alive, tips]).toEqual([canvases, canvases]);
			}
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"that nobody sees does not ask, and is brought to date when it is seen again",
		async () => {
			const { page, complaints } = await openPage(browser, served.link);
			await isFollowing(page);
			let asked = 0;
			page.on("request", () => asked++);
			await setHidden(page, true);
			const before = await costOf(page);
			await useMore();
			// Long enough for the news to have come to a page that listens.
			await Bun.sleep(3_000);
			expect([asked, await costOf(page)]).toEqual([0, before]);
			await setHidden(page, false);
			await costIsAnother(page, before);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"goes on following after one has gone to another range and back",
		async () => {
			const { page, complaints } = await openPage(browser, served.link);
			await isFollowing(page);
			await page.click("#range-7d");
			await page.waitForURL(/range=7d/);
			await page.goBack();
			await page.waitForFunction(() => !location.search.includes("7d"));
			await page.waitForFunction(() => !document.querySelector(".htmx-request"));
			const before = await costOf(page);
			await useMore();
			await costIsAnother(page, before);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);
});

/** As if another tab were looked at: a browser without a screen always shows its pages. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
	await page.evaluate((isHidden) => {
		Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
		document.dispatchEvent(new Event("visibilitychange"));
	}, hidden);
}
