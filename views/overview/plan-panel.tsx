import { firstDayOf } from "../../src/usage/day.ts";
import type { OverviewView } from "../../src/usage/overview-query.ts";
import { NANO_A_CENT, type PlanMonth, type PlanValue } from "../../src/usage/plans.ts";
import { addExact } from "../../src/usage/usage.ts";
import { longMonthName, slotWords } from "../parts/days.ts";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { costOf, counted, money, times } from "../parts/words.ts";

/** What the person's usage would have cost at list price beside what the plan costs, whatever the days and filters. */
export function PlanPanel({ value, view }: { value: PlanValue | undefined; view: OverviewView }) {
	if (!value) return null;
	const { plan, months } = value;
	const present = months.at(-1);
	return (
		<section class="card plan" id="plan" aria-labelledby="plan-title">
			<div class="card-head">
				<h2 id="plan-title">Plan</h2>
				<p class="card-sub" safe>{`${plan.name}, ${money(plan.cents * NANO_A_CENT)} a month`}</p>
			</div>
			{present ? (
				<div class="plan-body">
					<Worth value={value} present={present} />
					<MonthsTable months={months} />
				</div>
			) : (
				<p class="card-empty">No usage in the last twelve months.</p>
			)}
			<Numbers id="plan" of="Plan" view={view} />
			<p class="card-foot">
				All usage at list prices beside the prices of plans, and nothing else: what a plan lets through is not
				known here. <a href="/settings#plan">Change plan</a>
			</p>
		</section>
	);
}

function Worth({ value: { plan, months }, present }: { value: PlanValue; present: PlanMonth }) {
	const total = months.reduce(addMonths, NOTHING);
	const paid = plan.cents * NANO_A_CENT * months.length;
	return (
		<div>
			<p class="block-left">
				<span safe>{times(present.factor)}</span>
				<span class="block-unit" safe>
					{` the plan's price so far in ${longMonthName(firstDayOf(present.month))}`}
				</span>
			</p>
			<dl class="facts plan-facts">
				<Fact name="At list price" value={costOf(present)} />
				<Fact name={`In ${counted(months.length, "month")}`} value={costOf(total)} />
				<Fact name={`${plan.name} for as long`} value={money(paid)} />
			</dl>
		</div>
	);
}

type Sum = Pick<PlanMonth, "costNanoUsd" | "unpriced">;

const NOTHING: Sum = { costNanoUsd: 0, unpriced: 0 };

function addMonths(a: Sum, b: Sum): Sum {
	return {
		costNanoUsd: addExact(a.costNanoUsd, b.costNanoUsd),
		unpriced: addExact(a.unpriced, b.unpriced),
	};
}

function Fact({ name, value }: { name: string; value: string }) {
	return (
		<div class="fact">
			<dt safe>{name}</dt>
			<dd safe>{value}</dd>
		</div>
	);
}

function MonthsTable({ months }: { months: readonly PlanMonth[] }) {
	return (
		<section class="plan-scroll" tabindex="0" aria-label="Months beside the plan">
			<table class="table plan-table">
				<thead>
					<tr>
						<th scope="col">Month</th>
						<NumberHeads names={["At list price", "Times the price"]} />
						<th scope="col">Pays for</th>
					</tr>
				</thead>
				<tbody>
					{months.toReversed().map((month) => (
						<tr>
							<th scope="row" safe>
								{slotWords("month", month.month).title}
							</th>
							<td class={["table-number", "table-main", month.unpriced !== 0 && "warn-text"]} safe>
								{costOf(month)}
							</td>
							<td class="table-number" safe>
								{times(month.factor)}
							</td>
							<td class="table-quiet" safe>
								{month.reached?.name ?? "no plan"}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
