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

/**
 * What was used besides, and is in no chart: a total of a day tells neither project nor hour.
 *
 * @param props.isOnServer whether there are addresses for programs, which list the days
 */
export function ReportedBanner({ reported, period, isOnServer }: ReportedTotals & { isOnServer: boolean }) {
	if (reported.length === 0) return null;
	const cost = reported.reduce((sum: Exact, row) => addExact(sum, row.costNanoUsd), 0);
	const tokens = reported.reduce((sum: Exact, row) => addExact(sum, row.total), 0);
	const days = new Set(reported.map(({ day }) => day)).size;
	const query = `since=${dayText(period.since)}&until=${dayText(period.until)}`;
	const what = `An older client or an import reported these days (${short(tokens)} tokens) as totals.`;
	const where = isOnServer ? "" : " promptpulse report daily lists them.";
	return (
		<Banner
			kind="info"
			strong={`${money(cost)} more on ${counted(days, "day")}.`}
			text={`${what} They are in no number below.${where}`}
		>
			{isOnServer ? (
				<a class="banner-action" href={escapeAttribute(`/api/usage/aggregate?${query}`)} hx-boost="false">
					See the days
				</a>
			) : null}
		</Banner>
	);
}
