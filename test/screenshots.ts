import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressOf, USAGE_PATHS, wordOf } from "./support/all-pages.ts";
import { findBrowser, launch } from "./support/browser.ts";
import { openPage, serveSample } from "./support/page.ts";

/** Makes a picture of every page in both themes from made-up usage: `bun run screenshots`. */
const DOCS = join(import.meta.dir, "../docs");

const WIDTH = 1280;
/** What is further down a page is left out, in px. */
const TALLEST = 1_600;
/** A larger picture has no place in the repository, in bytes. */
const LARGEST = 300 * 1024;

const served = await serveSample(mkdtempSync(join(tmpdir(), "promptpulse-page-")), (error) => {
	throw error;
});
const browser = await launch(await findBrowser());
try {
	for (const theme of ["light", "dark"] as const) {
		const { page } = await openPage(browser, served.link, { theme });
		for (const path of USAGE_PATHS) {
			await page.goto(await addressOf(page, served.origin, path));
			await page.waitForFunction(() => document.documentElement.dataset.charts !== undefined);
			await page.evaluate(() => document.fonts.ready);
			const height = Math.min(TALLEST, await page.evaluate(() => document.documentElement.scrollHeight));
			await page.setViewportSize({ width: WIDTH, height });
			const name = `${wordOf(path)}-${theme}.png`;
			const picture = await page.screenshot({ path: join(DOCS, name) });
			console.log(`${name}: ${Math.round(picture.length / 1024)} KB`);
			if (picture.length > LARGEST) throw new Error(`${name} is too large: make its page shorter.`);
			await page.setViewportSize({ width: WIDTH, height: 900 });
		}
	}
} finally {
	await browser.close();
	await served.stop();
}
