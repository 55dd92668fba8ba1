import type { Member } from "./page-team.ts";
import { classed, type Node, tagged, treeOf } from "./tree.ts";

/** A row of numbers as JSON has it. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** What a panel's links to its numbers give. `key`: `overview/series`, and `session/facts` whichever session. */
export type Panel = { key: string; href: string; numbers: Node; rows: Row[]; totals: Row; csv: string };

/** A page as somebody sees it, with the numbers of all its panels. */
export type PageVisit = { address: string; tree: Node; panels: Panel[] };

/** Opens a page, and follows all links to numbers that stand on it. */
export async function visitPage({ person }: Member, address: string): Promise<PageVisit> {
	const answer = await person.visit(address);
	if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}`);
	const tree = await treeOf(await answer.text());
	const panels = classed(tree, "numbers").map(async (numbers): Promise<Panel> => {
		const [table = "", file = ""] = numberLinks(numbers);
		const [json, csv] = await Promise.all([person.visit(file), person.visit(table)]);
		if (json.status !== 200 || csv.status !== 200) throw new Error(`${file} answered ${json.status}`);
		const { rows, totals } = (await json.json()) as { rows: Row[]; totals: Row };
		return { key: keyOf(file), href: file, numbers, rows, totals, csv: await csv.text() };
	});
	return { address, tree, panels: await Promise.all(panels) };
}

/** Where a panel's CSV and JSON are. */
function numberLinks(numbers: Node): string[] {
	return tagged(numbers, "a")
		.flatMap(({ attributes }) => attributes.get("href") ?? [])
		.filter((href) => href.startsWith("/api/"));
}

function keyOf(href: string): string {
	const [page = "", ...rest] = (href.split("?")[0] ?? "").split("/").slice(3);
	return `${page}/${rest.at(-1) ?? ""}`;
}

/** The table that has a panel's numbers: beside its links, or the one of its card. */
export function tableOf({ numbers }: Panel): Node | undefined {
	const [own] = tagged(numbers, "table");
	if (own) return own;
	const card = cardOf(numbers);
	return card && tagged(card, "table").find((table) => !isWithin(table, "numbers"));
}

/** The section that a panel's links stand in. */
function cardOf(node: Node): Node | undefined {
	let card = node.parent;
	while (card && card.tag !== "section") card = card.parent;
	return card;
}

function isWithin(node: Node, name: string): boolean {
	for (let above = node.parent; above; above = above.parent) {
		if (above.attributes.get("class")?.split(" ").includes(name)) return true;
	}
	return false;
}

/** Rows of a CSV text, as texts; an empty cell is an empty text. */
export function csvRows(text: string): Record<string, string>[] {
	const lines: string[][] = [];
	let line: string[] = [];
	for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
		line.push(quoted === undefined ? (plain ?? "") : quoted.replace(/""/g, '"'));
		if (end === ",") continue;
		lines.push(line);
		line = [];
	}
	const [names = [], ...rows] = lines.filter((cells) => cells.length > 1 || cells[0] !== "");
	return rows.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""])));
}
