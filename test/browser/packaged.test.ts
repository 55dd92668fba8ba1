import { expect, test } from "bun:test";
import { launch, packagedBrowser } from "../support/browser.ts";

// The package has a browser for this system alone; on others the machine's own is needed.
if (process.platform === "linux" && process.arch === "x64") {
	test("where a machine has no browser, the packaged one shows a page", async () => {
		const browser = await launch(await packagedBrowser());
		const page = await browser.newPage();
		await page.setContent("<h1>Usage</h1>");
		expect(await page.textContent("h1")).toBe("Usage");
		await browser.close();
	}, 60_000);
}
