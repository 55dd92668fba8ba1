import { expect } from "bun:test";
import type { Page } from "playwright-core";

const AXE = await Bun.file(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir)).text();

/** Nothing is wrong with a page as it stands: not too wide, nothing that a reader or a keyboard stumbles over. */
export async function expectSound(page: Page): Promise<void> {
	const excess = await page.evaluate(
		() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
	);
	expect(excess).toBeLessThanOrEqual(0);
	expect(await violations(page)).toEqual([]);
}

/** What axe finds, as sentences. */
async function violations(page: Page): Promise<unknown[]> {
	await page.evaluate(AXE);
	return page.evaluate(async () => {
		const { axe } = window as unknown as {
			axe: {
				run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
			};
		};
		const found = await axe.run();
		return found.violations.flatMap(({ id, nodes }) =>
			nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
		);
	});
}
