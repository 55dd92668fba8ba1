import type { Reader } from "../ledger/database.ts";
import { NO_USAGE, type Usage } from "../usage/usage.ts";
import { SUMS } from "./grouped.ts";

/** What somebody used: in the last {@link LATELY} UTC days, the present one with them, and ever. */
export type PersonTotals = { lately: Usage; ever: Usage };

/** So many days are lately. */
const LATELY = 30;

export const NO_TOTALS: PersonTotals = { lately: NO_USAGE, ever: NO_USAGE };

/**
 * What each person used, by their numbers; who used nothing is not among them. What was reported as a total is not
 * counted.
 *
 * @param today number of the UTC day
 */
export async function listPeopleTotals(db: Reader, today: number): Promise<Map<number, PersonTotals>> {
	// Side by side: where the database is far away, both come with one answer.
	const [ever, lately] = await Promise.all([
		db.all<Usage & { user: number }>(summed("person_months", "true")),
		db.all<Usage & { user: number }>(summed("person_days", "used.day between ? and ?"), [
			today - LATELY + 1,
			today,
		]),
	]);
	const byUser = new Map(lately.map(({ user, ...usage }) => [user, usage]));
	return new Map(
		ever.map(({ user, ...usage }) => [user, { ever: usage, lately: byUser.get(user) ?? NO_USAGE }]),
	);
}

function summed(table: string, isMeant: string): string {
	return `with people as materialized (select user from accounts)
		select used.user, ${SUMS}
		from people
		cross join ${table} as used on used.user = people.user and ${isMeant}
		group by used.user
		order by used.user`;
}
