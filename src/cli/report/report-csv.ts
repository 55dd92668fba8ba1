import { csvText } from "../../usage/csv.ts";
import { type NestedRow, type Row, tableRow } from "../../usage/table-row.ts";
import { type ModelUsage, NO_USAGE } from "../../usage/usage.ts";
import { plain, type Terminal } from "../screen/terminal.ts";
import type { Grouping, ReportLine } from "./groupings.ts";
import { blockCounts, blockJson, rowJson } from "./report-json.ts";

/** Prints {@link reportCsv}; on a screen without what that would obey in names. */
export function printCsv(
	terminal: Terminal,
	grouping: Grouping,
	lines: readonly ReportLine[],
	breakdown: boolean,
): void {
	const text = reportCsv(grouping, lines, breakdown);
	const shown = terminal.draws ? text.split(LINE_END).map(plain).join(LINE_END) : text;
	// The end of the last line is added where it is printed.
	terminal.out(shown.slice(0, -1));
}

const LINE_END = "\r\n";

/**
 * A report as CSV: the fields of its rows in JSON, those of objects under both names. With a breakdown each row is
 * followed by one for each model, which says so in `model`, empty in the row itself.
 */
function reportCsv(grouping: Grouping, lines: readonly ReportLine[], breakdown: boolean): string {
	const rest = columnsOf(grouping).filter((name) => !grouping.fields.includes(name));
	if (!breakdown) {
		return csvText(
			lines.map(({ json }) => tableRow(json)),
			[...grouping.fields, ...rest],
		);
	}
	const rows = lines.flatMap((line) => [
		{ ...tableRow(line.json), model: "" },
		...(line.parts ?? []).map((part) => partRow(grouping, line, part)),
	]);
	return csvText(rows, [...grouping.fields, "model", ...rest.filter((name) => name !== "modelBreakdowns")]);
}

/** Columns are the same whatever the rows: a program that reads them must not depend on what was used. */
function columnsOf({ list, fields, hasReported }: Grouping): string[] {
	const usage = list === "blocks" ? blockJson(RUNNING) : rowJson({ ...NO_USAGE, models: [] });
	const columns = Object.keys(tableRow(usage)).filter((name) => !fields.includes(name));
	return [...fields, ...columns, ...(hasReported ? ["reported"] : [])];
}

/** A block with everything that one may have. */
const RUNNING = {
	...NO_USAGE,
	...{ start: 0, end: 0, firstAt: 0, lastAt: 0, models: [], isActive: true },
	burnRate: { tokensPerMinute: 0, indicatorPerMinute: 0, costUsdPerHour: 0 },
	projection: { totalTokens: 0, totalCostUsd: 0, remainingMinutes: 0 },
};

function partRow({ list, fields }: Grouping, { json }: ReportLine, part: ModelUsage): Row {
	const keys = Object.fromEntries(fields.map((name) => [name, json[name] ?? null]));
	const usage: NestedRow =
		list === "blocks"
			? { ...blockCounts(part), entries: part.responses, models: [part.model] }
			: { ...rowJson({ ...part, models: [part] }) };
	return tableRow({ ...keys, ...usage, model: part.model });
}
