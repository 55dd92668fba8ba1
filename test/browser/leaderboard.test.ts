import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { findUser } from "../../src/ledger/users.ts";
import { findBrowser, launch } from "../support/browser.ts";
import { eventOf, HOUR, ingestAll, PRICES } from "../support/ledger.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;
/** As long and as wide as a name may be. */
const LONG = "\u5c0f\u660eWWWWW".repeat(7).slice(0, 50);

let browser: Browser;
let served: ServedServer;
let people: Record<"ada" | "alice" | "bob" | "carol", Person>;

beforeAll(async () => {
	browser = await launch(await findBrowser());
	served = await serveServer();
	const { server } = served;
	people = {
		ada: await server.join("ada", "owner"),
		alice: await server.join("alice"),
		bob: await server.join("bob"),
		carol: await server.join("carol"),
	};
	await people.ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
	for (const [person, count] of [
		[people.ada, 70],
		[people.alice, 60],
		[people.bob, 5],
		[people.carol, 80],
	] as const) {
		const user = await findUser(server.db, person.account.user);
		if (!user) throw new Error("nobody is there");
		const events = Array.from({ length: count }, (_, i) =>
			eventOf({
				id: `${person.account.username}${i}`,
				at: server.now - HOUR - i * 3 * HOUR,
				cacheRead: 900 * count,
			}),
		);
		await ingestAll({ db: server.db, user }, events, { prices: PRICES, now: server.now });
	}
	for (const [person, name] of [
		[people.ada, "Countess"],
		[people.bob, "<b>Rook</b>"],
		[people.carol, LONG],
	] as const)
		await person.send("PUT", "/api/user/leaderboard-settings", {
			leaderboard_enabled: true,
			display_name: name,
		});
}, PATIENCE);

afterAll(async () => {
	await browser?.close();
	expect(served.server.reported).toEqual([]);
	await served.stop();
}, PATIENCE);

/** A window in which somebody is logged in. */
async function openAs(
	person: Person,
	options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ page: Page; context: BrowserContext }> {
	const context = await browser.newContext({ reducedMotion: "reduce", ...options });
	const page = await context.newPage();
	await page.goto(`${served.origin}/login`);
	await page.fill("#key", person.keys.full);
	await page.click("button[type=submit]");
	await page.waitForURL(`${served.origin}/`);
	return { page, context };
}

const SCREENS = [
	{ colorScheme: "light", width: 320 },
	{ colorScheme: "dark", width: 360 },
	{ colorScheme: "light", width: 768 },
	{ colorScheme: "dark", width: 1280 },
] as const;

describe("the leaderboard", () => {
	test.each(SCREENS)(
		"is sound in the $colorScheme at $width px, for members and for admins",
		async ({ colorScheme, width }) => {
			const viewport = { width, height: 900 };
			for (const person of [people.bob, people.ada]) {
				const { page, context } = await openAs(person, { colorScheme, viewport });
				for (const query of ["", "?metric=cache", "?period=daily"]) {
					await page.goto(`${served.origin}/leaderboard${query}`);
					await expectSound(page);
				}
				await page.goto(`${served.origin}/leaderboard`);
				// As far from the edge as everything else in the card.
				const rooms = await page.$$eval(".board-act button", (buttons) =>
					buttons.map((button) => {
						const edge = button.closest(".card")?.getBoundingClientRect().right ?? 0;
						return Math.round(edge - button.getBoundingClientRect().right);
					}),
				);
				expect(new Set(rooms)).toEqual(new Set(person === people.ada ? [17] : []));
				await context.close();
			}
		},
		PATIENCE,
	);

	test.each([true, false])(
		"is joined and left by the keyboard alone; scripts: %p",
		async (javaScriptEnabled) => {
			const { page, context } = await openAs(people.alice, { javaScriptEnabled });
			await page.locator("a[href='/leaderboard']:visible").click();
			await page.waitForURL(`${served.origin}/leaderboard`);
			await page.fill("#name", "countess");
			await page.keyboard.press("Enter");
			await page.waitForSelector("#name-wrong");
			expect(await page.inputValue("#name")).toBe("countess");
			if (javaScriptEnabled) await expectSound(page);
			await page.fill("#name", "Queen");
			await page.keyboard.press("Enter");
			await page.waitForSelector(".board-own .board-name");
			expect(page.url()).toBe(`${served.origin}/leaderboard`);
			expect(await page.textContent(".board-own .board-name bdi")).toBe("Queen");
			await page.focus("button[value=leave]");
			await page.keyboard.press("Enter");
			await page.waitForSelector("button[value=join].button-primary");
			expect(await page.textContent(".board-own")).toBe("You do not take part.");
			await context.close();
		},
		PATIENCE,
	);

	test(
		"changes its days in place, and the keys g l lead to it",
		async () => {
			const { page, context } = await openAs(people.ada);
			await page.keyboard.press("g");
			await page.keyboard.press("l");
			await page.waitForURL(`${served.origin}/leaderboard`);
			await page.click("#period-all");
			await page.waitForURL(`${served.origin}/leaderboard?period=all`);
			await page.click("#metric-cost");
			await page.waitForURL(`${served.origin}/leaderboard?period=all&metric=cost`);
			expect(await page.textContent("#board-title")).toBe("Cost");
			await page.goBack();
			await page.waitForFunction(() => document.querySelector("#board-title")?.textContent === "Tokens");
			await context.close();
		},
		PATIENCE,
	);
});
