import Table from "cli-table3";
import { bold, type Terminal } from "./terminal.ts";

/** A column of a table of `Row`s. */
export type Column<Row> = {
	title: string;
	cell(row: Row): string;
	/** Numbers go to the right. */
	right?: boolean;
	/** Where there is no room, columns of the largest rank go first; those without one stay. */
	rank?: number;
	/** May be cut short, to this width at the least. */
	shortest?: number;
};

const LINES = {
	top: "",
	"top-mid": "",
	"top-left": "",
	"top-right": "",
	bottom: "",
	"bottom-mid": "",
	"bottom-left": "",
	"bottom-right": "",
	left: "",
	"left-mid": "",
	mid: "",
	"mid-mid": "",
	right: "",
	"right-mid": "",
	middle: "  ",
};
const GAP = LINES.middle.length;

/** Lays rows out as a table that fits the terminal; `total` stands below them. */
export function table<Row>(
	terminal: Terminal,
	columns: readonly Column<Row>[],
	rows: readonly Row[],
	total?: Row,
): string {
	const all = total === undefined ? rows : [...rows, total];
	const shown = fit(terminal.columns, columns, all);
	const laidOut = new Table({
		head: shown.map(({ column }) => bold(terminal, column.title)),
		colAligns: shown.map(({ column }) => (column.right ? "right" : "left")),
		colWidths: shown.map(({ width }) => width),
		chars: LINES,
		style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
	});
	for (const row of rows) laidOut.push(shown.map(({ column }) => column.cell(row)));
	if (total !== undefined) laidOut.push(shown.map(({ column }) => bold(terminal, column.cell(total))));
	return laidOut
		.toString()
		.split("\n")
		.map((line) => line.trimEnd())
		.join("\n");
}

/** The columns that there is room for, with their widths. */
function fit<Row>(room: number, columns: readonly Column<Row>[], rows: readonly Row[]) {
	let shown = columns.map((column) => ({ column, width: naturalWidth(column, rows) }));
	const excess = () => shown.reduce((sum, { width }) => sum + width + GAP, -GAP) - room;
	const slack = () => shown.reduce((sum, { column, width }) => sum + slackOf(column, width), 0);
	for (const rank of [...new Set(columns.map((column) => column.rank ?? 0))].sort((a, b) => b - a)) {
		if (rank === 0 || excess() <= slack()) break;
		shown = shown.filter(({ column }) => column.rank !== rank);
	}
	for (const column of shown.toReversed()) {
		column.width -= Math.max(0, Math.min(excess(), slackOf(column.column, column.width)));
	}
	return shown;
}

/** By how much a column may be cut short. */
function slackOf<Row>({ shortest }: Column<Row>, width: number): number {
	return shortest === undefined ? 0 : Math.max(0, width - shortest);
}

function naturalWidth<Row>(column: Column<Row>, rows: readonly Row[]): number {
	let width = Bun.stringWidth(column.title);
	for (const row of rows) width = Math.max(width, Bun.stringWidth(column.cell(row)));
	return width;
}
