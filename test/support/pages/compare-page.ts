import { compareRows } from "./compare-rows.ts";
import { compareTable } from "./compare-tables.ts";
import { COUNTS } from "./naive-panels.ts";
import type { NaivePart } from "./naive-parts.ts";
import { readQuery } from "./naive-query.ts";
import type { Counting } from "./naive-rows.ts";
import { compareFacts } from "./page-facts.ts";
import type { Member } from "./page-team.ts";
import { csvRows, tableOf, visitPage } from "./page-visit.ts";
import { PIVOTS } from "./pivot-tables.ts";
import { TABLES } from "./table-specs.ts";

/**
 * Opens a page and says everything that differs: its numbers as JSON from those as CSV and from a count of the events that
 * were put in, its tables and single numbers from both.
 *
 * @param path as it is registered, with `:name` for what differs
 * @param parts everything of the person that counts
 */
export async function comparePage(
	member: Member,
	parts: readonly NaivePart[],
	path: string,
	address: string,
): Promise<string[]> {
	const { tree, panels } = await visitPage(member, address);
	const url = new URL(address, "http://page");
	const query = readQuery(member, url.searchParams);
	const session = decodeURIComponent(url.pathname.split("/")[2] ?? "");
	const asked = { member, parts, query, session };
	const ofPanels = panels.flatMap((panel) => {
		const counting: Counting = { ...asked, panel };
		const counted = COUNTS[panel.key];
		const isKnown = panel.key in PIVOTS || panel.key in TABLES || tableOf(panel) === undefined;
		return [
			...compareRows(csvRows(panel.csv), panel.rows, true).map((text) => `${panel.key}, CSV: ${text}`),
			...(counted ? compareRows(panel.rows, counted(counting)) : ["nothing counts it"]).map(
				(text) => `${panel.key}, JSON: ${text}`,
			),
			...(isKnown ? [] : [`${panel.key}: nothing is known of its table`]),
			...(PIVOTS[panel.key]?.(counting) ?? compareTable(panel)).map((text) => `${panel.key}, table: ${text}`),
		];
	});
	return [...ofPanels, ...compareFacts({ ...asked, path, tree, panels })].map(
		(text) => `${address}: ${text}`,
	);
}
