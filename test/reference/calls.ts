import { MACHINE_UUID, type Team } from "./team.ts";

/** How a route is asked for its example. Without anything Ada asks with her full key. */
export type Call = {
	by?: "ada" | "bob";
	/** The address, where it is not the route's own. */
	path?: string;
	body?: unknown;
	headers?: Record<string, string>;
};

/** Example calls by route, in the order in which they are made: what takes something away comes last. */
export async function callsOf({ uploads, ada, bob, grace }: Team): Promise<Record<string, Call>> {
	const [upload] = uploads;
	const [event] = upload?.events ?? [];
	const projects = await rowsOf(ada.ask("/api/usage/projects"));
	const bobsKeys = await rowsOf(bob.ask("/api/user/keys"));
	const bobsBrowsers = await rowsOf(bob.ask("/api/user/sessions"));
	const invite = await rowOf(ada.send("POST", "/api/invites", { role: "member" }));
	const days = { since: "2026-03-01", until: "2026-03-03" };
	const tokens = {
		input_tokens: 1200,
		output_tokens: 340,
		cache_creation_tokens: 5600,
		cache_read_tokens: 78_000,
		total_tokens: 85_140,
		total_cost: 0.0531,
		models_used: ["claude-sonnet-4-5-20250929"],
	};
	return {
		"GET /api/usage/aggregate": { path: `/api/usage/aggregate?${new URLSearchParams(days)}&limit=1` },
		"GET /api/usage/sessions": { path: "/api/usage/sessions?limit=1" },
		"GET /api/usage/blocks": { path: "/api/usage/blocks?activeOnly=true" },
		"GET /api/usage/projects": { path: "/api/usage/projects?limit=1" },
		"GET /api/usage/projects/flattened": { path: "/api/usage/projects/flattened?limit=1" },
		"GET /api/usage/analytics/patterns": { path: "/api/usage/analytics/patterns?period=hour" },
		"GET /api/usage/analytics/costs": { path: "/api/usage/analytics/costs?groupBy=model" },
		"GET /api/views/overview/:panel": { path: "/api/views/overview/models?range=all" },
		"GET /api/views/sessions/:panel": { path: "/api/views/sessions/sessions?range=all" },
		"GET /api/views/session/:session/:panel": {
			path: `/api/views/session/${event?.session}/responses?range=all`,
		},
		"GET /api/views/blocks/:panel": { path: "/api/views/blocks/history?range=all" },
		"GET /api/views/patterns/:panel": { path: "/api/views/patterns/weekdays?range=all" },
		"GET /api/views/projects/:panel": { path: "/api/views/projects/projects?range=all" },
		"GET /api/views/models/:panel": { path: "/api/views/models/models?range=all" },
		"GET /api/views/machines/:panel": { path: "/api/views/machines/machines?range=all" },
		"POST /api/usage/events": { by: "bob", body: upload && { ...upload, events: upload.events.slice(-1) } },
		"GET /api/usage/digest": { path: `/api/usage/digest?${new URLSearchParams(days)}` },
		"GET /api/usage/digest/responses": { path: `/api/usage/digest/responses?keys=${event?.key}` },
		"POST /api/usage/daily/batch": {
			body: { records: [{ machine_id: "old-desk", date: "2026-02-03", ...tokens }] },
		},
		"POST /api/usage/sessions/batch": {
			body: {
				records: [
					{
						machine_id: "old-desk",
						session_id: "4e1f",
						project_path: "/home/ann/shop",
						start_time: "2026-02-03T09:00:00Z",
						end_time: "2026-02-03T10:30:00Z",
						duration_minutes: 90,
						...tokens,
					},
				],
			},
		},
		"POST /api/usage/blocks/batch": {
			body: {
				records: [
					{
						machine_id: "old-desk",
						block_id: "2026-02-03T09:00:00.000Z",
						start_time: "2026-02-03T09:00:00Z",
						end_time: "2026-02-03T14:00:00Z",
						entry_count: 12,
						...tokens,
					},
				],
			},
		},
		"POST /api/usage": {
			body: {
				machineId: "old-desk",
				data: [
					{
						date: "2026-02-04",
						inputTokens: 10,
						outputTokens: 20,
						totalTokens: 30,
						totalCost: 0.01,
						modelsUsed: ["claude-sonnet-4-5-20250929"],
					},
				],
			},
		},
		"POST /api/upload-history/check": {
			body: { machine_id: "old-desk", records: [{ upload_type: "daily", identifier: "2026-02-03" }] },
		},
		"POST /api/usage/reported/remove": {
			body: {
				kind: "blocks",
				records: [
					{
						machine_id: "old-desk",
						name: "2026-02-03T09:00:00.000Z",
						total_tokens: tokens.total_tokens,
						total_cost: tokens.total_cost,
					},
				],
			},
		},
		"PATCH /api/projects/:id": { path: `/api/projects/${projects[0]?.id}`, body: { alias: "Shop" } },
		"PATCH /api/machines/:id": { path: `/api/machines/${MACHINE_UUID}`, body: { label: "Ann's laptop" } },
		"POST /api/users": { body: { username: "alice", invite: invite.code, zone: "Europe/Berlin" } },
		"POST /api/user/keys": { body: { name: "laptop", kind: "ingest", expires_at: "2027-01-01T00:00:00Z" } },
		"PUT /api/user/profile": { body: { display_name: "Ada Lovelace" } },
		"PUT /api/user/email": { body: { email: "ada@example.com" } },
		"PUT /api/user/email-preferences": {
			body: { email_reports_enabled: true, report_frequency: "weekly", preferred_time: "08:00" },
		},
		"PUT /api/user/retention": { body: { months: 24 } },
		"PUT /api/user/plan-settings": { body: { claude_plan: "max_100" } },
		"PUT /api/user/leaderboard-settings": { body: { leaderboard_enabled: true, display_name: "Ada L." } },
		"GET /api/leaderboard/:period": { path: "/api/leaderboard/weekly?metric=tokens" },
		"GET /api/admin/audit": { path: "/api/admin/audit?limit=1" },
		"GET /api/user/audit": { path: "/api/user/audit?limit=1" },
		"POST /api/invites": { body: { role: "member", expires_in_hours: 24 } },
		"PATCH /api/admin/settings": { body: { leaderboard: true, admins_see_usage: true } },
		"GET /api/admin/users/:id/projects": {
			path: `/api/admin/users/${grace.account.id}/projects?range=all`,
		},
		"GET /api/admin/users/:id/sessions": {
			path: `/api/admin/users/${grace.account.id}/sessions?range=all`,
		},
		"PUT /api/admin/retention": { body: { default_months: 24, most_months: 36 } },
		"PUT /api/admin/leaderboard/:id": {
			path: `/api/admin/leaderboard/${grace.account.id}`,
			body: { excluded: true },
		},
		"DELETE /api/invites/:id": { path: `/api/invites/${await inviteOf(ada)}` },
		"DELETE /api/user/sessions/:id": { by: "bob", path: `/api/user/sessions/${bobsBrowsers[0]?.id}` },
		// Whoever gets another role is logged out everywhere.
		"PATCH /api/admin/users/:id": { path: `/api/admin/users/${bob.account.id}`, body: { role: "admin" } },
		"DELETE /api/user/keys/:id": {
			by: "bob",
			path: `/api/user/keys/${bobsKeys.find(({ kind }) => kind === "read")?.id}`,
		},
		"DELETE /api/user": { by: "bob", body: { confirm: "bob" } },
	};
}

type Fields = Record<string, string>;

async function rowsOf(asked: Promise<Response>): Promise<Fields[]> {
	return (await asked).json() as Promise<Fields[]>;
}

async function rowOf(asked: Promise<Response>): Promise<Fields> {
	return (await asked).json() as Promise<Fields>;
}

async function inviteOf(person: Team["ada"]): Promise<string> {
	const { id = "" } = await rowOf(person.send("POST", "/api/invites", { role: "member" }));
	return id;
}
