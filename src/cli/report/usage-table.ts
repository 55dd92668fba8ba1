import { canonicalModel } from "../../usage/price.ts";
import { cacheWrites, type Exact, totalTokens, type Usage } from "../../usage/usage.ts";
import { cost, short, shortCost, whole } from "../screen/format.ts";
import { type Column, type LaidTable, layTable } from "../screen/table.ts";
import { plain, type Terminal } from "../screen/terminal.ts";
import type { DayBars } from "./day-bars.ts";
import { type ReportLine, sumLines, type Title } from "./groupings.ts";

/**
 * What a table shows beside its lines: a row for each model below each of them, and bars of the last days. `isByModel`:
 * each line is of one model.
 */
export type TableExtras = {
	breakdown?: boolean | undefined;
	bars?: DayBars | undefined;
	isByModel?: boolean | undefined;
};

type TableRow = Pick<ReportLine, "keys" | "usage" | "id"> & { isPart?: true };

/** A report as a table: its leading columns, then what was used, then the sum. */
export function usageTable(
	terminal: Terminal,
	titles: readonly Title[],
	lines: readonly ReportLine[],
	{ breakdown = false, bars, isByModel = false }: TableExtras = {},
): LaidTable {
	const total: TableRow = {
		keys: titles.map((_, i) => (i === 0 ? "Total" : "")),
		usage: {
			...sumLines(lines),
			models: [],
		},
	};
	const columns = [
		...titles.map(keyColumn),
		...(breakdown || isByModel ? [] : [MODELS]),
		...NUMBERS,
		...(bars ? [barsColumn(bars)] : []),
	];
	const rows = breakdown ? lines.flatMap((line) => [line, ...partsOf(line)]) : lines;
	return layTable<TableRow>(terminal, columns, rows, total);
}

function keyColumn({ text, shortest, cutAt, brief }: Title, i: number): Column<TableRow> {
	const cell = ({ keys }: TableRow) => plain(keys[i] ?? "");
	return {
		title: text,
		cell,
		// A model's name may be long, and stands below times.
		mayBeCut: ({ isPart }) => isPart === true,
		...(brief ? { brief: (row) => (row.isPart ? cell(row) : brief(cell(row))) } : {}),
		...(shortest ? { shortest } : {}),
		...(cutAt ? { cutAt } : {}),
	};
}

/** What each model used of a line, below it and set in. */
function partsOf({ parts = [] }: ReportLine): TableRow[] {
	return parts.map((part) => ({
		keys: [`  ${shortModel(part.model)}`],
		usage: { ...part, models: [] },
		isPart: true,
	}));
}

const MODELS: Column<TableRow> = {
	title: "Models",
	cell: ({ usage }) => usage?.models.map(shortModel).join(", ") ?? "",
	rank: 5,
	shortest: 16,
};

const NUMBERS: readonly Column<TableRow>[] = [
	count("Input", ({ input }) => input, 3),
	count("Output", ({ output }) => output, 3),
	count("Cache write", cacheWrites, 4),
	count("Cache read", ({ cacheRead }) => cacheRead, 4),
	count("Tokens", totalTokens, 2),
	number("Cost", cost, shortCost),
];

function count(title: string, of: (usage: Usage) => Exact, rank: number): Column<TableRow> {
	return {
		...number(
			title,
			(usage) => whole(of(usage)),
			(usage) => short(of(usage)),
		),
		rank,
	};
}

function number(
	title: string,
	cell: (usage: Usage) => string,
	brief: (usage: Usage) => string,
): Column<TableRow> {
	return {
		title,
		cell: ({ usage }) => (usage ? cell(usage) : ""),
		brief: ({ usage }) => (usage ? brief(usage) : ""),
		right: true,
	};
}

function barsColumn({ title, of }: DayBars): Column<TableRow> {
	return { title, cell: ({ id }) => (id === undefined ? "" : of(id)), rank: 6, isExtra: true };
}

/** `claude-opus-4-5-20251101` is `opus-4-5` among friends. */
export function shortModel(model: string): string {
	return plain(canonicalModel(model).replace(/^claude-/, ""));
}
