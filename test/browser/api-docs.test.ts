import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { findBrowser, launch } from "../support/browser.ts";
import { openPage } from "../support/page.ts";
import { SCREENS } from "../support/screens.ts";
import { TestServer } from "../support/server.ts";

const PATIENCE = 60_000;
const AXE = await Bun.file(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir)).text();

let browser: Browser;
let server: TestServer;
let listening: ReturnType<typeof Bun.serve>;

beforeAll(async () => {
	server = await TestServer.start();
	listening = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		fetch: (request) => server.server.handle(request),
	});
	browser = await launch(await findBrowser());
}, PATIENCE);

afterAll(async () => {
	await browser?.close();
	await listening?.stop(true);
	expect(server.reported).toEqual([]);
}, PATIENCE);

test.each(SCREENS)(
	"in the %s, %i px wide, nothing of the API's page is wrong, wide or hard to read",
	async (theme, width) => {
		const { page, complaints } = await openPage(browser, `${listening.url}api/docs`, { theme, width });
		const excess = await page.evaluate(
			() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
		);
		expect(excess).toBeLessThanOrEqual(0);
		await page.evaluate(AXE);
		const violations = await page.evaluate(async () => {
			const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
			return (await axe.run()).violations.map(({ id }) => id);
		});
		expect(violations).toEqual([]);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);
