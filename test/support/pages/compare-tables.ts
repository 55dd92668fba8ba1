import { type Panel, type Row, tableOf } from "./page-visit.ts";
import { type Column, TABLES } from "./table-specs.ts";
import { type Node, tagged } from "./tree.ts";
import { writtenIn } from "./written.ts";

/** Says what a panel's table tells otherwise than its numbers do. */
export function compareTable(panel: Panel): string[] {
	const spec = TABLES[panel.key];
	const table = tableOf(panel);
	if (!spec || !table) return [];
	const heads = headsOf(table);
	const shown = bodyOf(table);
	const [first] = shown;
	const begin = first && spec.startsAt ? panel.rows.findIndex(spec.startsAt(writtenIn(first[0] as Node))) : 0;
	const inOrder = spec.isTurned ? panel.rows.toReversed() : panel.rows;
	const rows = inOrder.slice(begin, begin + shown.length);
	const complaints =
		rows.length === shown.length ? [] : [`has ${shown.length} rows for ${panel.rows.length}`];
	for (const [i, row] of rows.entries()) {
		complaints.push(...compareRow(heads, spec.columns, shown[i] ?? [], row, panel, `row ${begin + i + 1}`));
	}
	const foot = tagged(table, "tfoot").flatMap((node) => tagged(node, "tr"))[0];
	if (foot && spec.foot) {
		complaints.push(...compareRow(heads, spec.foot, spread(foot), addUp(rows), panel, "sums", true));
	}
	return complaints;
}

function compareRow(
	heads: readonly string[],
	columns: Readonly<Record<string, Column>>,
	cells: readonly (Node | undefined)[],
	row: Row,
	panel: Panel,
	place: string,
	isPart = false,
): string[] {
	return heads.flatMap((head, i) => {
		const column = columns[head] ?? columns[head.split(" ")[0] ?? ""];
		const cell = cells[i];
		if (!column) return isPart ? [] : [`has a column ${head} that nothing is known of`];
		if (!cell) return [`${place} has no cell ${head}`];
		const complaint = column(row, panel)?.(writtenIn(cell));
		return complaint === undefined ? [] : [`${place}, ${head}: ${complaint}`];
	});
}

export function headsOf(table: Node): string[] {
	const head = table.children.filter(({ tag }) => tag === "thead");
	return head.flatMap((node) => tagged(node, "th")).map(({ text }) => text);
}

/** Cells of the rows that have one for each column. */
export function bodyOf(table: Node): Node[][] {
	const width = headsOf(table).length;
	return table.children
		.flatMap(({ tag, children }) => (tag === "tbody" ? children : []))
		.map(({ children }) => children)
		.filter((cells) => cells.length === width);
}

/** Cells of a row as they stand under the columns; what spans several is the last one's. */
function spread(row: Node): (Node | undefined)[] {
	return row.children.flatMap((cell) => [
		...new Array<undefined>(Number(cell.attributes.get("colspan") ?? 1) - 1).fill(undefined),
		cell,
	]);
}

/** Dollars are added as whole nano-dollars, so that what comes out is exact. */
function addUp(rows: readonly Row[]): Row {
	const sums: Record<string, number> = {};
	for (const row of rows) {
		for (const [name, value] of Object.entries(row)) {
			if (typeof value !== "number") continue;
			const isMoney = /cost$/i.test(name);
			const before = isMoney ? Math.round((sums[name] ?? 0) * 1e9) : (sums[name] ?? 0);
			sums[name] = isMoney ? (before + Math.round(value * 1e9)) / 1e9 : before + value;
		}
	}
	return sums;
}
