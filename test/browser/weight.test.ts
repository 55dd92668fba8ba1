import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { openPage } from "../support/page.ts";
import { showSample } from "../support/shown-sample.ts";

const PATIENCE = 60_000;
/** Of a first visit, in bytes as they are sent, without headers. */
const MOST_BYTES = 130 * 1024;

const { browser, served } = await showSample();

/** What a page asks the network for, with how many bytes came; what its cache had is not in it. */
async function sentFor(page: Page, use: () => Promise<unknown>): Promise<Map<string, number>> {
	const network = await page.context().newCDPSession(page);
	const addresses = new Map<string, string>();
	const sent = new Map<string, number>();
	network.on("Network.requestWillBeSent", ({ requestId, request }) => {
		// The stream of news goes on as long as the page is open.
		if (new URL(request.url).pathname !== "/events") addresses.set(requestId, request.url);
	});
	network.on("Network.requestServedFromCache", ({ requestId }) => addresses.delete(requestId));
	network.on("Network.responseReceived", ({ requestId, response }) => {
		if (response.fromDiskCache) addresses.delete(requestId);
	});
	network.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
		const address = addresses.get(requestId);
		if (address !== undefined) sent.set(address, (sent.get(address) ?? 0) + encodedDataLength);
	});
	await network.send("Network.enable");
	await use();
	await page.waitForFunction(() => document.documentElement.dataset.charts === "1");
	await page.waitForLoadState("load");
	await network.detach();
	return sent;
}

test(
	"a first visit is light and asks nobody else, and the next one is only markup",
	async () => {
		const { page, complaints } = await openPage(browser, "about:blank");
		const first = await sentFor(page, () => page.goto(served.link));
		const hosts = new Set([...first.keys()].map((address) => new URL(address).origin));
		expect(hosts).toEqual(new Set([served.origin]));
		const files = [...first.keys()].map((address) =>
			new URL(address).pathname.replace(/\.[0-9a-f]{12}\./, "."),
		);
		// Browsers fetch the icon when they see fit, those without a screen not at all.
		const icon = await page.request.get(
			new URL((await page.getAttribute("link[rel=icon]", "href")) ?? "", served.origin).href,
		);
		const bytes = [...first.values(), (await icon.body()).length].reduce((sum, size) => sum + size, 0);
		expect(files.filter((file) => file !== "/assets/icon.svg").toSorted()).toEqual(
			["/", "/assets/app.css", "/assets/charts.js", "/assets/geist.woff2", "/assets/htmx.js"].toSorted(),
		);
		expect(icon.status()).toBe(200);
		expect(bytes).toBeLessThan(MOST_BYTES);
		const next = await sentFor(page, () => page.goto(`${served.origin}/?range=7d`));
		expect([...next.keys()]).toEqual([`${served.origin}/?range=7d`]);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);
