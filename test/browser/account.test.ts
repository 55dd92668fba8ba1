import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { findAccountByName } from "../../src/ledger/accounts.ts";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { findUser } from "../../src/ledger/users.ts";
import { findBrowser, launch } from "../support/browser.ts";
import { eventOf, ingestAll } from "../support/ledger.ts";
import { openPage } from "../support/page.ts";
import { SCREENS } from "../support/screens.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;

let browser: Browser;

beforeAll(async () => {
	browser = await launch(await findBrowser());
}, PATIENCE);

afterAll(() => browser?.close(), PATIENCE);

/** A server that waits for its owner, and the link that it printed. */
async function withNewServer(use: (served: ServedServer, link: string) => Promise<void>): Promise<void> {
	const served = await serveServer();
	try {
		const { db, now } = served.server;
		const wanted = { role: "owner", createdBy: null, expiresAt: now + 30 * 60_000 } as const;
		const { code } = await db.transaction((tx) => saveNewInvite(tx, wanted, now));
		await use(served, `${served.origin}/setup/${code}`);
		expect(served.server.reported).toEqual([]);
	} finally {
		await served.stop();
	}
}

async function makeAccount(page: Page, username: string): Promise<string> {
	await page.fill("#username", username);
	await page.click("button[type=submit]");
	return (await page.textContent("#command-key")) ?? "";
}

async function sendUsage({ server }: ServedServer, username: string): Promise<void> {
	const account = await findAccountByName(server.db, username);
	const user = await findUser(server.db, account?.user ?? 0);
	if (!user) throw new Error("there is no such person");
	await ingestAll({ db: server.db, user }, [eventOf({ at: server.now - 3_600_000 })]);
}

test.each(SCREENS)(
	"in the %s at %i px an owner sets a server up, sees usage arrive, and logs out and in again",
	async (theme, width) => {
		await withNewServer(async (served, link) => {
			const { page, complaints } = await openPage(browser, served.origin, { theme, width });
			await expectSound(page);
			await page.goto(link);
			await expectSound(page);
			const key = await makeAccount(page, "maya");
			expect(await page.textContent("#command-login")).toBe(
				`promptpulse login ${key} --server ${served.origin}`,
			);
			await expectSound(page);
			await sendUsage(served, "maya");
			await page.waitForSelector(".arrival-done");
			await expectSound(page);
			await page.click(".arrival-done a");
			await page.waitForURL(`${served.origin}/`);
			expect(await page.textContent("#metric-responses .stat-number")).toBe("1");
			await page.locator(".person-open:visible").click();
			await expectSound(page);
			await page.locator(".person-sheet button:visible").click();
			await page.waitForURL(`${served.origin}/login`);
			await expectSound(page);
			await page.goBack();
			await page.waitForSelector("#key");
			expect(await page.locator(".stat-number").count()).toBe(0);
			await page.fill("#key", key);
			await page.click("button[type=submit]");
			await page.waitForURL(`${served.origin}/`);
			expect(await page.locator(".person-user:visible").textContent()).toBe("maya");
			expect(complaints).toEqual([]);
			await page.context().close();
		});
	},
	PATIENCE,
);

describe("a newcomer", () => {
	test(
		"comes in without scripts as well",
		async () => {
			await withNewServer(async (served, link) => {
				const { page, complaints } = await openPage(browser, link, { scripts: false });
				await makeAccount(page, "maya");
				expect(await page.locator("button[data-copy]:visible").count()).toBe(0);
				await page.goto(`${served.origin}/setup/waiting`);
				await sendUsage(served, "maya");
				await page.reload();
				await page.click(".arrival-done a");
				await page.locator(".side button[value=dark]").click();
				await page.waitForSelector("html[data-theme=dark]");
				await page.click(".side .person-open");
				await page.click(".side .person-sheet button");
				await page.waitForURL(`${served.origin}/login`);
				expect(complaints).toEqual([]);
				await page.context().close();
			});
		},
		PATIENCE,
	);

	test(
		"has days in the browser's own zone",
		async () => {
			await withNewServer(async ({ server }, link) => {
				const context = await browser.newContext({ timezoneId: "Pacific/Chatham" });
				const page = await context.newPage();
				await page.goto(link);
				await makeAccount(page, "maya");
				const account = await findAccountByName(server.db, "maya");
				expect((await findUser(server.db, account?.user ?? 0))?.zone).toBe("Pacific/Chatham");
				await context.close();
			});
		},
		PATIENCE,
	);

	test(
		"is told at the field what is wrong, and types on there",
		async () => {
			await withNewServer(async (_served, link) => {
				const { page } = await openPage(browser, link);
				await page.fill("#username", "not a name");
				await page.click("button[type=submit]");
				await page.waitForSelector("#username-wrong");
				expect(await page.evaluate(() => document.activeElement?.id)).toBe("username");
				expect(await page.inputValue("#username")).toBe("not a name");
				await expectSound(page);
				await page.context().close();
			});
		},
		PATIENCE,
	);
});

test(
	"a name that is not of this machine, without TLS, is no hindrance",
	async () => {
		await withNewServer(async ({ port }, link) => {
			// To browsers this address is no more trustworthy than a neighbour's: they say less of where a form is from.
			const elsewhere = `http://0.0.0.0:${port}`;
			const { page, complaints } = await openPage(browser, `${elsewhere}${new URL(link).pathname}`);
			expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
			const key = await makeAccount(page, "maya");
			expect(await page.textContent("#command-login")).toContain("--insecure");
			await page.goto(`${elsewhere}/`);
			await page.click(".side .person-open");
			await page.click(".side .person-sheet button");
			await page.fill("#key", key);
			await page.click("button[type=submit]");
			await page.waitForURL(`${elsewhere}/`);
			// That some headers do nothing without TLS, browsers say themselves.
			expect(complaints.filter((text) => !/untrustworthy|insecure origins/.test(text))).toEqual([]);
			await page.context().close();
		});
	},
	PATIENCE,
);
