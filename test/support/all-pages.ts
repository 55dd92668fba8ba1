import type { Page } from "playwright-core";
import { usagePages } from "../../src/web/pages/usage-pages.ts";

/** Paths of all pages of usage there are, with `:name` for what differs. */
export const USAGE_PATHS: readonly string[] = usagePages().flatMap(({ method, path }) =>
	method === "GET" ? [path] : [],
);

/**
 * A page's address. For what differs in it, the first link of the page above it, or else of the overview, is taken.
 *
 * @param page a window in which these pages are open to whoever looks
 */
export async function addressOf(page: Page, origin: string, path: string): Promise<string> {
	if (!path.includes(":")) return `${origin}${path}`;
	const wanted = new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`);
	for (const above of [path.slice(0, path.indexOf("/:")), "/"]) {
		if (!USAGE_PATHS.includes(above)) continue;
		await page.goto(`${origin}${above}?range=all`);
		const hrefs = await hrefsIn(page);
		const found = hrefs.find((href) => wanted.test(new URL(href).pathname));
		if (found !== undefined) return found;
	}
	throw new Error(`no page leads to ${path}`);
}

/** Where the links of a page's main part lead. Links of a drawing have no address as text, so that the attribute is read. */
export function hrefsIn(page: Page): Promise<string[]> {
	return page
		.locator("main a[href]")
		.evaluateAll((links) =>
			links.map((link) => new URL(link.getAttribute("href") ?? "", location.href).href),
		);
}

/** A name for files and tests: `sessions-session`. */
export function wordOf(path: string): string {
	return path === "/" ? "overview" : path.slice(1).replace(/[/:]+/g, "-");
}
