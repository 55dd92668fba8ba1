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

const GAP = "  ";

/** Lays rows out as a table that fits the terminal; `total` stands below them. */
export function table<Row>(
	terminal: Terminal,
	columns: readonly Column<Row>[],
	rows: readonly Row[],
	total?: Row,
): string {
	const all = total === undefined ? rows : [...rows, total];
	const shown = fit(terminal.columns, columns, all);
	const line = (textOf: (column: Column<Row>) => string, mark = (text: string) => text) =>
		shown
			.map(({ column, width }) => {
				const text = cut(textOf(column), width);
				const blanks = " ".repeat(width - Bun.stringWidth(text));
				return column.right ? blanks + mark(text) : mark(text) + blanks;
			})
			.join(GAP)
			.trimEnd();
	const strong = (text: string) => bold(terminal, text);
	return [
		line(({ title }) => title, strong),
		...rows.map((row) => line(({ cell }) => cell(row))),
		...(total === undefined ? [] : [line(({ cell }) => cell(total), strong)]),
	].join("\n");
}

const CHARACTERS = new Intl.Segmenter();

/** Cuts a text to a width, in columns of the screen; what a person sees as one character stays whole. */
function cut(text: string, width: number): string {
	if (Bun.stringWidth(text) <= width) return text;
	let kept = "";
	let room = width - 1;
	for (const { segment } of CHARACTERS.segment(text)) {
		room -= Bun.stringWidth(segment);
		if (room < 0) break;
		kept += segment;
	}
	return `${kept}…`;
}

/** The columns that there is room for, with their widths. */
function fit<Row>(room: number, columns: readonly Column<Row>[], rows: readonly Row[]) {
	let shown = columns.map((column) => ({ column, width: naturalWidth(column, rows) }));
	const excess = () => shown.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length) - room;
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
