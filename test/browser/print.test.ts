import { expect, test } from "bun:test";
import { openPage } from "../support/page.ts";
import { showSample } from "../support/shown-sample.ts";

const PATIENCE = 60_000;

const { browser, served } = await showSample();

const VIEWS = (["light", "dark"] as const).flatMap((theme) =>
	[360, 1280].map((width) => [theme, width] as const),
);

test.each(VIEWS)(
	"the overview in the %s at %i px is one page of paper, dark on light, without what only a screen has",
	async (theme, width) => {
		const { page, complaints } = await openPage(browser, served.link, { theme, width });
		await page.waitForFunction(() => document.documentElement.dataset.charts === "1");
		await page.evaluate(() => {
			matchMedia("print").addEventListener("change", ({ matches }) => {
				if (matches) document.documentElement.dataset.printed = getComputedStyle(document.body).color;
			});
		});
		for (const format of ["A4", "Letter"]) {
			const pdf = await page.pdf({ format });
			expect([format, pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length]).toEqual([format, 1]);
		}
		expect(await page.getAttribute("html", "data-printed")).toMatch(/^oklch\(0\.2/);
		await page.emulateMedia({ media: "print" });
		const shown = (selector: string) => page.locator(selector).filter({ visible: true }).count();
		expect(await shown(".side, .top-bar, .tab-bar, .ranges, #filter, .numbers, dialog, .tip")).toBe(0);
		expect(await shown("h1, .period strong, canvas, #metric-cost, #calendar, .foot")).toBe(6);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);
