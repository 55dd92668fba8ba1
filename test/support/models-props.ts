import type { ModelTableRow } from "../../src/reports/model-table.ts";
import { listPrices } from "../../src/usage/listed-prices.ts";
import { MODELS, parseModelsQuery } from "../../src/usage/models-query.ts";
import { createPriceBook } from "../../src/usage/price.ts";
import { parsePriceTable } from "../../src/usage/price-table.ts";
import { View } from "../../src/usage/view.ts";
import { whatIf } from "../../src/usage/what-if.ts";
import type { ModelsData, ModelsProps } from "../../views/models.tsx";
import { elementsOf, plain } from "./markup.ts";
import { daily, propsOf as overviewProps, PLAIN, TODAY, used } from "./overview-props.ts";

const RATES = { input: 5, output: 25, cacheWrite5m: 6.25, cacheWrite1h: 10, cacheRead: 0.5 };

/** `claude-opus-4-6` and `claude-haiku` have built-in prices, `claude-own` one of its own; nothing else has one. */
const BOOK = createPriceBook(
	parsePriceTable(
		{
			source: "a package of 2026-09-23",
			models: {
				"claude-opus-4-6": {
					periods: [
						{ ...RATES, longContext: { over: 200_000, ...RATES, input: 10 } },
						{ from: "2026-11-10", ...RATES },
					],
					fast: 6,
				},
				"claude-haiku": { ...RATES, input: 0.0125, regional: 1 },
			},
		},
		"package",
	),
	{ ...parsePriceTable({ models: { "claude-own": RATES } }, "/home/ada/prices.json"), isOwn: true },
);

/** A row of the table: `dollars` of usage of a model. */
export function modelRow(model: string, dollars: number, more: Partial<ModelTableRow> = {}): ModelTableRow {
	const row = { ...used(dollars), savedNanoUsd: 2e9, hitShare: 0.959, lastDay: TODAY - 1, model };
	return { ...row, ...more };
}

/** The page of one model: a dollar a day. `models`: others that were used beside it, in the table alone. */
export function modelsProps(query = "", model = PLAIN.model, others: ModelTableRow[] = []): ModelsProps {
	const parsed = parseModelsQuery(new URLSearchParams(query), { today: TODAY, firstDay: TODAY - 60 });
	const span = daily(parsed.period, model);
	const rows = [modelRow(model, 30, span.usage), ...others];
	const { shell, known, today } = overviewProps("", { ...PLAIN, model });
	const price = BOOK.find(parsed.other);
	return {
		shell: { ...shell, title: "Models" },
		view: new View(MODELS, parsed),
		known: { ...known, models: rows.map((row) => row.model) },
		today,
		data: {
			span,
			rows,
			table: rows,
			prices: listPrices(
				BOOK,
				rows.map((row) => row.model),
				parsed.period,
			),
			priced: BOOK.list(),
			other: price && whatIf(parsed.other, price, rows, parsed.period.until),
		},
	};
}

/** The same page with something else in it. */
export function withModels(props: ModelsProps, data: Partial<ModelsData>): ModelsProps {
	return { ...props, data: { ...props.data, ...data } };
}

/** Texts of the cells of a table's body and foot, row by row. */
export async function cellsOf(page: unknown, table: string): Promise<string[][]> {
	const [part = ""] = String(page).match(new RegExp(`<table class="table ${table}">.*?</table>`, "s")) ?? [];
	const rows: string[][] = [];
	for (const { tag, text } of await elementsOf(part)) {
		if (tag === "tr") rows.push([]);
		if (tag === "td" || (tag === "th" && rows.length > 1)) rows.at(-1)?.push(plain(text));
	}
	return rows.slice(1);
}
