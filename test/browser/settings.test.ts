import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { noteMailed, queueMail } from "../../src/ledger/mails.ts";
import { saveConfirmedEmail } from "../../src/ledger/report-times.ts";
import { mailingOf } from "../../src/web/people/mailing.ts";
import { findBrowser, launch } from "../support/browser.ts";
import { openPage } from "../support/page.ts";
import { ResendServer } from "../support/resend.ts";
import { SCREENS } from "../support/screens.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;
const LONG = "a-key-with-a-name-that-goes-on-and-on-and-has-no-place-where-it-could-be-broken-into-two";

let browser: Browser;
let service: ResendServer;
let served: ServedServer;
let ada: Person;

beforeAll(async () => {
	browser = await launch(await findBrowser());
	service = new ResendServer();
	served = await serveServer({ mailing: mailingOf(service.settings, "https://usage.example.com") });
	const { server } = served;
	ada = await server.join("ada", "owner");
	await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
	await ada.send("PUT", "/api/user/email", { email: "ada@mail.example" });
	await saveConfirmedEmail(server.db, ada.account.user, "ada@mail.example");
	await ada.send("POST", "/api/user/keys", { name: LONG, kind: "read" });
	await queueMail(
		server.db,
		{ user: ada.account.user, kind: "weekly", period: "2026-11-16", address: "ada@mail.example" },
		server.now,
	);
	const error = "The mail service answered 503: Service unavailable.";
	await noteMailed(server.db, 1, { state: "failed", error }, server.now);
}, PATIENCE);

afterAll(async () => {
	await browser?.close();
	await served?.stop();
	await service?.stop();
}, PATIENCE);

/** Opens the settings in a browser that logs in by a key. */
async function openSettings(options: Parameters<typeof openPage>[2], who = ada) {
	const opened = await openPage(browser, `${served.origin}/login?next=/settings`, options);
	const { page } = opened;
	await page.fill("#key", who.keys.full);
	await page.keyboard.press("Enter");
	await page.waitForURL(`${served.origin}/settings`);
	return opened;
}

test.each(SCREENS)(
	"settings are sound in the %s at %i px, also with a key that was just made and a form that was refused",
	async (theme, width) => {
		const { page, complaints } = await openSettings({ theme, width });
		await expectSound(page);
		await page.fill("#name", LONG);
		await page.keyboard.press("Enter");
		await page.waitForSelector("#command-made");
		await expectSound(page);
		await page.fill("#zone", "Mars/Base");
		await page.keyboard.press("Enter");
		await page.waitForSelector("#zone-wrong");
		expect(await page.inputValue("#zone")).toBe("Mars/Base");
		await expectSound(page);
		// The refusal's own status stands in the console.
		expect(complaints.filter((text) => !text.includes("422"))).toEqual([]);
		await page.close();
	},
	PATIENCE,
);

test(
	"every form works without scripts",
	async () => {
		const { page } = await openSettings({ scripts: false });
		const submit = async (text: string) => {
			await page.getByRole("button", { name: text, exact: true }).first().click();
			return page.textContent("#toasts");
		};
		await page.fill("#zone", "Europe/Berlin");
		expect(await submit("Save zone")).toContain("Days are counted in this zone now.");
		await page.selectOption("select[name=every]", "daily");
		await page.fill("#time", "07:15");
		expect(await submit("Save reports")).toContain("Saved.");
		expect(await page.inputValue("#time")).toBe("07:15");
		expect(await submit("Send it as a test")).toContain("The test is on its way.");
		await page.selectOption("select[name=plan]", "other");
		await page.fill("#price", "17.50");
		expect(await submit("Save plan")).toContain("The plan is saved.");
		await page.fill("#display_name", "Countess");
		expect(await submit("Take part")).toContain("You take part under this name.");
		expect(await submit("Leave the leaderboard")).toContain("You are off the leaderboard.");
		await page.fill("#months", "24");
		expect(await submit("Save retention")).toContain("Saved. What is older goes within a day.");
		expect(await page.inputValue("#months")).toBe("24");
		const [download] = await Promise.all([
			page.waitForEvent("download"),
			page.getByRole("link", { name: "Export everything" }).click(),
		]);
		expect(download.suggestedFilename()).toMatch(/^promptpulse-ada-[\d-]+\.zip$/);
		await page.getByRole("link", { name: "Erase the account" }).last().click();
		await page.fill("#confirm", "adam");
		await page.getByRole("button", { name: "Erase everything" }).click();
		expect(await page.textContent("#confirm-wrong")).toContain("This is not your user name");
		expect(await page.inputValue("#confirm")).toBe("adam");
		await page.getByRole("link", { name: "Cancel" }).click();
		await page.waitForURL(`${served.origin}/settings#erase`);
		expect(await page.isVisible("#confirm")).toBe(false);
		await page.fill("#email", "ada@new.example");
		expect(await submit("Save address")).toContain("Open the link that was sent to it.");
		expect(await submit("Send the link again")).toContain("The link was sent.");
		expect(await submit(`Revoke ${LONG}`)).toContain("The key opens nothing any more.");
		await page.getByRole("button", { name: "Log out this browser", exact: true }).click();
		await page.waitForURL(({ pathname, search }) => pathname + search === "/login?next=%2Fsettings");
	},
	PATIENCE,
);

test(
	"an account is erased with the keyboard alone, and what was typed stands in the dialog that refused it",
	async () => {
		const eve = await served.server.join("eve");
		const { page } = await openSettings({}, eve);
		await page.getByRole("link", { name: "Erase the account" }).last().focus();
		await page.keyboard.press("Enter");
		await page.keyboard.type("Eve");
		await page.keyboard.press("Enter");
		await page.waitForSelector("#confirm-wrong");
		expect(await page.locator("dialog:modal").count()).toBe(1);
		expect(await page.inputValue("#confirm")).toBe("Eve");
		await expectSound(page);
		await page.keyboard.press("ControlOrMeta+A");
		await page.keyboard.type("eve");
		await page.keyboard.press("Tab");
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		await page.waitForURL(`${served.origin}/account/erased`);
		expect(await page.textContent("h1")).toBe("The account is erased");
		await page.close();
	},
	PATIENCE,
);
