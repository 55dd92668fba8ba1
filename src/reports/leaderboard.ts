import type { Reader, Value } from "../ledger/database.ts";
import { firstDayOf, monthOf, SLOT_MS, utcDay } from "../usage/day.ts";
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

/** Sums of a table, under the columns' own names; with a minus what is to be taken away. */
function sums(table: string, sign = ""): string {
	return COUNTERS.map((column) => `${sign}sum(${table}.${column}) as ${column}`).join(", ");
}

const SLOTS_OF_A_DAY = 86_400_000 / SLOT_MS;

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
	const thisMonth = firstDayOf(monthOf(today));
	const since = firstDayOfBoard(period, today);
	const months = since === undefined ? monthsBefore(monthOf(today)) : { sql: "", parameters: [] };
	// Each table is summed by itself first: in one group of all their rows it would take three times as long.
	const rows = await db.all<Standing & { daysBefore: number; daysUntilToday: number; today: Exact }>(
		`with ${TAKERS},
		used as (
			select
				takers.user,
				sum(person_days.day < ?) as days,
				sum(iif(person_days.day = ?, person_days.responses, 0)) as today,
				${sums("person_days")}
			from takers
			cross join person_days on person_days.user = takers.user and person_days.day between ? and ?
			group by takers.user
			union all
			select takers.user, 0, -sum(usage_slots.responses), ${sums("usage_slots", "-")}
			from takers
			cross join usage_slots on usage_slots.user = takers.user and usage_slots.slot > ? and usage_slots.slot < ?
			group by takers.user
			${months.sql}
		)
		select
			takers.user,
			takers.name,
			(select count(*) from person_days where person_days.user = takers.user and day < ?) as daysBefore,
			sum(used.days) as daysUntilToday,
			sum(used.today) as today,
			${SUMS}
		from used
		join takers on takers.user = used.user
		group by takers.user
		having sum(used.responses) > 0
		order by takers.user`,
		[
			today,
			today,
			since ?? thisMonth,
			today,
			Math.floor(now / SLOT_MS),
			(today + 1) * SLOTS_OF_A_DAY,
			...months.parameters,
			since === undefined ? thisMonth : 0,
		],
	);
	return rows.map(({ daysBefore, daysUntilToday, today, ...row }) => ({
		...row,
		// A day of which all is still to come is no day with usage.
		activeDays: daysBefore + daysUntilToday + (today > 0 ? 1 : 0),
	}));
}

function monthsBefore(month: number): { sql: string; parameters: Value[] } {
	return {
		sql: `union all
			select takers.user, 0, 0, ${sums("person_months")}
			from takers
			cross join person_months on person_months.user = takers.user and person_months.month < ?
			group by takers.user`,
		parameters: [month],
	};
}
