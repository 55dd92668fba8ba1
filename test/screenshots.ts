import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBrowser, launch } from "./support/browser.ts";
import { openPage, serveSample } from "./support/page.ts";

/** Makes the pictures of the README from made-up usage: `bun run screenshots`. */
const DOCS = join(import.meta.dir, "../docs");

const served = await serveSample(mkdtempSync(join(tmpdir(), "promptpulse-page-")), (error) => {
	throw error;
});
const browser = await launch(await findBrowser());
for (const theme of ["light", "dark"] as const) {
	const { page } = await openPage(browser, served.link, { theme });
	await page.waitForFunction(() => document.documentElement.dataset.charts !== undefined);
	await page.evaluate(() => document.fonts.ready);
	await page.screenshot({ path: join(DOCS, `overview-${theme}.png`), fullPage: true });
}
await browser.close();
await served.stop();
