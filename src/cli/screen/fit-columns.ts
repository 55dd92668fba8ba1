import type { Column } from "./table.ts";

/** A text, and how wide it is on the screen. */
export type Cell = { text: string; width: number };

/** A column as it is shown: its title, what stands in it row by row, and how wide it is. */
export type Shown<Row> = { column: Column<Row>; title: Cell; cells: readonly Cell[]; width: number };

const GAP_WIDTH = 2;

/**
 * Chooses what there is room for. As many columns as can be, and in these as much as can be: first texts are cut, then
 * numbers shortened, then columns left out, rank by rank. Where those that have to stay need more room than there is, they
 * are shortened too, one after the other.
 *
 * @param room in columns of the screen
 */
export function fitColumns<Row>(
	room: number,
	columns: readonly Column<Row>[],
	rows: readonly Row[],
): Shown<Row>[] {
	const known = columns.map((column) => new Widths(column, rows));
	const ranks = [...new Set(columns.map(rankOf))].sort((a, b) => b - a);
	for (const most of ranks.filter((rank) => rank > 0)) {
		const shown = known.filter(({ column }) => rankOf(column) <= most);
		for (const formOf of [wholeOf, shortenedOf]) {
			const forms = shown.map(formOf);
			if (excessOf(forms, room) <= slackOf(givingWay(forms))) return cutDown(forms, room);
		}
	}
	const last = known.filter(({ column }) => rankOf(column) === 0);
	const forms = last.map(wholeOf);
	for (const [i, { brief }] of last.entries()) {
		if (excessOf(forms, room) <= slackOf(forms)) break;
		forms[i] = brief;
	}
	return cutDown(forms, room);
}

function rankOf<Row>({ rank = 0 }: Column<Row>): number {
	return rank;
}

/** What stands in a column, how wide that is, and how narrow it may become. */
type Form<Row> = Shown<Row> & { least: number };

/** Both forms of a column, made when they are asked for. */
class Widths<Row> {
	#whole: Form<Row> | undefined;
	#brief: Form<Row> | undefined;

	constructor(
		readonly column: Column<Row>,
		readonly rows: readonly Row[],
	) {}

	get whole(): Form<Row> {
		this.#whole ??= this.#measure((row) => this.column.cell(row));
		return this.#whole;
	}

	get brief(): Form<Row> {
		const { brief } = this.column;
		if (!brief) return this.whole;
		this.#brief ??= this.#measure((row) => brief(row));
		return this.#brief;
	}

	#measure(textOf: (row: Row) => string): Form<Row> {
		const { title, shortest, mayBeCut } = this.column;
		const head = cellOf(title);
		let { width } = head;
		let stiff = width;
		const cells = this.rows.map((row) => {
			const cell = cellOf(textOf(row));
			width = Math.max(width, cell.width);
			if (!mayBeCut?.(row)) stiff = Math.max(stiff, cell.width);
			return cell;
		});
		return { column: this.column, title: head, cells, width, least: Math.min(width, shortest ?? stiff) };
	}
}

function wholeOf<Row>({ whole }: Widths<Row>): Form<Row> {
	return whole;
}

/** Columns that may go are shortened before they do. */
function shortenedOf<Row>(widths: Widths<Row>): Form<Row> {
	return rankOf(widths.column) > 0 ? widths.brief : widths.whole;
}

function cellOf(text: string): Cell {
	return { text, width: Bun.stringWidth(text) };
}

function excessOf<Row>(forms: readonly Form<Row>[], room: number): number {
	return forms.reduce((sum, { width }) => sum + width + GAP_WIDTH, -GAP_WIDTH) - room;
}

/** By how much columns may be cut short, all together. */
function slackOf<Row>(forms: readonly Form<Row>[]): number {
	return forms.reduce((sum, { width, least }) => sum + width - least, 0);
}

/** Those that may be cut: for what only adds to the others, nothing that has to stay is. */
function givingWay<Row>(forms: readonly Form<Row>[]): readonly Form<Row>[] {
	const hasExtra = forms.some(({ column }) => column.isExtra);
	return hasExtra ? forms.filter(({ column }) => rankOf(column) > 0) : forms;
}

/** The last column that may be cut is cut first. */
function cutDown<Row>(forms: readonly Form<Row>[], room: number): Shown<Row>[] {
	let excess = Math.max(0, excessOf(forms, room));
	return forms
		.toReversed()
		.map(({ column, title, cells, width, least }) => {
			const less = Math.min(excess, width - least);
			excess -= less;
			return { column, title, cells, width: width - less };
		})
		.toReversed();
}
