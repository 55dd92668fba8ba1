import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { projectId } from "../../src/usage/project-id.ts";
import { findBrowser, launch } from "../support/browser.ts";
import { openPage, type ServedDashboard, serveSample } from "../support/page.ts";
import { SCREENS } from "../support/screens.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;
const PLAYGROUND = ".project-label:text-is('Playground')";
const SANDBOX = projectId("/home/maya/sandbox");

let browser: Browser;
let served: ServedDashboard;
const errors: unknown[] = [];

beforeAll(async () => {
	served = await serveSample(mkdtempSync(join(tmpdir(), "promptpulse-page-")), (error) => errors.push(error));
	browser = await launch(await findBrowser());
}, PATIENCE);

afterAll(async () => {
	await browser?.close();
	await served?.stop();
	expect(errors).toEqual([]);
}, PATIENCE);

test.each(SCREENS)(
	"the page of projects in the %s at %i px is sound, with a project that is open",
	async (theme, width) => {
		const { page, complaints } = await openPage(browser, served.link, { theme, width });
		await page.goto(`${served.origin}/projects?range=12m&open=${SANDBOX}`);
		await page.evaluate(() => {
			for (const details of document.querySelectorAll(".name-more")) details.setAttribute("open", "");
		});
		await expectSound(page);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);

test.each([true, false])(
	"a project is called otherwise, merged and split off, hidden and shown (scripts: %p)",
	async (scripts) => {
		const { page, complaints } = await openPage(browser, served.link, { scripts });
		const names = () => page.locator(".project-label").allInnerTexts();
		const submit = async (verb: string) => {
			const button = page.getByRole("button", { name: verb });
			await Promise.all([
				page.waitForResponse((answer) => answer.request().method() === "GET"),
				button.click(),
			]);
			await page.waitForSelector(".toast");
		};
		await page.goto(`${served.origin}/projects?range=12m`);
		const before = await names();
		await page.click(`#open-${SANDBOX}`);
		await page.fill("input[name=alias]", "Playground");
		await submit("Save the alias");
		await page.waitForSelector(PLAYGROUND);
		expect(await names()).toEqual(before.map((name) => (name === "sandbox" ? "Playground" : name)));

		await page.click("text=Merge it into another project");
		await page.selectOption("select[name=into]", { label: "docs-site" });
		await submit("Merge Playground");
		await page.waitForSelector(PLAYGROUND, { state: "detached" });
		expect(await names()).toHaveLength(before.length - 1);
		await page.click(`#open-${projectId("/home/maya/docs-site")}`);
		await submit("Split it off");
		await page.waitForSelector(PLAYGROUND);

		await page.click(`#open-${SANDBOX}`);
		await page.click("text=Hide it from lists");
		await submit("Hide Playground");
		await page.waitForSelector("#hidden");
		expect(await names()).toHaveLength(before.length - 1);
		await page.click("#hidden");
		await page.click(`#open-${SANDBOX}`);
		await page.click("text=Show it in lists");
		await submit("Show Playground");
		await page.fill("input[name=alias]", "");
		await submit("Save the alias");
		await page.waitForSelector(".project-label:text-is('sandbox')");
		expect((await names()).toSorted()).toEqual(before.toSorted());
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);
