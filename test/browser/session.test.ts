import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { openLedger } from "../../src/ledger/open.ts";
import { createDashboard } from "../../src/web/dashboard.ts";
import { LinkAccess } from "../../src/web/gates/link-access.ts";
import { findBrowser, launch } from "../support/browser.ts";
import { addUser, ingestAll, MINUTE, NOW } from "../support/ledger.ts";
import { openPage } from "../support/page.ts";
import { PRICES } from "../support/scan.ts";
import { SCREENS } from "../support/screens.ts";
import { SESSION, START, sessionEvent, sessionEvents } from "../support/session-props.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;

let browser: Browser;
let link: string;
let stop: () => Promise<void>;
const errors: unknown[] = [];

beforeAll(async () => {
	const db = await openLedger(":memory:", NOW);
	const user = await addUser(db);
	const long = Array.from({ length: 250 }, (_, i) =>
		sessionEvent(`long-${i}`, START + i * MINUTE, {
			session: "long",
			cacheRead: 50_000 + i,
			model: "claude-opus-4-6",
		}),
	);
	await ingestAll({ db, user }, [...sessionEvents(), ...long]);
	const access = new LinkAccess();
	const source = {
		db,
		asker: user,
		zone: "UTC",
		weekStart: 0,
		prices: PRICES,
		pricesOf: "test prices",
		asOf: NOW,
		isSample: false,
		looked: [],
	};
	const app = createDashboard({
		sourceOf: () => source,
		access,
		now: () => NOW,
		report: (error) => errors.push(error),
	});
	const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.handle(request) });
	link = `http://127.0.0.1:${server.port}${access.path}`;
	stop = async () => {
		app.close();
		await server.stop(true);
		await db.close();
	};
	browser = await launch(await findBrowser());
}, PATIENCE);

afterAll(async () => {
	await browser?.close();
	await stop?.();
	expect(errors).toEqual([]);
}, PATIENCE);

async function open(session: string, options: Parameters<typeof openPage>[2] = {}) {
	const { page, complaints } = await openPage(browser, link, options);
	await page.goto(new URL(`/sessions/${session}`, link).href);
	if (options.scripts !== false) await drawn(page);
	return { page, complaints };
}

async function drawn(page: Page): Promise<void> {
	await page.waitForFunction(() => document.documentElement.dataset.charts === "1");
}

function readOut(page: Page, part: number): Promise<string | null> {
	return page.textContent(`.readout [data-part="${part}"]`);
}

test.each(SCREENS)(
	"a session's page in the %s at %i px is sound",
	async (theme, width) => {
		const { page, complaints } = await open(SESSION, { theme, width });
		await expectSound(page);
		// As long as times and counts of a session of many days may be.
		await page.$$eval(".readout [data-part]", (parts) => {
			for (const [i, words] of [
				[0, "1,371"],
				[1, "24 Nov, 10:51:11"],
				[6, "117 k"],
			] as const) {
				const [part] = parts.slice(i);
				if (part) part.textContent = words;
			}
		});
		const [box, link] = await Promise.all(
			[".readout", ".readout-link"].map((what) =>
				page.$eval(what, (element) => element.getBoundingClientRect().right),
			),
		);
		expect(link).toBeLessThanOrEqual(box ?? 0);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);

describe("the timeline", () => {
	test(
		"is stepped through with arrow keys, and its read-out stays when the pointer leaves",
		async () => {
			const { page, complaints } = await open(SESSION);
			await page.focus("canvas[data-chart=timeline]");
			expect(await readOut(page, 0)).toBe("12");
			await page.keyboard.press("ArrowLeft");
			await page.keyboard.press("ArrowLeft");
			expect(await readOut(page, 0)).toBe("10");
			expect(await readOut(page, 8)).toContain("Cache miss");
			await page.keyboard.press("Home");
			expect(await readOut(page, 1)).toBe("09:00:00");
			await page.hover("canvas[data-chart=timeline]", { position: { x: 900, y: 60 } });
			const pointed = await readOut(page, 0);
			expect(pointed).not.toBe("1");
			await page.hover("h1");
			expect(await readOut(page, 0)).toBe(pointed);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"selects the response in the list, on the page where it is, also of another page",
		async () => {
			const { page, complaints } = await open("long");
			await page.focus("canvas[data-chart=timeline]");
			await page.keyboard.press("Home");
			await page.keyboard.press("Enter");
			expect(await page.textContent(".response-selected .response-number")).toBe("1");
			await page.keyboard.press("End");
			await page.keyboard.press("Enter");
			await page.waitForURL(/response=/);
			await page.waitForFunction(
				() => document.querySelector(".response-selected .response-number")?.textContent === "250",
			);
			await drawn(page);
			expect(await page.textContent(".responses .card-sub")).toBe("201 – 250 of 250");
			await page.goBack();
			await page.waitForFunction(
				() => document.querySelector(".responses .card-sub")?.textContent === "1 – 100 of 250",
			);
			await drawn(page);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"is drawn anew with the theme, and leaves nothing behind on the way through the list",
		async () => {
			const { page, complaints } = await open("long");
			for (const word of ["Next", "Next", "Previous", "First"]) {
				const address = await page.getByRole("link", { name: word, exact: true }).getAttribute("href");
				await page.getByRole("link", { name: word, exact: true }).click();
				await page.waitForURL(new URL(address ?? "", link).href);
				await page.waitForFunction(() => !document.querySelector(".htmx-request"));
				await drawn(page);
			}
			const picture = () => page.evaluate(() => document.querySelector("canvas")?.toDataURL() ?? "");
			const light = await picture();
			await page.emulateMedia({ colorScheme: "dark" });
			await page.waitForFunction((before) => document.querySelector("canvas")?.toDataURL() !== before, light);
			await drawn(page);
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);

	test(
		"without scripts is a picture of the costs, beside everything else",
		async () => {
			const { page, complaints } = await open("long", { scripts: false });
			expect(await page.locator(".timeline-plain").isVisible()).toBe(true);
			expect(await page.locator(".readout").isVisible()).toBe(false);
			await page.getByRole("link", { name: "Next", exact: true }).click();
			await page.waitForURL(/after=/);
			expect(await page.textContent(".responses .card-sub")).toBe("101 – 200 of 250");
			expect(await page.getAttribute("#back", "href")).toBe("/sessions");
			expect(complaints).toEqual([]);
			await page.context().close();
		},
		PATIENCE,
	);
});
