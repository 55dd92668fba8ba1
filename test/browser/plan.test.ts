import { expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import { findBrowser, launch } from "../support/browser.ts";
import { DAY, eventOf, ingestAll, PRICES } from "../support/ledger.ts";
import { serveServer } from "../support/served-server.ts";
import { expectSound } from "../support/sound-page.ts";

test("a plan is chosen in the settings and stands on the overview, soundly at any width", async () => {
	const [browser, served] = await Promise.all([findBrowser().then(launch), serveServer()]);
	try {
		const { db, now } = served.server;
		const ada = await served.server.join("ada", "owner");
		const user = await findUser(db, ada.account.user);
		if (!user) throw new Error("nobody is there");
		const events = Array.from({ length: 300 }, (_, i) =>
			eventOf({
				id: `m${i}`,
				at: now - i * DAY,
				input: 900_000_000,
				model: i % 50 === 0 ? "unheard-of" : "dear",
			}),
		);
		await ingestAll({ db, user }, events, { prices: PRICES, now });
		for (const { colorScheme, width } of [
			{ colorScheme: "light", width: 1280 },
			{ colorScheme: "dark", width: 320 },
		] as const) {
			const viewport = { width, height: 900 };
			const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
			const page = await context.newPage();
			await page.goto(`${served.origin}/login?next=/settings`);
			await page.fill("#key", ada.keys.full);
			await page.click("button[type=submit]");
			await page.waitForURL(({ pathname }) => pathname === "/settings");
			await page.selectOption("#plan select", "other");
			await page.fill("#price", "none");
			await page.click("#plan button");
			await page.waitForSelector("#price-wrong");
			expect(await page.inputValue("#plan select")).toBe("other");
			await expectSound(page);
			await page.fill("#price", "1,234.50");
			await page.click("#plan button");
			await page.waitForURL(({ pathname }) => pathname === "/settings");
			await page.goto(served.origin);
			expect(await page.textContent("#plan .card-sub")).toBe("Other plan, $1,234.50 a month");
			expect(await page.locator(".plan-table tbody tr").count()).toBeGreaterThan(9);
			await expectSound(page);
			await context.close();
		}
		expect(served.server.reported).toEqual([]);
	} finally {
		await browser.close();
		await served.stop();
	}
}, 60_000);
