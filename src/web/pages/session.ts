import { type SessionData, SessionPage } from "../../../views/session.tsx";
import { cacheHitShare } from "../../usage/savings.ts";
import { parseSessionQuery, type SessionQuery, SHOWN, sessionKind } from "../../usage/session-query.ts";
import type { Row } from "../../usage/table-row.ts";
import { dollars } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import { readSession } from "./session-data.ts";
import type { UsagePage } from "./usage-page.ts";

/** How many responses a page of the list has. */
const LISTED = 100;

const PANELS: Readonly<Record<string, (data: SessionData) => Row[]>> = {
	facts: factRows,
	models: ({ session }) => session.models.map((row) => ({ model: row.model, ...usageJson(row) })),
	timeline: timelineRows,
	responses: ({ list }) =>
		list.rows.map((row) => ({
			number: row.number,
			time: iso(row.at),
			model: row.model,
			agent: row.lane,
			context: row.context,
			cacheBreak: row.cacheBreak?.kind ?? "",
			...usageJson(row.usage),
		})),
	related: ({ neighbours }) =>
		neighbours.map((row) => ({
			sessionId: row.session,
			firstActivity: iso(row.firstAt),
			lastActivity: iso(row.lastAt),
			...usageJson(row),
		})),
};

/** `GET /sessions/:session`. */
export const sessionPage: UsagePage<SessionQuery, SessionData> = {
	path: "/sessions/:session",
	name: "session/:session",
	title: "Session",
	current: "sessions",
	listed: LISTED,
	parameters: {
		show: SHOWN,
		after: "where the list of responses begins, as the page's own links have it",
		response: "the key of a response that the list is to have",
	},
	parse: parseSessionQuery,
	kindOf: ({ session = "" }) => sessionKind(session),
	read: readSession,
	render: SessionPage,
	panels: PANELS,
	totals: ({ session }) => usageJson(session),
};

function factRows({ session, ...data }: SessionData): Row[] {
	return [
		{
			sessionId: session.session,
			projectPath: session.project,
			branches: data.branches.join(", "),
			machines: session.machines.map(({ label }) => label).join(", "),
			versions: data.versions.join(", "),
			firstActivity: iso(session.firstAt),
			lastActivity: iso(session.lastAt),
			...usageJson(session),
			cacheHitShare: cacheHitShare(session) ?? null,
			cacheSaved: dollars(data.savedNanoUsd),
			cacheMisses: data.responses.filter(({ cacheBreak }) => cacheBreak?.kind === "miss").length,
			subAgents: data.agents.lanes,
			subAgentResponses: data.agents.usage.responses,
			subAgentCost: dollars(data.agents.usage.costNanoUsd),
			largestContext: data.responses.reduce((most, { context }) => Math.max(most, context), 0),
			countedElsewhere: data.replays.responses,
			countedElsewhereCost: dollars(data.replays.costNanoUsd),
		},
	];
}

/** One row a bar. */
function timelineRows({ bars }: SessionData): Row[] {
	return bars.map((bar) => ({
		first: bar.responses[0]?.number ?? null,
		last: bar.responses.at(-1)?.number ?? null,
		time: iso(bar.responses[0]?.at ?? 0),
		model: bar.model,
		context: bar.context ?? null,
		...usageJson(bar.usage),
		runningCost: dollars(bar.running),
	}));
}

function iso(at: number): string {
	return new Date(at).toISOString();
}
