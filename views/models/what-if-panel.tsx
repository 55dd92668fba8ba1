import type { ModelTableRow } from "../../src/reports/model-table.ts";
import type { ModelsView } from "../../src/usage/models-query.ts";
import type { WhatIf, WhatIfRow } from "../../src/usage/what-if.ts";
import { date } from "../parts/days.ts";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { QueryFields } from "../parts/query-fields.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { counted, money, percent, short, whole } from "../parts/words.ts";
import { ModelName } from "./model-name.tsx";
import { signedMoney } from "./rates.ts";

const NOTHING = "–";

/** What the same usage would have cost on another model. */
export function WhatIfPanel({
	view,
	priced,
	used,
	other,
	colours,
}: {
	view: ModelsView;
	priced: readonly string[];
	used: readonly ModelTableRow[];
	other: WhatIf | undefined;
	colours: ReadonlyMap<string, number>;
}) {
	const chosen = view.query.other;
	return (
		<section class="card what-if" id="what-if" aria-labelledby="what-if-title">
			<div class="card-head">
				<h2 id="what-if-title">What if on another model</h2>
				<p class="card-sub">the same tokens of these days at its prices</p>
			</div>
			<form class="what-if-form" method="get" action={view.path}>
				<QueryFields view={view} but={["if"]} />
				<label class="field">
					<span class="field-name">Model</span>
					<select name="if">
						<option value="" selected={chosen === ""}>
							None
						</option>
						{choices(priced, chosen).map((name) => (
							<option value={escapeAttribute(name)} selected={name === chosen} safe>
								{name}
							</option>
						))}
					</select>
				</label>
				<button class="button" type="submit">
					Compare
				</button>
				{other ? (
					<a class="what-if-clear" href={escapeAttribute(view.href({ other: "" }))}>
						Clear
					</a>
				) : null}
			</form>
			{other ? <Answer view={view} other={other} used={used} colours={colours} /> : null}
		</section>
	);
}

/** A name that is known under another one has a price too. */
function choices(priced: readonly string[], chosen: string): readonly string[] {
	return chosen === "" || priced.includes(chosen) ? priced : [chosen, ...priced];
}

function Answer({
	view,
	other,
	used,
	colours,
}: {
	view: ModelsView;
	other: WhatIf;
	used: readonly ModelTableRow[];
	colours: ReadonlyMap<string, number>;
}) {
	const { model, rows, total } = other;
	return (
		<>
			<p class="what-if-lead" safe>
				{leadOf(other)}
			</p>
			<table class="table what-if-table">
				<thead>
					<tr>
						<th scope="col">Used</th>
						<NumberHeads names={["Tokens", "Cost"]} />
						<th scope="col" class="table-number what-if-other" title={escapeAttribute(model)} safe>
							{`On ${model}`}
						</th>
						<NumberHeads names={["Difference"]} />
					</tr>
				</thead>
				<tbody>
					{rows.map((row) => (
						<tr>
							<th scope="row">
								<ModelName model={row.model} series={colours.get(row.model)} />
							</th>
							<Cells row={row} />
						</tr>
					))}
				</tbody>
				{rows.length < 2 ? null : (
					<tfoot>
						<tr>
							<th scope="row" safe>{`All ${rows.length} models`}</th>
							<Cells row={total} />
						</tr>
					</tfoot>
				)}
			</table>
			<div class="what-if-note">
				<p safe>{assumptionsOf(other, used)}</p>
			</div>
			<Numbers id="what-if" of="What if on another model" view={view} />
		</>
	);
}

function Cells({ row }: { row: WhatIfRow }) {
	const { tokens, costNanoUsd, unpriced, otherNanoUsd, differenceNanoUsd } = row;
	const isPart = Number(unpriced) > 0;
	const cost = isPart
		? Number(costNanoUsd) === 0
			? NOTHING
			: `≥\u00a0${money(costNanoUsd)}`
		: money(costNanoUsd);
	return (
		<>
			<td class="table-number" data-name="Tokens" title={whole(tokens)} safe>
				{short(tokens)}
			</td>
			<td class={["table-number", isPart && "warn-text"]} data-name="Cost" safe>
				{cost}
			</td>
			<td class="table-number table-main" data-name="On it" safe>
				{money(otherNanoUsd)}
			</td>
			<td class="table-number" data-name="Difference" safe>
				{differenceNanoUsd === undefined ? NOTHING : signedMoney(differenceNanoUsd)}
			</td>
		</>
	);
}

/** The answer in one sentence. */
function leadOf({ model, rows, total }: WhatIf): string {
	const difference = total.differenceNanoUsd;
	const known = rows.filter((row) => row.differenceNanoUsd !== undefined);
	const base = known.reduce((sum, row) => sum + Number(row.costNanoUsd), 0);
	const start = `On ${model} all of it would have cost ${money(total.otherNanoUsd)}`;
	if (difference === undefined) return `${start}.`;
	const rest = known.length < rows.length ? ", where the real cost is known" : "";
	if (Number(difference) === 0) return `${start}, as much as it did${rest}.`;
	const share = base === 0 ? "" : ` (${percent(Math.abs(Number(difference)) / base)})`;
	const [amount, word] = difference > 0 ? [money(difference), "more"] : [money(-difference), "less"];
	return `${start}: ${amount}${share} ${word} than it did${rest}.`;
}

/** What the numbers take for granted. */
function assumptionsOf({ model, day, period, rows }: WhatIf, used: readonly ModelTableRow[]): string {
	const searches = used.some((row) => Number(row.webSearches) > 0);
	const unknown = rows.filter((row) => row.differenceNanoUsd === undefined).length;
	return [
		`Assumed are the same tokens; another model would write more or less, and count them otherwise.`,
		`The prices are those of ${model} on ${date(day)}, at ordinary rates: long context, fast mode, batches and regions are in the real cost and not in the other.`,
		period.long === undefined
			? ""
			: `For prompts over ${whole(period.long.over)} tokens it costs more, so that this is the least.`,
		searches ? "Web searches cost the same on both." : "",
		unknown === 0
			? ""
			: `The difference leaves out ${counted(unknown, "model")} whose cost is not known in full.`,
	]
		.filter((sentence) => sentence !== "")
		.join(" ");
}
