import type { Route } from "../route.ts";

/** A part of the API's document. */
export type Section = { name: string; description: string };

type Place = Section & { routes: RegExp };

/** In the order of the document. Of the patterns, which are of `GET /api/…`, the first that fits says where a route is. */
const PLACES: readonly Place[] = [
	{
		name: "Usage",
		description:
			"What was used: by day, session, block, machine, project and time of day. Each person's own.",
		routes: /^GET \/api\/(?:usage\/(?!digest)|machines)/,
	},
	{
		name: "Page numbers",
		description: "The rows behind every panel of every page, for the page's own query.",
		routes: /^GET \/api\/views\//,
	},
	{
		name: "Sending usage",
		description: "How machines hand over what they counted, and compare it afterwards.",
		routes: /^(?:POST \/api\/(?:usage|upload-history)|GET \/api\/usage\/digest)/,
	},
	{
		name: "Names",
		description: "Other names for projects and machines. No usage is changed by them.",
		routes: /^PATCH \/api\/(?:projects|machines)/,
	},
	{
		name: "Accounts and keys",
		description: "Who there is, and what opens an account.",
		routes: /^\w+ \/api\/(?:users|auth|user\/(?:keys|sessions))/,
	},
	{
		name: "Own settings",
		description: "What each person settles for themselves, takes along or erases.",
		routes: /^\w+ \/api\/user(?:\/|$)/,
	},
	{
		name: "Leaderboard",
		description: "Those who take part, once an admin has turned it on.",
		routes: /^\w+ \/api\/leaderboard/,
	},
	{
		name: "Administration",
		description: "For the owner and admins. What admins read about others is in the audit log.",
		routes: /^\w+ \/api\/(?:admin|invites)/,
	},
	{
		name: "Server",
		description: "How the server is, what it did, news for open pages, and this document.",
		routes: /^/,
	},
];

export const SECTIONS: readonly Section[] = PLACES.map(({ name, description }) => ({ name, description }));

export function sectionOf({ method, path }: Pick<Route, "method" | "path">): string {
	return PLACES.find(({ routes }) => routes.test(`${method} ${path}`))?.name ?? "";
}

/** Routes that the program before had under the same addresses. */
const OLDER = new Set([
	"GET /health",
	"GET /api/health/db",
	"GET /api/metrics",
	"POST /api/users",
	"GET /api/users",
	"GET /api/auth/validate",
	"POST /api/usage",
	"POST /api/usage/daily/batch",
	"POST /api/usage/sessions/batch",
	"POST /api/usage/blocks/batch",
	"POST /api/upload-history/check",
	"GET /api/usage/aggregate",
	"GET /api/machines",
	"GET /api/usage/sessions",
	"GET /api/usage/projects",
	"GET /api/usage/projects/flattened",
	"GET /api/usage/blocks",
	"GET /api/usage/analytics/patterns",
	"GET /api/usage/analytics/costs",
	"GET /api/leaderboard/:period",
	"GET /api/user/leaderboard-settings",
	"PUT /api/user/leaderboard-settings",
	"GET /api/user/email-preferences",
	"PUT /api/user/email-preferences",
	"PUT /api/user/email",
	"POST /api/user/test-email",
	"GET /api/user/plan-settings",
	"PUT /api/user/plan-settings",
]);

export function isOlder({ method, path }: Pick<Route, "method" | "path">): boolean {
	return OLDER.has(`${method} ${path}`);
}

/** What parameters take, by name; where a name means something else at one address, by both. */
const PARAMETERS: Readonly<Record<string, string>> = {
	id: "its id, as the list has it",
	"/api/projects/:id id": "the project's id, as GET /api/usage/projects has it",
	"/api/machines/:id id": "the machine's UUID, which is machine in GET /api/machines",
	"/api/admin/users/:id id": "the person's id, as GET /api/admin/users has it",
	"/api/admin/leaderboard/:id id": "the person's id, as GET /api/admin/users has it",
	panel: "the panel's word, as the link under each panel has it",
	"/api/views/session/:session/:panel session": "the session's id",
	"/api/leaderboard/:period period":
		"daily, weekly, monthly or all: the present UTC day, the last 7, the last 30, or ever",
	since: "from this day on, as YYYY-MM-DD or YYYYMMDD, in one's own time zone",
	until: "up to this day, included",
	"/api/usage/digest since": "from this UTC day on, as YYYY-MM-DD",
	"/api/usage/digest until": "up to this UTC day, included",
	machineId: "one machine alone, by its label or its UUID",
	projectPath: "only projects with this in their path",
	limit: "how many rows at the most; a number beyond what there is becomes the nearest",
	cursor: "where the page before ended; the address in its header Link has it",
	format: "json, which it is without this, or csv",
	activeOnly: "true: only the running block",
	period: "what rows are of",
	groupBy: "what rows are of; days where it is not given",
	metric: "by which figure",
	machine: "UUIDs of machines with commas between them; all machines where it is not given",
	keys: "keys of responses with commas between them",
	range: "which days; with custom those of from and to",
	compare: "with which days figures are compared",
	by: "what the chart is stacked by",
	sort: "by which figure rows are ordered",
	order: "which way",
	size: "how many rows a page of the list has",
	show: "which responses the list has",
	hidden: "1: projects that are hidden, too",
	archived: "1: machines that are archived, too",
};

/** What a parameter takes, in a phrase. */
export function parameterWords({ path }: Pick<Route, "path">, name: string): string | undefined {
	return PARAMETERS[`${path} ${name}`] ?? PARAMETERS[name];
}
