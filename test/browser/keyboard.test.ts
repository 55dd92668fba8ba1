import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { findUser } from "../../src/ledger/users.ts";
import { findBrowser, launch } from "../support/browser.ts";
import { eventOf, ingestAll } from "../support/ledger.ts";
import { openPage } from "../support/page.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";

const PATIENCE = 60_000;
const MOST_STEPS = 120;

let browser: Browser;
let served: ServedServer;
let key: string;

beforeAll(async () => {
	served = await serveServer();
	browser = await launch(await findBrowser());
	const { db, now } = served.server;
	const maya = await served.server.join("maya");
	key = maya.keys.full;
	const user = await findUser(db, maya.account.user);
	if (!user) throw new Error("there is no such person");
	const projects = ["/home/maya/atlas", "/home/maya/docs"];
	const events = Array.from({ length: 24 }, (_, i) =>
		eventOf({
			id: `msg_${i}`,
			session: `0000000${i % 8}-0000-4000-8000-000000000000`,
			project: projects[i % 2],
			at: now - (i + 1) * 3_600_000,
		}),
	);
	await ingestAll({ db, user }, events);
}, PATIENCE);

afterAll(async () => {
	await browser?.close();
	await served?.stop();
	expect(served?.server.reported).toEqual([]);
}, PATIENCE);

async function logIn() {
	const { page, complaints } = await openPage(browser, `${served.origin}/login`);
	await page.waitForFunction(() => document.activeElement?.id === "key");
	await page.keyboard.type(key);
	await page.keyboard.press("Enter");
	await page.waitForURL(`${served.origin}/`);
	await page.waitForFunction(() => document.documentElement.dataset.charts !== undefined);
	return { page, complaints };
}

/** Where the focus is, and whether it can be seen: not under a bar that stays, not outside, and with an outline. */
async function focusOf(page: Page): Promise<{ what: string; href: string; trouble: string }> {
	return page.evaluate(() => {
		const element = document.activeElement;
		if (!element || element === document.body) return { what: "", href: "", trouble: "" };
		const boxes = element.getClientRects();
		const { left = 0, top = 0, width = 0, height = 0 } = boxes[0] ?? {};
		const at = document.elementFromPoint(left + width / 2, top + height / 2);
		const label = at?.closest("label");
		const isSeen = at !== null && (element.contains(at) || at.contains(element) || label?.contains(element));
		const { outlineStyle, outlineWidth } = getComputedStyle(element);
		const hasOutline = outlineStyle !== "none" && outlineWidth !== "0px";
		const what = `${element.tagName} ${element.id} ${element.className} ${element.textContent?.slice(0, 30)}`;
		const trouble = isSeen ? (hasOutline ? "" : `${what} shows no focus`) : `${what} is covered`;
		return { what, href: element.getAttribute("href") ?? "", trouble };
	});
}

/** Presses Tab until the focus is where it is wanted. */
async function tabTo(
	page: Page,
	isWanted: (focus: { what: string; href: string }) => boolean,
): Promise<void> {
	for (let i = 0; i < MOST_STEPS; i++) {
		await page.keyboard.press("Tab");
		const focus = await focusOf(page);
		expect(focus.trouble).toBe("");
		if (isWanted(focus)) return;
	}
	throw new Error("Tab leads nowhere near it");
}

test(
	"by keyboard alone one logs in, finds the sessions of a project, opens one and comes back",
	async () => {
		const { page, complaints } = await logIn();
		await page.keyboard.press("g");
		await page.keyboard.press("s");
		await page.waitForURL(`${served.origin}/sessions`);
		await page.waitForFunction(() => document.documentElement.dataset.charts !== undefined);
		await page.keyboard.press("/");
		await page.keyboard.type("docs");
		await page.keyboard.press("Enter");
		await page.waitForURL(/[?&]q=docs/);
		await page.waitForFunction(() => !document.querySelector(".htmx-request"));
		await tabTo(page, ({ href }) => href.startsWith("/sessions/"));
		await page.keyboard.press("Enter");
		await page.waitForURL(/\/sessions\/0000000[1357]-/);
		await page.waitForFunction(() => !document.querySelector(".htmx-request"));
		expect(await page.textContent("main")).toContain("docs");
		// What a browser's own keys do to go back; one without a screen has none.
		await page.goBack();
		await page.waitForURL(/[?&]q=docs/);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);

test(
	"the focus is seen wherever Tab leads on the overview, and ends where it began",
	async () => {
		const { page } = await logIn();
		await tabTo(page, ({ what }) => what === "");
		await page.context().close();
	},
	PATIENCE,
);
