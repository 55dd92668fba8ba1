import { type } from "arktype";
import { type KnownNames, listKnownNames } from "../../reports/first-use.ts";
import { listProjectActivity, type ProjectActivityRow } from "../../reports/project-activity.ts";
import { countProjectDays } from "../../reports/project-days.ts";
import { DAY_MS, ZoneClock } from "../../usage/day.ts";
import { projectId } from "../../usage/project-id.ts";
import { dollars, totalTokens } from "../../usage/usage.ts";
import { type Ask, type Route, route } from "../route.ts";
import { iso, Moment, MomentOrNever } from "./list.ts";
import { answerPage, type Order, pageOf } from "./paging.ts";
import { Count, meanMinutes, USAGE_FIELDS, usageFields, wholeMinutes } from "./usage-fields.ts";
import { filterOf, ProjectsQuery } from "./usage-query.ts";

const PROJECTS: Order = { list: "projects", by: ["n-", "t+"] };
const FLATTENED: Order = { list: "flattened", by: ["n-", "t+"] };

/** How many, and of how many days, where it is not said. */
const USUAL = 10;
const USUAL_DAYS = 30;

const Projects = type({
	id: "string",
	alias: "string | null",
	hidden: "boolean",
	project_path: "string",
	project_name: "string",
	normalized_path: "string",
	session_count: "number.integer",
	...USAGE_FIELDS,
	avg_duration: "number.integer | null",
	last_activity: MomentOrNever,
	avg_cost_per_session: "number",
	avg_tokens_per_session: "number.integer",
	is_recent: "boolean",
	activity_level: "'high' | 'medium' | 'low'",
}).array();

const Flattened = type({
	projects: type({
		project_name: "string",
		project_path: "string",
		summary: {
			total_sessions: "number.integer",
			active_days: "number.integer",
			project_age_days: "number.integer",
			sessions_per_day: "number",
		},
		usage: {
			total_tokens: Count,
			total_input_tokens: Count,
			total_output_tokens: Count,
			total_cache_creation_tokens: Count,
			total_cache_read_tokens: Count,
			total_cost: "number",
			avg_tokens_per_session: "number.integer",
			avg_cost_per_session: "number",
		},
		time: {
			first_session: MomentOrNever,
			last_session: MomentOrNever,
			total_duration_minutes: "number.integer",
			avg_session_duration: "number.integer",
			is_recent_activity: "boolean",
		},
		activity_level: "'very_high' | 'high' | 'medium' | 'low'",
		engagement_score: "number.integer",
	}).array(),
	metadata: { time_window_days: "number.integer", total_projects: "number.integer", query_timestamp: Moment },
});

/** Projects, those with most tokens first. */
export function projectRoutes(): Route[] {
	return [listed(), flattened()];
}

function listed(): Route {
	return route({
		method: "GET",
		path: "/api/usage/projects",
		access: "read",
		text: {
			summary:
				"Projects by their tokens of the last 30 days, or of those asked for; 10 where no limit is given",
			reply: Projects,
		},
		query: ProjectsQuery,
		async answer(ask, { source: { db, asker, zone } }) {
			const { filter, limit } = asked(ask, zone);
			const [rows, known] = await Promise.all([
				listProjectActivity(db, asker, filter),
				listKnownNames(db, asker),
			]);
			const page = pageOf(rows, PROJECTS, placeOf, { ...ask.query, limit });
			const items = page.items.map((row) => projectRow(row, known, ask.now));
			return answerPage(ask, PROJECTS, { ...page, items });
		},
	});
}

function flattened(): Route {
	return route({
		method: "GET",
		path: "/api/usage/projects/flattened",
		access: "read",
		text: { summary: "The same projects, with how often and how long they were worked on", reply: Flattened },
		query: ProjectsQuery,
		async answer(ask, { source: { db, asker, zone } }) {
			const { filter, limit, days } = asked(ask, zone);
			const [rows, active] = await Promise.all([
				listProjectActivity(db, asker, filter),
				countProjectDays(db, asker, filter),
			]);
			const page = pageOf(rows, FLATTENED, placeOf, { ...ask.query, limit });
			const items = page.items.map((row) => flattenedRow(row, active.get(row.project) ?? 0, ask.now));
			return answerPage(ask, FLATTENED, { ...page, items }, (projects) => ({
				projects,
				metadata: {
					time_window_days: days,
					total_projects: rows.length,
					query_timestamp: iso(ask.now),
				},
			}));
		},
	});
}

