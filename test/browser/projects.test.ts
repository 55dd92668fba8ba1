import { expect, test } from "bun:test";
import { projectId } from "../../src/usage/project-id.ts";
import { openPage } from "../support/page.ts";
import { SCREENS } from "../support/screens.ts";
import { showSample } from "../support/shown-sample.ts";
import { expectSound } from "../support/sound-page.ts";

const PATIENCE = 60_000;
const PLAYGROUND = ".project-label:text-is('Playground')";
const SANDBOX = projectId("/home/maya/sandbox");

const { browser, served } = await showSample();

test.each(SCREENS)(
	"the page of projects in the %s at %i px is sound, with a project that is open",
	async (theme, width) => {
		const { page, complaints } = await openPage(browser, served.link, { theme, width });
		await page.goto(`${served.origin}/projects?range=12m&open=${SANDBOX}`);
		await page.evaluate(() => {
			for (const details of document.querySelectorAll(".name-more")) details.setAttribute("open", "");
		});
		await expectSound(page);
		// What is open pushes the next project down, whatever the width.
		const over = await page.evaluate(() => {
			const bottomOf = (what: string) => document.querySelector(what)?.getBoundingClientRect().bottom ?? 0;
			return bottomOf(".opened") - bottomOf(".project-more");
		});
		expect(over).toBeLessThanOrEqual(0);
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

test(
	"a long name is cut short before a cost is out of sight",
	async () => {
		const { page } = await openPage(browser, served.link);
		const call = async (alias: string) => {
			await page.goto(`${served.origin}/projects?range=12m&open=${SANDBOX}`);
			await page.fill("input[name=alias]", alias);
			await page.getByRole("button", { name: "Save the alias" }).click();
			await page.waitForSelector(".toast");
		};
		await call("W".repeat(60));
		for (const width of [1280, 1440]) {
			await page.setViewportSize({ width, height: 900 });
			await page.goto(`${served.origin}/projects?range=12m`);
			const sideways = await page.$eval(".projects-scroll", (table) => table.scrollWidth - table.clientWidth);
			expect(`${width}: ${sideways}`).toBe(`${width}: 0`);
		}
		await page.goto(`${served.origin}/projects?range=12m&open=${SANDBOX}`);
		const { heading, links } = await page.evaluate(() => {
			const range = document.createRange();
			range.selectNodeContents(document.querySelector(".branches > h3") as Element);
			const files = document.querySelector(".branches .numbers-files") as Element;
			return { heading: range.getBoundingClientRect().right, links: files.getBoundingClientRect().left };
		});
		expect(heading).toBeLessThanOrEqual(links);
		await call("");
		await page.context().close();
	},
	PATIENCE,
);
