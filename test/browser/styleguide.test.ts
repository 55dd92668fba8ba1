import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { findBrowser, launch } from "../support/browser.ts";
import { openPage } from "../support/page.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;

let browser: Browser;
let served: ServedServer;

beforeAll(async () => {
	served = await serveServer({ isDevelopment: true });
	browser = await launch(await findBrowser());
}, PATIENCE);

afterAll(async () => {
	await browser?.close();
	await served?.stop();
	expect(served?.server.reported).toEqual([]);
}, PATIENCE);

test.each(["light", "dark"] as const)(
	"in the %s every part is sound at any width, a dialog over it as well",
	async (theme) => {
		const maya = await served.server.join(`maya-${theme}`);
		const { page, complaints } = await openPage(browser, `${served.origin}/login`, { theme });
		await page.fill("#key", maya.keys.full);
		await page.click("button[type=submit]");
		await page.waitForURL(`${served.origin}/`);
		await page.goto(
			`${served.origin}/styleguide?range=7d&project=%2Fhome%2Fmaya%2Fatlas-api&model=!claude-haiku-4-5`,
		);
		await page.waitForFunction(() => document.documentElement.dataset.charts !== undefined);
		for (const width of [360, 1280]) {
			await page.setViewportSize({ width, height: 900 });
			await expectSound(page);
		}
		await page.click("#dialogs a[href='#guide-confirm']");
		await page.waitForSelector("#guide-confirm[open]");
		await expectSound(page);
		await page.keyboard.press("Escape");
		await page.waitForSelector("#guide-confirm[open]", { state: "detached" });
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);
