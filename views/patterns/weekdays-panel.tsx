import type { PatternsView } from "../../src/usage/patterns-query.ts";
import { NO_USAGE } from "../../src/usage/usage.ts";
import { nameOfWeekday } from "../../src/usage/weekdays.ts";
import { METRIC_NAMES, measureUsage } from "../overview/measure.ts";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { whole } from "../parts/words.ts";
import type { PatternsData } from "../patterns.tsx";
import { averageWords, cellOf } from "./pattern-words.ts";

const WIDEST = 72;

/** What an average Monday, Tuesday … of the period has. */
export function WeekdaysPanel({ data, view }: { data: PatternsData; view: PatternsView }) {
	const { counts } = data;
	const weekdays = data.week.map((weekday) => ({
		name: nameOfWeekday(weekday),
		usage: data.weekdays[weekday] ?? NO_USAGE,
		days: counts[weekday] ?? 0,
	}));
	const { metric } = view.query;
	const averages = weekdays.map(({ usage, days }) => measureUsage(metric, usage) / (days || 1));
	const most = Math.max(...averages);
	const of = `${METRIC_NAMES[metric]} by day of the week`;
	return (
		<section class="card ranked" id="weekdays" aria-labelledby="weekdays-title">
			<div class="card-head">
				<h2 id="weekdays-title">Days of the week</h2>
			</div>
			<ul class="ranked-list weekdays-list">
				{weekdays.map(({ name, usage, days }, i) => (
					<li class="ranked-row">
						<svg class="ranked-bar" width="100%" height="32" aria-hidden="true" focusable="false">
							<rect
								width={`${(most === 0 ? 0 : ((averages[i] ?? 0) / most) * WIDEST).toFixed(2)}%`}
								height="32"
								rx="4"
							/>
						</svg>
						<span class="ranked-name" safe>
							{name}
						</span>
						<span class="ranked-cost" safe>
							{averageWords(metric, usage, days)}
						</span>
					</li>
				))}
			</ul>
			<p class="weekdays-about" safe>
				{`${METRIC_NAMES[metric]} of an average day: over all such days of the period that have come, also those without usage. Today counts as a whole day.`}
			</p>
			<Numbers id="weekdays" of={of} view={view}>
				<table class="table">
					<thead>
						<tr>
							<th scope="col">Day</th>
							<NumberHeads names={["Days", "Average", "Total"]} />
						</tr>
					</thead>
					<tbody>
						{weekdays.map(({ name, usage, days }) => (
							<tr>
								<th scope="row" safe>
									{name}
								</th>
								<td class="table-number" safe>
									{whole(days)}
								</td>
								<td class="table-number" safe>
									{averageWords(metric, usage, days)}
								</td>
								<td class="table-number table-main" safe>
									{cellOf(metric, usage)}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</Numbers>
		</section>
	);
}
