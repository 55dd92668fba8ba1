import type { ModelTableRow } from "../../src/reports/model-table.ts";
import { costPerThousandOutput, mixOf, shareOf } from "../../src/usage/model-measure.ts";
import { MODEL_ORDER, type ModelSort, type ModelsView } from "../../src/usage/models-query.ts";
import { cacheHitShare } from "../../src/usage/savings.ts";
import { sortedBy } from "../../src/usage/sorting.ts";
import { cacheWrites, type Exact, type Usage } from "../../src/usage/usage.ts";
import { METRIC_NAMES } from "../overview/measure.ts";
import { date, fullDate } from "../parts/days.ts";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { type Column, SortMenu, TableHead, type TableOrder } from "../parts/table-head.tsx";
import { costOf, hasNoPrice, isPartlyPriced, percent, short, whole } from "../parts/words.ts";
import { ModelName } from "./model-name.tsx";
import { signedMoney, smallMoney } from "./rates.ts";

const NOTHING = "–";

/** Of one model, or of all. */
type Facts = Usage & { savedNanoUsd: number; hitShare: number | undefined; lastDay: number | undefined };

/** What each model was used for and what it cost. */
export function ModelTable({
	view,
	rows,
	total,
	saved,
	colours,
}: {
	view: ModelsView;
	rows: readonly ModelTableRow[];
	total: Usage;
	/** What the cache saved in all, in nano-dollars. */
	saved: number;
	colours: ReadonlyMap<string, number>;
}) {
	const { metric } = view.query;
	const of = METRIC_NAMES[metric].toLowerCase();
	const columns = columnsOf(of);
	const order: TableOrder<ModelSort> = {
		sorted: view.query,
		hrefOf: (sort) => view.href(sortedBy(MODEL_ORDER, view.query, sort)),
	};
	const lastDays = rows.flatMap(({ lastDay }) => lastDay ?? []);
	const all: Facts = {
		...total,
		savedNanoUsd: saved,
		hitShare: cacheHitShare(total),
		lastDay: lastDays.length === 0 ? undefined : Math.max(...lastDays),
	};
	return (
		<section class="card models" id="models" aria-labelledby="models-title">
			<div class="card-head">
				<h2 id="models-title">Models</h2>
				<p class="card-sub">what the cache saved is at list prices, less what writing to it cost</p>
				<SortMenu columns={columns} in={order} />
			</div>
			<section class="models-scroll" tabindex="0" aria-label="Table of models">
				<table class="table models-table">
					<TableHead columns={columns} in={order} />
					<tbody>
						{rows.map((row) => (
							<tr>
								<th scope="row">
									<ModelName
										model={row.model}
										series={colours.get(row.model)}
										href={view.on("/", { model: { only: [row.model], not: [] } })}
										hasNoPrice={hasNoPrice(row)}
									/>
								</th>
								<Cells facts={row} share={shareOf(mixOf(metric, row), mixOf(metric, total))} of={of} />
							</tr>
						))}
					</tbody>
					{rows.length < 2 ? null : (
						<tfoot>
							<tr>
								<th scope="row" safe>{`All ${whole(rows.length)} models`}</th>
								<Cells facts={all} share={1} of={of} />
							</tr>
						</tfoot>
					)}
				</table>
			</section>
			<Numbers id="models" of="Models" view={view} />
		</section>
	);
}

function columnsOf(of: string): readonly Column<ModelSort>[] {
	const numbers: readonly (readonly [ModelSort, string])[] = [
		["share", `Share of ${of}`],
		["responses", "Responses"],
		["input", "Input"],
		["output", "Output"],
		["write", "Cache write"],
		["read", "Cache read"],
		["hits", "Cache hits"],
		["saved", "Saved"],
		["used", "Last used"],
		["rate", "Per 1,000 out"],
		["cost", "Cost"],
	];
	return [
		{ sort: "model", word: "Model" },
		...numbers.map(([sort, word]) => ({ sort, word, isNumber: true })),
	];
}

function Cells({ facts, share, of }: { facts: Facts; share: number | null; of: string }) {
	const { hitShare, lastDay, savedNanoUsd } = facts;
	const perThousand = costPerThousandOutput(facts);
	return (
		<>
			<Cell name={`Share of ${of}`} text={share === null || share === 0 ? NOTHING : percent(share)} />
			<Cell name="Responses" text={count(facts.responses, whole)} />
			<Cell name="Input" text={count(facts.input, short)} title={whole(facts.input)} />
			<Cell name="Output" text={count(facts.output, short)} title={whole(facts.output)} />
			<Cell name="Cache write" text={count(cacheWrites(facts), short)} title={whole(cacheWrites(facts))} />
			<Cell name="Cache read" text={count(facts.cacheRead, short)} title={whole(facts.cacheRead)} />
			<Cell name="Cache hits" text={hitShare === undefined ? NOTHING : percent(hitShare)} />
			<Cell name="Saved" text={savedNanoUsd === 0 ? NOTHING : signedMoney(savedNanoUsd).replace("+", "")} />
			<Cell
				name="Last used"
				text={lastDay === undefined ? NOTHING : date(lastDay)}
				title={lastDay === undefined ? undefined : fullDate(lastDay)}
			/>
			<Cell name="Per 1,000 out" text={perThousand === undefined ? NOTHING : smallMoney(perThousand)} />
			<td class={["table-number", "table-main", "models-cost", isPartlyPriced(facts) && "warn-text"]} safe>
				{costOf(facts)}
			</td>
		</>
	);
}

/** On small screens its head's name stands before it. */
function Cell({ name, text, title }: { name: string; text: string; title?: string | undefined }) {
	return (
		<td class="table-number" data-name={escapeAttribute(name)} title={title} safe>
			{text}
		</td>
	);
}

function count(value: Exact, write: (value: Exact) => string): string {
	return Number(value) === 0 ? NOTHING : write(value);
}
