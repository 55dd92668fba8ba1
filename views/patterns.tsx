import type { PatternsQuery } from "../src/usage/patterns-query.ts";
import type { Period } from "../src/usage/period.ts";
import type { Usage } from "../src/usage/usage.ts";
import { METRIC_NAMES } from "./overview/measure.ts";
import { periodWords } from "./parts/days.ts";
import { HeatPanel } from "./patterns/heat-panel.tsx";
import { HoursPanel } from "./patterns/hours-panel.tsx";
import { NoPatterns } from "./patterns/no-patterns.tsx";
import { busiestCell, busiestWords } from "./patterns/pattern-words.ts";
import { StreaksPanel } from "./patterns/streaks-panel.tsx";
import { WeekdaysPanel } from "./patterns/weekdays-panel.tsx";
import { type PageProps, UsagePage } from "./usage-page.tsx";

/** What the page of patterns shows. Days of the week go by their number, Monday first; hours are those of the local clock. */
export type PatternsData = {
	/** By day of the week, then by hour. */
	cells: Usage[][];
	/** All days of the week in the order of the person's week. */
	week: readonly number[];
	weekdays: Usage[];
	hours: Usage[];
	usage: Usage;
	/** How many Mondays, Tuesdays … of the period have come. */
	counts: number[];
	activeDays: number;
	/** The longest in the period, the longest of all time and the one that goes on. */
	streaks: Record<"period" | "ever" | "current", Period | undefined>;
};

export type PatternsProps = PageProps<PatternsQuery, PatternsData>;

/** When Claude Code is used: hours and days of the week. */
export function PatternsPage(props: PatternsProps) {
	const { shell, view, data } = props;
	const { query } = view;
	const metric = METRIC_NAMES[query.metric];
	const words = periodWords(query.period);
	const busiest = busiestCell(query.metric, data);
	return (
		<UsagePage
			props={props}
			current="patterns"
			title={`${shell.title}: ${metric.toLowerCase()}, ${words}`}
			summary={
				busiest ? `${busiestWords(query.metric, busiest, data.counts)} ${words}.` : `No usage, ${words}.`
			}
		>
			{data.activeDays === 0 ? (
				<NoPatterns view={view} />
			) : (
				<>
					<HeatPanel data={data} view={view} zone={shell.zone} />
					<div class="panels patterns-panels">
						<WeekdaysPanel data={data} view={view} />
						<HoursPanel data={data} view={view} zone={shell.zone} />
					</div>
				</>
			)}
			<div class="panels patterns-panels">
				<StreaksPanel data={data} view={view} />
			</div>
		</UsagePage>
	);
}
