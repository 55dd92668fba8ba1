import type { UsageFilter } from "../usage/filter.ts";
import type { SessionSort } from "../usage/sessions-query.ts";
import { namedIn, type Source } from "./source.ts";

/**
 * What sessions are in order by, as a `with` table `placed (session, place)`. It reads `found`, the sessions in question,
 * and `used`, their parts.
 *
 * @param user the person's number
 */
export function placedBy(sort: SessionSort, user: number, filter: UsageFilter): Source {
	switch (sort) {
		case "session":
			return placedAs(`select id as session, name as place from found cross join sessions on id = session`);
		case "started":
			return placedAs(summed("min(first_at)"));
		case "length":
			return placedAs(summed("max(last_at) - min(first_at)"));
		case "responses":
			return placedAs(summed("sum(responses)"));
		case "tokens":
			return placedAs(summed("sum(input + output + cache_write_5m + cache_write_1h + cache_read)"));
		case "cost":
			return placedAs(summed("sum(cost)"));
		case "project":
			return placedAs(foremost("project", "project_names", "root", PROJECT, "sum(responses) desc, name"));
		case "machine":
			return placedAs(foremost("machine", "machine_names", "root", MACHINE, "sum(responses) desc, uuid"));
		case "models":
			return placedAs(foremost("model", "models", "id", "name", "sum(cost) desc, name"));
		case "branch":
			return placedByBranch(user, filter);
		case "subagents":
			return placedByShare(user, filter);
	}
}

/**
 * A `select` of what counts of sessions, response by response and extra part by extra part: sums of sessions do not tell
 * branches. `apart`: whether a sub-agent had it.
 *
 * @param session the number of a session: that of a row around it, or of a table before it
 * @param before that table, with its `cross join`
 */
export function piecesOf(user: number, filter: UsageFilter, session: string, before = ""): Source {
	const named = namedIn(user, filter);
	return {
		sql: `select e.session, e.branch, e.sidechain as apart, ifnull(e.cost, 0) as cost, 1 as responses
			from ${before} events as e
			where e.session = ${session} and +e.user = ? and e.replay = 0 ${named.sql}
			union all
			select session, branch, apart, cost, 0
			from (
				select
					e.session, e.branch, e.machine, e.project, extra.value ->> 0 as model,
					e.sidechain as apart, ifnull(extra.value ->> 6, 0) as cost
				from ${before} events as e
				cross join json_each(e.extra) as extra
				where e.session = ${session} and +e.user = ? and e.replay = 0 and e.extra is not null
			)
			where 1 ${named.sql}`,
		parameters: [user, ...named.parameters, user, ...named.parameters],
	};
}

function placedAs(sql: string): Source {
	return { sql: `placed as materialized (${sql})`, parameters: [] };
}

function summed(expression: string): string {
	return `select found.session, ${expression} as place
		from found
		cross join used on used.session = found.session
		group by found.session`;
}

/** What people read of a project, the last folder of its path, and then the whole of it. */
const FOLDERS_ABOVE = "length(rtrim(name, replace(replace(name, '/', ''), '\\', '')))";
const PROJECT = `lower(ifnull(alias, substr(name, ${FOLDERS_ABOVE} + 1))) || ' ' || name`;
const MACHINE = "lower(ifnull(alias, label)) || ' ' || uuid";

/**
 * The name of which a session has most, as its row shows it.
 *
 * @param table names, by `id`; those with one `key` are one name
 */
function foremost(column: string, table: string, key: string, text: string, order: string): string {
	return `select session, place
		from (
			select
				found.session, ${text} as place,
				row_number() over (partition by found.session order by ${order}) as rank
			from found
			cross join used on used.session = found.session
			cross join ${table} as named on named.id = used.${column}
			group by found.session, named.${key}
		)
		where rank = 1`;
}

function placedByBranch(user: number, filter: UsageFilter): Source {
	const pieces = piecesOf(user, filter, "found.session");
	return {
		sql: `placed as materialized (
			select
				session,
				(
					select branches.name
					from (${pieces.sql})
					cross join branches on branches.id = branch
					group by branches.id
					order by sum(cost) desc, sum(responses) desc, branches.name
					limit 1
				) as place
			from found
		)`,
		parameters: pieces.parameters,
	};
}

/** In billionths of the session's cost; -1 where it has none. */
function placedByShare(user: number, filter: UsageFilter): Source {
	const pieces = piecesOf(user, filter, "found.session");
	return {
		sql: `placed as materialized (
			select
				session,
				(
					select iif(sum(cost) = 0, -1, cast(1e9 * sum(iif(apart, cost, 0)) / sum(cost) as integer))
					from (${pieces.sql})
				) as place
			from found
		)`,
		parameters: pieces.parameters,
	};
}