/** What a query is about, and of how many days. */
function asked({ query, now }: Ask<typeof ProjectsQuery.infer>, zone: string) {
	const today = new ZoneClock(zone).dayAt(now);
	const until = query.until ?? today;
	const since = query.since ?? until - USUAL_DAYS + 1;
	return {
		filter: filterOf({ ...query, since }, zone),
		limit: query.limit ?? USUAL,
		days: Math.max(0, until - since + 1),
	};
}

function placeOf(row: ProjectActivityRow) {
	return [totalTokens(row), row.project];
}

function projectRow(row: ProjectActivityRow, known: KnownNames, now: number) {
	const { project, own } = row;
	const sessions = own?.sessions ?? 0;
	const aside = known.aside?.projects.find(({ name }) => name === project);
	return {
		id: projectId(project),
		alias: aside?.alias ?? known.aliases?.get(project) ?? null,
		hidden: aside !== undefined,
		project_path: project,
		project_name: nameOf(project),
		normalized_path: project.replaceAll("\\", "/").toLowerCase(),
		session_count: sessions,
		...usageFields(row),
		avg_duration: own ? meanMinutes(own) : null,
		last_activity: iso(own?.lastAt),
		...perSession(row, sessions),
		is_recent: isRecent(row, now),
		activity_level: sessions >= 5 ? "high" : sessions >= 2 ? "medium" : "low",
	};
}

function flattenedRow(row: ProjectActivityRow, activeDays: number, now: number) {
	const { project, own } = row;
	const sessions = own?.sessions ?? 0;
	const length = own ? (own.lastAt - own.firstAt) / DAY_MS : 0;
	const age = Math.max(1, Math.ceil(length));
	const fields = usageFields(row);
	return {
		project_name: nameOf(project),
		project_path: project,
		summary: {
			total_sessions: sessions,
			active_days: activeDays,
			project_age_days: age,
			sessions_per_day: Math.round((100 * sessions) / (length + 1)) / 100,
		},
		usage: {
			total_tokens: fields.total_tokens,
			total_input_tokens: fields.input_tokens,
			total_output_tokens: fields.output_tokens,
			total_cache_creation_tokens: fields.cache_creation_tokens,
			total_cache_read_tokens: fields.cache_read_tokens,
			total_cost: fields.total_cost,
			...perSession(row, sessions),
		},
		time: {
			first_session: iso(own?.firstAt),
			last_session: iso(own?.lastAt),
			total_duration_minutes: own ? wholeMinutes(own.lengthMs) : 0,
			avg_session_duration: own ? meanMinutes(own) : 0,
			is_recent_activity: isRecent(row, now),
		},
		activity_level: sessions >= 10 ? "very_high" : sessions >= 5 ? "high" : sessions >= 2 ? "medium" : "low",
		// Tokens a day.
		engagement_score: Math.round(Number(fields.total_tokens) / age),
	};
}

/** A project can have usage in days after which its sessions went on: then it has none that was last active in them. */
function perSession(row: ProjectActivityRow, sessions: number) {
	return {
		avg_cost_per_session: sessions === 0 ? 0 : dollars(row.costNanoUsd) / sessions,
		avg_tokens_per_session: sessions === 0 ? 0 : Math.round(Number(totalTokens(row)) / sessions),
	};
}

function isRecent({ own }: ProjectActivityRow, now: number): boolean {
	return own !== undefined && own.lastAt > now - 7 * DAY_MS;
}

/** The last part of a path. */
function nameOf(path: string): string {
	return path.split(/[/\\]/).findLast((part) => part !== "") ?? "Unknown";
}
