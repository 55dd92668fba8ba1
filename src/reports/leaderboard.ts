import type { Reader, Value } from "../ledger/database.ts";
import { DAY_MS, firstDayOf, monthOf, SLOT_MS, utcDay } from "../usage/day.ts";
import { type BoardPeriod, firstDayOfBoard, type Standing } from "../usage/leaderboard.ts";
import type { Exact } from "../usage/usage.ts";
import { SUMS } from "./grouped.ts";

/** Who takes part, is not left out by an admin, and may still come in. */
const TAKERS = `takers as materialized (
	select preferences.user, preferences.leaderboard_name as name
	from preferences
	join accounts on accounts.user = preferences.user
	where preferences.leaderboard_at is not null
		and preferences.leaderboard_excluded_at is null
		and accounts.disabled_at is null
)`;

const COUNTERS =
	"input, output, cache_write_5m, cache_write_1h, cache_read, web_searches, cost, responses, unpriced".split(
		", ",
	);

/** Sums under the columns' own names. @param of what is summed of each column */
function sums(of: (column: string) => string): string {
	return COUNTERS.map((column) => `sum(${of(column)}) as ${column}`).join(", ");
}

const SLOTS_OF_A_DAY = DAY_MS / SLOT_MS;

/**
 * What each who takes part in the leaderboard used in a period of UTC days, in the order of their numbers; who used
 * nothing is not among them. What is dated later than now, or was reported as a total, is not counted.
 *
 * @param now epoch ms
 */
export async function listStandings(
	db: Reader,
	{ period, now }: { period: BoardPeriod; now: number },
): Promise<Standing[]> {
	const today = utcDay(now);
	const since = firstDayOfBoard(period, today);
	const counted = since === undefined ? wholeMonths(today) : daysFrom(since, today);
	// Each table is summed by itself first: in one group of all their rows it would take three times as long.
	const rows = await db.all<Standing & { daysBefore: number; today: Exact }>(
		`with ${TAKERS},
		used as (
			${counted.sql}
			union all
			select takers.user, -sum(usage_slots.responses), ${sums((column) => `-usage_slots.${column}`)}
			from takers
			cross join usage_slots on usage_slots.user = takers.user and usage_slots.slot > ? and usage_slots.slot < ?
			group by takers.user
		)
		select
			takers.user,
			takers.name,
			(
				select count(*) from person_days where person_days.user = takers.user and day >= ? and day < ?
			) as daysBefore,
			sum(used.today) as today,
			${SUMS}
		from used
		join takers on takers.user = used.user
		group by takers.user
		having sum(used.responses) > 0
		order by takers.user`,
		[
			...counted.parameters,
			Math.floor(now / SLOT_MS),
			(today + 1) * SLOTS_OF_A_DAY,
			since ?? FIRST_DAY,
			today,
		],
	);
	return rows.map(({ daysBefore, today, ...row }) => ({
		...row,
		// A day of which all is still to come is no day with usage.
		activeDays: daysBefore + (today > 0 ? 1 : 0),
	}));
}

/** No day is before it: zones west of UTC begin 1970 there. */
const FIRST_DAY = -1;

type Counted = { sql: string; parameters: Value[] };

function daysFrom(since: number, today: number): Counted {
	return {
		sql: `select
				takers.user,
				sum(iif(person_days.day = ?, person_days.responses, 0)) as today,
				${sums((column) => `person_days.${column}`)}
			from takers
			cross join person_days on person_days.user = takers.user and person_days.day between ? and ?
			group by takers.user`,
		parameters: [today, since, today],
	};
}

/** All months up to the present one, less its days that are still to come: there are few of these or none. */
function wholeMonths(today: number): Counted {
	const month = monthOf(today);
	return {
		sql: `select takers.user, 0 as today, ${sums((column) => `person_months.${column}`)}
			from takers
			cross join person_months on person_months.user = takers.user and person_months.month <= ?
			group by takers.user
			union all
			select
				takers.user,
				sum(iif(person_days.day = ?, person_days.responses, 0)),
				${sums((column) => `iif(person_days.day > ?, -person_days.${column}, 0)`)}
			from takers
			cross join person_days on person_days.user = takers.user and person_days.day between ? and ?
			group by takers.user`,
		parameters: [month, today, ...COUNTERS.map(() => today), today, firstDayOf(month + 1) - 1],
	};
}
