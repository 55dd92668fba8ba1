import { canonicalModel } from "../usage/price.ts";
import { cacheWrites, sumUsage, totalTokens, type Usage } from "../usage/usage.ts";
import { cost, whole } from "./format.ts";
import type { ReportLine, Title } from "./groupings.ts";
import { type Column, table } from "./table.ts";
import { plain, type Terminal } from "./terminal.ts";

/** A report as a table: its leading columns, then what was used, then the sum. */
export function usageTable(
	terminal: Terminal,
	titles: readonly Title[],
	lines: readonly ReportLine[],
): string {
	const used = lines.flatMap(({ usage }) => usage ?? []);
	const total: ReportLine = {
		keys: titles.map((_, i) => (i === 0 ? "Total" : "")),
		usage: { ...sumUsage(used), models: [] },
		json: {},
	};
	const leading = titles.map(
		({ text, mayBeCut, rank }, i): Column<ReportLine> => ({
			title: text,
			cell: ({ keys }) => plain(keys[i] ?? ""),
			...(mayBeCut ? { shortest: SHORTEST_WORDS } : {}),
			...(rank ? { rank } : {}),
		}),
	);
	return table(terminal, [...leading, ...USAGE_COLUMNS], lines, total);
}

const SHORTEST_WORDS = 10;

const USAGE_COLUMNS: readonly Column<ReportLine>[] = [
	{
		title: "Models",
		cell: ({ usage }) => usage?.models.map(shortModel).join(", ") ?? "",
		rank: 5,
		shortest: 16,
	},
	number("Input", (usage) => whole(usage.input), 3),
	number("Output", (usage) => whole(usage.output), 3),
	number("Cache write", (usage) => whole(cacheWrites(usage)), 4),
	number("Cache read", (usage) => whole(usage.cacheRead), 4),
	number("Tokens", (usage) => whole(totalTokens(usage)), 2),
	number("Cost", cost),
];

function number(title: string, cell: (usage: Usage) => string, rank = 0): Column<ReportLine> {
	return { title, cell: ({ usage }) => (usage ? cell(usage) : ""), right: true, rank };
}

/** `claude-opus-4-5-20251101` is `opus-4-5` among friends. */
export function shortModel(model: string): string {
	return plain(canonicalModel(model).replace(/^claude-/, ""));
}
