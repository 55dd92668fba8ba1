import { afterAll, expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { findBrowser, launch } from "./browser.ts";
import { type ServedDashboard, serveSample } from "./page.ts";

/** A busy machine takes its time to end a browser, in ms. */
const PATIENCE = 60_000;

/**
 * Made-up usage on a dashboard and a browser to look at it, for all tests of the file that asks for them. An error that the
 * dashboard meets fails the file.
 */
export async function showSample(): Promise<{ browser: Browser; served: ServedDashboard }> {
	const errors: unknown[] = [];
	const home = mkdtempSync(join(tmpdir(), "promptpulse-page-"));
	const served = await serveSample(home, (error) => errors.push(error));
	const browser = await launch(await findBrowser());
	afterAll(async () => {
		await browser.close();
		await served.stop();
		expect(errors).toEqual([]);
	}, PATIENCE);
	return { browser, served };
}
