import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { ListPlace, SessionSort } from "../usage/sessions-query.ts";
import type { Sorted } from "../usage/sorting.ts";
import { sumUsage, type Usage } from "../usage/usage.ts";
import { SUMS } from "./grouped.ts";
import { placedBy } from "./session-order.ts";
import { readSessionRows, type SessionListRow } from "./session-rows.ts";
import { searchedFor } from "./session-search.ts";
import { type Asker, momentsOf, sessionsOf } from "./source.ts";

export type SessionListPage = Sorted<SessionSort> & {
	/** What an id, a project or a branch of it holds, whatever the case of A to Z; empty for all. */
	q: string;
	place?: ListPlace | undefined;
	limit: number;
};

export type SessionList = {
	rows: SessionListRow[];
	/** How many sessions there are in all, and what they come to. */
	count: number;
	usage: Usage;
	/** Where the pages beside this one begin and end; absent where there is none. */
	next: ListPlace | undefined;
	previous: ListPlace | undefined;
};

type Placed = { id: number; session: string; place: string | number | bigint };

/**
 * Sessions in any order, page by page, at list price. The filter's days choose sessions by their last activity; names take
 * parts of sessions, and figures are of what is left of each. Of equals the one whose id comes first stands first,
 * whatever the direction.
 */
export async function listSessionList(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	page: SessionListPage,
): Promise<SessionList> {
	const { place, limit } = page;
	const found = await findPlaced(db, asker, filter, page);
	// What was before the place may have gone since: then the first page is all there is.
	if (place?.side === "before" && found.placed.length <= limit) {
		return listSessionList(db, asker, filter, { ...page, place: undefined });
	}
	const isMore = found.placed.length > limit;
	const shown = found.placed.slice(0, limit);
	if (place?.side === "before") shown.reverse();
	const rows = await readSessionRows(
		db,
		asker,
		filter,
		shown.map(({ id }) => id),
	);
	const placeOf = (side: ListPlace["side"], row: Placed | undefined): ListPlace | undefined =>
		row && { side, value: row.place, session: row.session };
	return {
		rows,
		count: found.count,
		usage: found.usage,
		next: isMore || place?.side === "before" ? placeOf("after", shown.at(-1)) : undefined,
		previous: place && (isMore || place.side === "after") ? placeOf("before", shown[0]) : undefined,
	};
}

async function findPlaced(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	{ sort, order, q, place, limit }: SessionListPage,
): Promise<{ placed: Placed[]; count: number; usage: Usage }> {
	const source = sessionsOf(asker, filter);
	const { from, before } = momentsOf(filter);
	const search = searchedFor(q, asker, filter);
	const placing = placedBy(sort, asker.id, filter);
	const isBackwards = place?.side === "before";
	const isFalling = (order === "desc") !== isBackwards;
	const beyond = place
		? `where place ${isFalling ? "<" : ">"} ? or (place = ? and sessions.name ${isBackwards ? "<" : ">"} ?)`
		: "";
	const rows = await db.all<Partial<Placed> & Usage & { count: number }>(
		`${source.sql},
		active as materialized (
			select session
			from used
			where last_at >= ?
			group by session
			having max(last_at) < ?
		),
		${search.sql},
		totals as materialized (
			select count(distinct used.session) as count, ${SUMS}
			from found
			cross join used on used.session = found.session
		),
		${placing.sql},
		page as materialized (
			select sessions.id, sessions.name, place
			from placed
			cross join sessions on sessions.id = placed.session
			${beyond}
			order by place ${isFalling ? "desc" : "asc"}, sessions.name ${isBackwards ? "desc" : "asc"}
			limit ?
		)
		select totals.*, page.id, page.name as session, page.place
		from totals
		left join page on 1
		order by page.place ${isFalling ? "desc" : "asc"}, page.name ${isBackwards ? "desc" : "asc"}`,
		[
			...source.parameters,
			from,
			before,
			...search.parameters,
			...placing.parameters,
			...(place ? [place.value, place.value, place.session] : []),
			limit + 1,
		],
	);
	const placed = rows.flatMap(({ id, session, place: own }) =>
		id == null || session == null || own == null ? [] : [{ id, session, place: own }],
	);
	const totals = rows.slice(0, 1).filter(({ count }) => count > 0);
	return { placed, count: totals[0]?.count ?? 0, usage: sumUsage(totals) };
}
