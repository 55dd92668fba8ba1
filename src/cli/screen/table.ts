import { type Cell, fitColumns, type Shown } from "./fit-columns.ts";
import { bold, type Terminal } from "./terminal.ts";

/** A column of a table of `Row`s. */
export type Column<Row> = {
	title: string;
	cell(row: Row): string;
	/** The same in less room, for where it does not fit as it is. */
	brief?(row: Row): string;
	/** Numbers go to the right. */
	right?: boolean;
	/** Where there is no room, columns of the largest rank go first; those without one stay. */
	rank?: number;
	/** May be cut short, to this width at the least. */
	shortest?: number;
	/** Where it is cut: paths end in what people know them by. */
	cutAt?: "start" | "end";
	/** Rows whose cell may be cut, whatever else stands in the column. */
	mayBeCut?(row: Row): boolean;
	/** Adds to what the others tell: nobody needs to know where it is left out. */
	isExtra?: boolean;
};

/** A table, and the titles of the columns that there was no room for. */
export type LaidTable = { text: string; leftOut: string[] };

/** Lays rows out as a table that fits the terminal; `total` stands below them. */
export function table<Row>(
	terminal: Terminal,
	columns: readonly Column<Row>[],
	rows: readonly Row[],
	total?: Row,
): string {
	return layTable(terminal, columns, rows, total).text;
}

/** Does what {@link table} does, and tells what is missing. */
export function layTable<Row>(
	terminal: Terminal,
	columns: readonly Column<Row>[],
	rows: readonly Row[],
	total?: Row,
): LaidTable {
	const all = total === undefined ? rows : [...rows, total];
	const shown = fitColumns(terminal.columns, columns, all);
	const strong = (text: string) => bold(terminal, text);
	const lines = all.map((row, i) =>
		lineOf(shown, ({ cells }) => cells[i] ?? NO_CELL, row === total ? strong : undefined),
	);
	const seen = new Set(shown.map(({ column }) => column));
	return {
		text: [lineOf(shown, ({ title }) => title, strong), ...lines].join("\n"),
		leftOut: columns.filter((column) => !seen.has(column) && !column.isExtra).map(({ title }) => title),
	};
}

const GAP = "  ";
const NO_CELL: Cell = { text: "", width: 0 };

function lineOf<Row>(
	shown: readonly Shown<Row>[],
	cellOf: (column: Shown<Row>) => Cell,
	mark = (text: string) => text,
): string {
	return shown
		.map((column) => {
			const { text, width } = fitted(cellOf(column), column);
			const blanks = " ".repeat(column.width - width);
			const marked = text === "" ? text : mark(text);
			return column.column.right ? blanks + marked : marked + blanks;
		})
		.join(GAP)
		.trimEnd();
}

function fitted<Row>(cell: Cell, { width, column }: Shown<Row>): Cell {
	if (cell.width <= width) return cell;
	const text = cut(cell.text, width, column.cutAt);
	return { text, width: Bun.stringWidth(text) };
}

let characters: Intl.Segmenter | undefined;

/** Cuts a text to a width, in columns of the screen; what a person sees as one character stays whole. */
export function cut(text: string, width: number, at: "start" | "end" = "end"): string {
	if (Bun.stringWidth(text) <= width) return text;
	// Takes a while to come to life, and most tables cut nothing.
	characters ??= new Intl.Segmenter();
	const segments = Array.from(characters.segment(text), ({ segment }) => segment);
	if (at === "start") segments.reverse();
	let kept = "";
	let room = width - 1;
	for (const segment of segments) {
		room -= Bun.stringWidth(segment);
		if (room < 0) break;
		kept = at === "start" ? segment + kept : kept + segment;
	}
	return at === "start" ? `…${kept}` : `${kept}…`;
}
