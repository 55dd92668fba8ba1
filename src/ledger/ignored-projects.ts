import type { Exact } from "../usage/usage.ts";
import type { Reader } from "./database.ts";

/** The numbers of the projects that `isIgnored` says of so, by their names. */
export async function findIgnoredProjects(
	db: Reader,
	user: number,
	isIgnored: (name: string) => boolean,
): Promise<number[]> {
	const projects = await db.all<{ id: number; name: string }>(
		"select id, name from projects where user = ? order by id",
		[user],
	);
	return projects.flatMap(({ id, name }) => (isIgnored(name) ? [id] : []));
}

/** How many responses projects have, without replays. */
export async function countResponsesOf(
	db: Reader,
	user: number,
	projects: readonly number[],
): Promise<Exact> {
	if (projects.length === 0) return 0;
	const found = await db.get<{ responses: Exact }>(
		`select ifnull(sum(responses), 0) as responses
		from usage_months
		where user = ? and project in (select value from json_each(?))`,
		[user, JSON.stringify(projects)],
	);
	return found?.responses ?? 0;
}

/** How many responses of projects are among those that some server has acknowledged; replays are. */
export async function countSentOf(db: Reader, user: number, projects: readonly number[]): Promise<number> {
	const found = await db.get<{ responses: number }>(
		`select count(*) as responses
		from events not indexed
		where user = ? and project in (select value from json_each(?)) and exists (
			select 1
			from push_targets as t
			where t.user = events.user and t.acknowledged >= events.change and t.since <= events.at
		)`,
		[user, JSON.stringify(projects)],
	);
	return found?.responses ?? 0;
}
