import { dayText } from "../../src/usage/day.ts";
import type { Period } from "../../src/usage/period.ts";
import { addExact, type Exact } from "../../src/usage/usage.ts";
import { Banner } from "../parts/banner.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { counted, money, short } from "../parts/words.ts";

/** Totals of days that came instead of responses, from an older program or an import. */
export type ReportedDays = readonly { day: number; total: Exact; costNanoUsd: Exact }[];

/** Those of a period. */
export type ReportedTotals = { reported: ReportedDays; period: Period };

/** What was used besides, and is in no chart: a total of a day tells neither project nor hour. */
export function ReportedBanner({ reported, period }: ReportedTotals) {
	if (reported.length === 0) return null;
	const cost = reported.reduce((sum: Exact, row) => addExact(sum, row.costNanoUsd), 0);
	const tokens = reported.reduce((sum: Exact, row) => addExact(sum, row.total), 0);
	const days = new Set(reported.map(({ day }) => day)).size;
	const query = `since=${dayText(period.since)}&until=${dayText(period.until)}`;
	return (
		<Banner
			kind="info"
			strong={`${money(cost)} more on ${counted(days, "day")}.`}
			text={`An older client or an import reported these days (${short(tokens)} tokens) as totals. They are in no number below.`}
		>
			<a class="banner-action" href={escapeAttribute(`/api/usage/aggregate?${query}`)} hx-boost="false">
				See the days
			</a>
		</Banner>
	);
}
