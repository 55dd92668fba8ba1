import { firstDayOf } from "../../src/usage/day.ts";
import { monthPaceOf } from "../../src/usage/month-pace.ts";
import type { OverviewView } from "../../src/usage/overview-query.ts";
import { nameOfWeekday, WEEKDAYS, weekdayOf, weekFrom } from "../../src/usage/weekdays.ts";
import { date, fullDate, longMonthName, monthName } from "../parts/days.ts";
import { HeatLegend, stepsOf } from "../parts/heat-legend.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { money, roundMoney } from "../parts/words.ts";

/** Nano-dollars of each day from `since`, the first of a week, to the present day. */
export type Calendar = { since: number; costs: number[] };

const WEEK = WEEKDAYS;
const PITCH = 15;
const TOP = 18;

/** What each day of the last year cost. */
export function CalendarPanel({ calendar, view }: { calendar: Calendar; view: OverviewView }) {
	const stepOf = stepsOf(calendar.costs);
	const days = daysOf(calendar, view);
	const weeks = Math.ceil(calendar.costs.length / WEEK);
	return (
		<section class="card calendar" id="calendar" aria-labelledby="calendar-title">
			<div class="card-head">
				<h2 id="calendar-title">Calendar</h2>
				<p class="card-sub">Cost per day, last 53 weeks</p>
				<HeatLegend />
			</div>
			<div class="calendar-body">
				<p class="calendar-days" aria-hidden="true">
					{dayNames(calendar)
						.filter((_, i) => i % 2 === 0 && i < WEEK - 1)
						.map((name) => (
							<span safe>{name}</span>
						))}
				</p>
				<div class="calendar-weeks">
					<svg width={weeks * PITCH} height={TOP + WEEK * PITCH} aria-hidden="true" focusable="false">
						<Months since={calendar.since} weeks={weeks} />
						{days.map(({ cost, href, words }, i) => (
							<a href={href} tabindex="-1">
								<title safe>{words}</title>
								<rect
									class={`heat heat-${stepOf(cost)}${i === days.length - 1 ? " heat-today" : ""}`}
									x={Math.floor(i / WEEK) * PITCH + 1}
									y={TOP + (i % WEEK) * PITCH}
								/>
							</a>
						))}
					</svg>
				</div>
			</div>
			<MonthFacts calendar={calendar} />
			<Numbers id="calendar" of="Cost per day" view={view}>
				<CalendarTable calendar={calendar} days={days} />
			</Numbers>
		</section>
	);
}

/** What the present month comes to, beside the one before. */
function MonthFacts({ calendar }: { calendar: Calendar }) {
	const { month, until, cost, byEnd, last } = monthPaceOf(calendar);
	if (cost === 0 && last.cost === 0) return null;
	return (
		<dl class="facts month-facts">
			<MonthFact name={`${longMonthName(firstDayOf(month))} so far`} value={money(cost)} />
			{byEnd === undefined ? null : (
				<MonthFact name={`At its daily mean by ${date(until)}`} value={roundMoney(byEnd)} />
			)}
			<MonthFact name={longMonthName(firstDayOf(last.month))} value={money(last.cost)} />
		</dl>
	);
}

function MonthFact({ name, value }: { name: string; value: string }) {
	return (
		<div class="fact">
			<dt safe>{name}</dt>
			<dd safe>{value}</dd>
		</div>
	);
}

/** The name of a month stands over the week in which it begins. */
function Months({ since, weeks }: { since: number; weeks: number }) {
	const starts: { week: number; name: string }[] = [];
	for (let week = 0; week < weeks; week++) {
		const last = since + week * WEEK + WEEK - 1;
		const name = monthName(last);
		const isNew = name !== monthName(last - WEEK);
		if (isNew && week < weeks - 1) starts.push({ week, name });
	}
	return (
		<>
			{starts.map(({ week, name }) => (
				<text class="calendar-month" x={week * PITCH} y="9" safe>
					{name}
				</text>
			))}
		</>
	);
}

function CalendarTable({ calendar, days }: { calendar: Calendar; days: readonly CalendarDay[] }) {
	const names = dayNames(calendar);
	const weeks = Array.from({ length: Math.ceil(days.length / WEEK) }, (_, week) => week * WEEK).reverse();
	return (
		<table class="table calendar-table">
			<thead>
				<tr>
					<th scope="col">Week of</th>
					{names.map((name) => (
						<th scope="col" class="table-number" safe>
							{name}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{weeks.map((start) => (
					<tr>
						<th scope="row" safe>
							{date(calendar.since + start)}
						</th>
						{names.map((_, i) => (
							<Day day={days[start + i]} />
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}

/** `Mon`, `Tue` … in the order of the person's week. */
function dayNames({ since }: Calendar): string[] {
	return weekFrom(weekdayOf(since)).map((weekday) => nameOfWeekday(weekday).slice(0, 3));
}

function Day({ day }: { day: CalendarDay | undefined }) {
	if (day === undefined) return <td />;
	const { cost, price, href } = day;
	if (cost === 0) return <td class="table-number table-quiet">–</td>;
	return (
		<td class="table-number">
			<a href={href} safe>
				{price}
			</a>
		</td>
	);
}

/** A day of the calendar; it stands in the picture and in the table. `href`: that day alone, with the same filters. */
type CalendarDay = { cost: number; price: string; href: string; words: string };

function daysOf({ since, costs }: Calendar, view: OverviewView): CalendarDay[] {
	const hrefOf = view.dayHrefs();
	return costs.map((cost, i) => {
		const price = money(cost);
		const href = escapeAttribute(hrefOf(since + i));
		return { cost, price, href, words: `${fullDate(since + i)}: ${price}` };
	});
}
