import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { findUser } from "../../src/ledger/users.ts";
import { findBrowser, launch } from "../support/browser.ts";
import { eventOf, HOUR, ingestAll, PRICES } from "../support/ledger.ts";
import { openPage } from "../support/page.ts";
import { SCREENS } from "../support/screens.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;
/** As long and as wide as a user name may be. */
const LONG = "W".repeat(64);

let browser: Browser;
let served: ServedServer;
let ada: Person;

beforeAll(async () => {
	browser = await launch(await findBrowser());
	served = await serveServer();
	const { server } = served;
	ada = await server.join("ada", "owner");
	const people = [ada, await server.join("grace", "admin"), await server.join(LONG)];
	for (let i = 0; i < 12; i++) people.push(await server.join(`person-${i}`));
	for (const [i, person] of people.slice(0, 4).entries()) {
		const user = await findUser(server.db, person.account.user);
		if (!user) throw new Error("nobody is there");
		const event = eventOf({ id: `m${i}`, at: server.now - HOUR, cacheRead: 90_000_000 * i });
		await ingestAll({ db: server.db, user }, [event], { prices: PRICES, now: server.now });
	}
	await people[2]?.send("PUT", "/api/user/email", { email: `${"m".repeat(60)}@mail.example` });
	await ada.send("POST", "/api/invites", {});
}, PATIENCE);

afterAll(async () => {
	await browser?.close();
	expect(served.server.reported).toEqual([]);
	await served.stop();
}, PATIENCE);

async function openAdmin(options: Parameters<typeof openPage>[2]) {
	const opened = await openPage(browser, `${served.origin}/login?next=/admin`, options);
	const { page } = opened;
	await page.fill("#key", ada.keys.full);
	await page.keyboard.press("Enter");
	await page.waitForURL(`${served.origin}/admin`);
	return opened;
}

test.each(SCREENS)(
	"the page for admins is sound in the %s at %i px, also with an invite that was just made and a form that was refused",
	async (theme, width) => {
		const { page, complaints } = await openAdmin({ theme, width });
		await page.getByText(`Change ${LONG}`).click();
		await expectSound(page);
		await page.fill("#hours", "5");
		await page.keyboard.press("Enter");
		await page.waitForSelector("#command-made");
		await expectSound(page);
		await page.fill("#usual", "soon");
		await page.keyboard.press("Enter");
		await page.waitForSelector("#usual-wrong");
		expect(await page.inputValue("#usual")).toBe("soon");
		expect(await page.evaluate(() => document.activeElement?.id)).toBe("usual");
		await expectSound(page);
		// The refusal's own status stands in the console.
		expect(complaints.filter((text) => !text.includes("422"))).toEqual([]);
		await page.close();
	},
	PATIENCE,
);

test(
	"somebody is disabled and let in again with the keyboard alone",
	async () => {
		const { page } = await openAdmin({});
		await page.focus("#q");
		await page.keyboard.type("person-7");
		await page.keyboard.press("Enter");
		await page.waitForURL(`${served.origin}/admin?q=person-7`);
		for (const [act, toast] of [
			["Disable", "Disabled. Keys and browsers open nothing any more."],
			["Enable", "Let in again."],
		] as const) {
			await page.locator(".admin-open").focus();
			await page.keyboard.press("Enter");
			await page.keyboard.press("Tab");
			expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(`${act} (person-7)`);
			await page.keyboard.press("Enter");
			await page.waitForFunction(
				(text) => document.querySelector("#toasts")?.textContent?.includes(text),
				toast,
			);
			expect(page.url()).toBe(`${served.origin}/admin?q=person-7#people`);
		}
		await page.close();
	},
	PATIENCE,
);

test(
	"every form works without scripts",
	async () => {
		const { page } = await openAdmin({ scripts: false });
		const submit = async (text: string) => {
			await page.getByRole("button", { name: text, exact: true }).first().click();
			return page.textContent("#toasts");
		};
		await page.selectOption("select[name=role]", "admin");
		await page.fill("#hours", "5");
		await submit("Make invite");
		expect(await page.textContent("#command-made")).toStartWith(`${served.origin}/join/`);
		await page.locator("#invites .settings-row button").first().click();
		expect(await page.textContent("#toasts")).toContain("The invite opens nothing any more.");
		await page.fill("#usual", "12");
		await page.fill("#most", "24");
		expect(await submit("Save retention")).toContain("The rules are saved.");
		expect(await page.inputValue("#most")).toBe("24");
		expect(await submit("Turn the leaderboard on")).toContain("The leaderboard is on.");
		await page.fill("#q", "person-3");
		await submit("Find");
		await page.locator(".admin-open").click();
		expect(await submit("Make an admin (person-3)")).toContain("An admin now");
		await page.locator(".admin-open").click();
		expect(await submit("Make a member (person-3)")).toContain("A member now");
		await page.getByRole("link", { name: "Since" }).click();
		expect(page.url()).toBe(`${served.origin}/admin?sort=since&q=person-3`);
		await page.close();
	},
	PATIENCE,
);

test(
	"the keys g a lead there, and the help says so",
	async () => {
		const { page } = await openAdmin({});
		await page.goto(`${served.origin}/leaderboard`);
		expect(await page.locator("#help dt", { hasText: /^g\s*then\s*a$/ }).count()).toBe(1);
		await page.keyboard.press("g");
		await page.keyboard.press("a");
		await page.waitForURL(`${served.origin}/admin`);
		expect(await page.getAttribute("#side-nav a[href='/admin']", "aria-current")).toBe("page");
		await page.context().close();
	},
	PATIENCE,
);
