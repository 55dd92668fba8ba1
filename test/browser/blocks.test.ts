import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { NOON, openPage } from "../support/page.ts";
import { SCREENS } from "../support/screens.ts";
import { showSample } from "../support/shown-sample.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;
const MINUTE = 60_000;

const { browser, served } = await showSample();

async function drawn(page: Page): Promise<void> {
	await page.waitForFunction(
		() => document.documentElement.dataset.charts === String(document.querySelectorAll("canvas").length),
	);
}

describe.each(["/blocks", "/blocks?range=12m&metric=tokens&project=!sandbox", "/patterns?range=12m"])(
	"%s",
	(path) => {
		test.each(SCREENS)(
			"in the %s at %i px nothing is wrong, wide or hard to read",
			async (theme, width) => {
				const { page, complaints } = await openPage(browser, served.link, { theme, width });
				await page.goto(served.origin + path);
				await drawn(page);
				await expectSound(page);
				expect(complaints).toEqual([]);
				await page.context().close();
			},
			PATIENCE,
		);

		test(
			"has its charts and words without scripts, too",
			async () => {
				const { page } = await openPage(browser, served.link, { scripts: false });
				await page.goto(served.origin + path);
				expect(await page.locator(".plain-chart").count()).toBe(await page.locator("canvas").count());
				expect(await page.locator("canvas").first().isVisible()).toBe(false);
				await page.context().close();
			},
			PATIENCE,
		);
	},
);

test(
	"the countdown goes on each minute, in the last ten each second, by the server's clock",
	async () => {
		const { page } = await openPage(browser, served.link);
		// This machine's clock is a day behind.
		await page.clock.install({ time: NOON - 24 * 60 * MINUTE });
		await page.goto(`${served.origin}/blocks`);
		await drawn(page);
		const left = () => page.textContent("[data-ends]");
		expect(await left()).toBe("57 m");
		await page.clock.runFor(2 * MINUTE);
		expect(await left()).toBe("55 m");
		await page.clock.runFor(45 * MINUTE);
		expect(await left()).toMatch(/^(?:10 m 0|9 m 5\d) s$/);
		const before = await left();
		await page.clock.runFor(5_000);
		expect(await left()).not.toBe(before);
		await page.clock.runFor(20 * MINUTE);
		expect(await left()).toBe("0 m 0 s");
		await page.context().close();
	},
	PATIENCE,
);

test(
	"arrow keys lead through the course of the block into what is projected",
	async () => {
		const { page } = await openPage(browser, served.link);
		await page.goto(`${served.origin}/blocks`);
		await drawn(page);
		const chart = page.locator("canvas[data-chart=course]");
		await chart.focus();
		await page.keyboard.press("ArrowRight");
		expect(await page.textContent(".active-block-course .tip")).toMatch(
			/^12:00 – 12:05Cost so far\$\d+\.\d\d$/,
		);
		await page.keyboard.press("End");
		expect(await page.textContent(".active-block-course .tip")).toMatch(
			/^12:55 – 13:00Projection\$\d+\.\d\d$/,
		);
		await page.context().close();
	},
	PATIENCE,
);
