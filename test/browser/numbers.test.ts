import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { openPage } from "../support/page.ts";
import { Random } from "../support/random.ts";
import { runCli } from "../support/run-cli.ts";
import { showSample } from "../support/shown-sample.ts";

const PATIENCE = 60_000;
const RANGES = ["today", "7d", "30d", "month", "12m", "all"];
const TODAY = "2026-11-24";

const { browser, served } = await showSample();

/** A question that page and terminal are both asked. */
type Question = { query: string; flags: string[] };

const random = new Random(7);

function question(): Question {
	const parameters = new URLSearchParams({ range: random.pick(RANGES) });
	const flags: string[] = [];
	const choices = {
		project: ["/home/maya/atlas-api", "/home/maya/sandbox", "/home/maya/docs-site"],
		model: ["claude-opus-4-6", "claude-haiku-4-5-20251001", "claude-nova-5-preview"],
		machine: ["maya-mbp", "ci-runner-02"],
	};
	for (const [field, names] of Object.entries(choices)) {
		if (random.next() < 0.5) continue;
		const name = `${random.next() < 0.4 ? "!" : ""}${random.pick(names)}`;
		parameters.append(field, name);
		flags.push(`--${field}`, name);
	}
	return { query: `?${parameters}`, flags };
}

async function report(grouping: string, flags: string[], period: { since: string; until: string }) {
	const { out } = await runCli(
		[
			"report",
			grouping,
			"--json",
			"--no-collect",
			"--timezone",
			"UTC",
			"--since",
			period.since,
			"--until",
			period.until,
			...flags,
		],
		{ home: served.home, env: { PROMPTPULSE_HOME: served.home } },
	);
	return JSON.parse(out);
}

async function textOf(page: Page, selector: string): Promise<string> {
	return (await page.locator(selector).first().textContent())?.replace(/\s+/g, " ").trim() ?? "";
}

test.each(Array.from({ length: 10 }, (_, i) => [i, question()] as const))(
	"the page has the numbers of the report: %i %j",
	async (_, { query, flags }) => {
		const { page, complaints } = await openPage(browser, served.link);
		await page.goto(`${served.origin}/${query}`);
		const series = await page.evaluate(
			(path) => fetch(path).then((response) => response.json()),
			`/api/views/overview/series${query}`,
		);
		expect(series.until).toBe(TODAY);
		const daily = await report("daily", flags, series);
		const sessions = await report("session", flags, series);
		expect(series.totals).toEqual(daily.totals);
		const whole = new Intl.NumberFormat("en-US");
		const usd = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
		if (daily.totals.unpricedResponses === 0) {
			expect(await textOf(page, "#metric-cost .stat-number")).toBe(usd.format(daily.totals.totalCost));
		}
		expect(await page.getAttribute("#metric-tokens .stat-number", "title")).toBe(
			`${whole.format(daily.totals.totalTokens)} tokens`,
		);
		expect(await textOf(page, "#metric-sessions .stat-number")).toBe(whole.format(sessions.sessions.length));
		expect(await textOf(page, "#metric-responses .stat-number")).toBe(whole.format(daily.totals.responses));
		expect(await textOf(page, "#metric-days .stat-number")).toStartWith(`${daily.daily.length}`);
		expect(complaints).toEqual([]);
		await page.context().close();
	},
	PATIENCE,
);

test(
	"a table that is opened on a small screen stays in its card",
	async () => {
		const { page } = await openPage(browser, served.link, { width: 360 });
		await page.click("#series .numbers-table > summary");
		const [card, table] = await Promise.all(
			["#series", "#series .numbers-scroll"].map((what) =>
				page.$eval(what, (element) => element.getBoundingClientRect().toJSON()),
			),
		);
		expect([table.left >= card.left, table.right <= card.right]).toEqual([true, true]);
		await page.context().close();
	},
	PATIENCE,
);
