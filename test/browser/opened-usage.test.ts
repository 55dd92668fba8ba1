import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { findUser } from "../../src/ledger/users.ts";
import { findBrowser, launch } from "../support/browser.ts";
import { DAY, eventOf, HOUR, ingestAll, PRICES } from "../support/ledger.ts";
import { openPage } from "../support/page.ts";
import { SCREENS } from "../support/screens.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;
const LONG = "/home/dev/a-project-with-a-name-that-goes-on-and-on-and-has-no-place-where-it-could-be-broken";

let browser: Browser;
let served: ServedServer;
let ada: Person;
let alice: Person;

beforeAll(async () => {
	browser = await launch(await findBrowser());
	served = await serveServer();
	const { server } = served;
	ada = await server.join("ada", "owner");
	alice = await server.join("alice");
	for (const who of [ada, alice]) {
		const user = await findUser(server.db, who.account.user);
		if (!user) throw new Error("nobody is there");
		const events = Array.from({ length: 40 }, (_, i) =>
			eventOf({
				id: `${user.id}-${i}`,
				at: server.now - HOUR - Math.floor(i / 2) * DAY,
				session: `session-${Math.floor(i / 3)}-${"x".repeat(i)}`,
				project: i % 4 === 0 ? LONG : "/home/dev/app",
				cacheRead: 90_000 * i,
			}),
		);
		await ingestAll({ db: server.db, user }, events, { prices: PRICES, now: server.now });
	}
	await alice.send("PUT", "/api/user/profile", { display_name: "Alice Liddell" });
	await alice.send("PUT", "/api/user/email-preferences", { week_start: "sunday" });
	await ada.send("PATCH", "/api/admin/settings", { admins_see_usage: true });
}, PATIENCE);

afterAll(async () => {
	await browser?.close();
	expect(served.server.reported).toEqual([]);
	await served.stop();
}, PATIENCE);

async function openAs(who: Person, path: string, options: Parameters<typeof openPage>[2]) {
	const opened = await openPage(browser, `${served.origin}/login?next=${path}`, options);
	await opened.page.fill("#key", who.keys.full);
	await opened.page.keyboard.press("Enter");
	await opened.page.waitForURL(`${served.origin}${path}`);
	return opened;
}

test.each(SCREENS)(
	"what admins see of a person, and what the person is told of it, is sound in the %s at %i px",
	async (theme, width) => {
		const { page, complaints } = await openAs(ada, "/admin", { theme, width });
		await expectSound(page);
		await page.getByRole("link", { name: "alice", exact: true }).click();
		await page.waitForURL(`${served.origin}/admin/people/${alice.account.id}`);
		await expectSound(page);
		await page.getByRole("link", { name: "7 d" }).click();
		await page.waitForURL(`${served.origin}/admin/people/${alice.account.id}?range=7d`);
		await expectSound(page);
		await page.close();
		const own = await openAs(alice, "/", { theme, width });
		await expectSound(own.page);
		for (const path of ["/patterns", "/settings"]) {
			await own.page.goto(`${served.origin}${path}`);
			await expectSound(own.page);
		}
		await own.page.close();
		expect([...complaints, ...own.complaints]).toEqual([]);
	},
	PATIENCE,
);

test(
	"a person reads once that it is so, without scripts",
	async () => {
		const { page } = await openAs(alice, "/", { scripts: false });
		const notice = page.getByText("admins of this server may see your sessions and project names");
		expect(await notice.count()).toBe(1);
		await page.getByRole("button", { name: "I have read it" }).click();
		await page.waitForURL(`${served.origin}/`);
		expect(await notice.count()).toBe(0);
		await page.close();
	},
	PATIENCE,
);
