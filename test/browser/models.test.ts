import { expect, test } from "bun:test";
import { openPage } from "../support/page.ts";
import { SCREENS } from "../support/screens.ts";
import { showSample } from "../support/shown-sample.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;

const { browser, served } = await showSample();

test.each(SCREENS)(
	"the page of models in the %s at %i px is sound, with another model beside what was used",
	async (theme, width) => {
		const { page, complaints } = await openPage(browser, served.link, { theme, width });
		await page.goto(`${served.origin}/models?range=12m&if=claude-haiku-5-5`);
		await page.waitForFunction(() => document.documentElement.dataset.charts === "1");
		await expectSound(page);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);

test.each([true, false])(
	"another model is chosen, and the address says which (scripts: %p)",
	async (scripts) => {
		const { page, complaints } = await openPage(browser, served.link, { scripts });
		await page.goto(`${served.origin}/models?range=7d&metric=tokens`);
		await page.selectOption("#what-if select", "claude-opus-5");
		await page.click("#what-if button");
		await page.waitForURL(({ search }) => search === "?range=7d&metric=tokens&if=claude-opus-5");
		await page.waitForSelector(".what-if-table");
		expect(await page.textContent(".what-if-lead")).toContain("On claude-opus-5 all of it would have cost $");
		expect(await page.inputValue("#what-if select")).toBe("claude-opus-5");
		await page.click(".what-if-clear");
		await page.waitForURL(({ search }) => search === "?range=7d&metric=tokens");
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);
