import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { fillSample } from "../../src/cli/dashboard/sample.ts";
import { homeAt, makeHome } from "../../src/collector/home.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { builtInPrices } from "../../src/usage/price.ts";
import { createDashboard } from "../../src/web/dashboard.ts";
import { LinkAccess } from "../../src/web/gates/link-access.ts";
import { PRICES } from "./scan.ts";

/** A weekday at noon, in the middle of made-up usage. */
export const NOON = Date.UTC(2026, 10, 24, 12, 3);

/** A dashboard that listens on this machine, and the home whose ledger it shows. */
export type ServedDashboard = { home: string; link: string; origin: string; stop(): Promise<void> };

/** Serves the made-up year from a ledger in a file, so that commands can be asked the same questions. */
export async function serveSample(home: string, onError: (error: unknown) => void): Promise<ServedDashboard> {
	makeHome(homeAt(home));
	const db = await openLedger(join(home, "ledger.db"), NOON);
	const asker = await fillSample(db, { zone: "UTC", prices: PRICES, now: NOON });
	const access = new LinkAccess();
	const app = createDashboard({
		sourceOf: () => ({
			db,
			asker,
			zone: "UTC",
			weekStart: 0,
			prices: PRICES,
			pricesOf: builtInPrices()[0]?.source ?? "",
			asOf: NOON,
			isSample: false,
			looked: [],
		}),
		access,
		now: () => NOON,
		report: onError,
	});
	const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.handle(request) });
	const origin = `http://127.0.0.1:${server.port}`;
	return {
		home,
		origin,
		link: `${origin}${access.path}`,
		async stop() {
			await server.stop(true);
			await db.close();
			rmSync(home, { recursive: true, force: true });
		},
	};
}

/** What a page complained of: errors in its console, blocked by its policy, failed requests. */
export type Complaints = string[];

/** Opens the dashboard in a new window of its own, by its link. */
export async function openPage(
	browser: Browser,
	link: string,
	options: { width?: number; theme?: "light" | "dark"; scripts?: boolean } = {},
): Promise<{ page: Page; complaints: Complaints }> {
	const { width = 1280, theme = "light", scripts = true } = options;
	const context = await browser.newContext({
		viewport: { width, height: 900 },
		colorScheme: theme,
		javaScriptEnabled: scripts,
		reducedMotion: "reduce",
		bypassCSP: false,
	});
	const page = await context.newPage();
	const complaints: Complaints = [];
	page.on("console", (message) => {
		if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
	});
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("requestfailed", (request) => {
		// What a page still waited for when it was left is no failure.
		const reason = request.failure()?.errorText ?? "";
		if (reason !== "net::ERR_ABORTED") complaints.push(`${request.url()} failed: ${reason}`);
	});
	page.on("response", (response) => {
		if (response.status() >= 400) complaints.push(`${response.url()} answered ${response.status()}`);
	});
	await page.goto(link);
	return { page, complaints };
}
