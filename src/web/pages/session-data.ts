import type { ListedResponse, SessionData } from "../../../views/session.tsx";
import { barsOf } from "../../reports/session-bars.ts";
import { listNeighbours } from "../../reports/session-neighbours.ts";
import { findSession } from "../../reports/session-parts.ts";
import { listResponses, MAIN_LANE, type ResponseRow, SIDE_LANE } from "../../reports/session-responses.ts";
import { findCacheBreaks } from "../../usage/cache-breaks.ts";
import { isId } from "../../usage/event.ts";
import { cacheSavings } from "../../usage/savings.ts";
import type { ResponsePlace, SessionQuery } from "../../usage/session-query.ts";
import { addExact, type Exact, sumUsage } from "../../usage/usage.ts";
import { CHECK_ADDRESS, type Problem, ProblemError } from "../errors.ts";
import type { Reading } from "./usage-page.ts";

const NO_SESSION: Problem = {
	status: 404,
	code: "not_found",
	title: "There is no such session",
	sentence: "The session may belong to somebody else, or have been deleted by its owner.",
	hint: "Go to the overview.",
	apiHint: CHECK_ADDRESS,
};

/** Reads one session. @throws ProblemError where the person has none of that name */
export async function readSession(reading: Reading<SessionQuery>): Promise<SessionData> {
	const { query, params, most } = reading;
	const { db, asker, prices } = reading.source;
	const name = params.session ?? "";
	if (!isId(name)) throw new ProblemError(NO_SESSION);
	const [session, stored] = await Promise.all([findSession(db, asker, name), listResponses(db, asker, name)]);
	if (!session) throw new ProblemError(NO_SESSION);
	const responses = marked(stored.filter(({ isReplay }) => !isReplay));
	const agents = responses.filter(({ isMain }) => !isMain);
	return {
		session,
		responses,
		bars: barsOf(responses),
		list: listOf(responses, query, most),
		agents: { lanes: new Set(agents.map(({ lane }) => lane)).size, usage: sumUsage(agents.map(usageOf)) },
		replays: sumUsage(stored.filter(({ isReplay }) => isReplay).map(usageOf)),
		forks: sumUsage(responses.filter(({ isFork }) => isFork).map(usageOf)),
		branches: byCost(responses, ({ branch }) => branch),
		versions: [...new Set(responses.flatMap(({ version }) => (version === "" ? [] : [version])))],
		savedNanoUsd: session.models.reduce(
			(sum, usage) => sum + cacheSavings(prices, usage, session.firstAt),
			0,
		),
		neighbours: await listNeighbours(db, asker, session),
	};
}

function usageOf({ usage }: ResponseRow) {
	return usage;
}

/** Numbers responses from 1 on, and says of each what is to be seen at it. */
function marked(rows: readonly ResponseRow[]): ListedResponse[] {
	const breaks = findCacheBreaks(rows.map(({ at, lane, model, prompt }) => ({ at, lane, model, ...prompt })));
	let last: string | undefined;
	return rows.map((row, i) => {
		const isMain = row.lane === MAIN_LANE;
		const isNewModel = isMain && last !== undefined && last !== row.model;
		if (isMain) last = row.model;
		const { input, cacheWrite5m, cacheWrite1h, cacheRead } = row.prompt;
		return {
			...row,
			number: i + 1,
			isMain,
			context: input + cacheWrite5m + cacheWrite1h + cacheRead,
			// Several may run at once in the lane of those whose agent is not known.
			cacheBreak: row.lane === SIDE_LANE ? undefined : breaks[i],
			isNewModel,
		};
	});
}

/** The part of the list that the query asks for. */
function listOf(all: readonly ListedResponse[], query: SessionQuery, most: number): SessionData["list"] {
	const chosen = all.filter((row) => isShown(row, query));
	const start = startOf(chosen, query, most);
	const rows = chosen.slice(start, start + most);
	const placeAt = (index: number): ResponsePlace | undefined => {
		const row = chosen[index];
		return row && { at: row.at, key: row.key };
	};
	return {
		rows,
		count: chosen.length,
		start,
		next: start + most < chosen.length ? placeAt(start + most - 1) : undefined,
		before: start > most ? placeAt(start - most - 1) : undefined,
	};
}

function isShown({ isMain, cacheBreak }: ListedResponse, { show }: SessionQuery): boolean {
	if (show === "misses") return cacheBreak?.kind === "miss";
	return show === "all" || !isMain;
}

function startOf(chosen: readonly ListedResponse[], { after, response }: SessionQuery, most: number): number {
	if (after) {
		const isLater = ({ at, key }: ListedResponse) => at > after.at || (at === after.at && key > after.key);
		const first = chosen.findIndex(isLater);
		return first === -1 ? chosen.length : first;
	}
	const selected = response === undefined ? -1 : chosen.findIndex(({ key }) => key === response);
	return selected === -1 ? 0 : selected - (selected % most);
}

/** Names by what was spent under them, the dearest first. */
function byCost(rows: readonly ListedResponse[], nameOf: (row: ListedResponse) => string): string[] {
	const costs = new Map<string, Exact>();
	for (const row of rows) {
		const name = nameOf(row);
		if (name !== "") costs.set(name, addExact(costs.get(name) ?? 0, row.usage.costNanoUsd));
	}
	return [...costs]
		.sort(([a, costA], [b, costB]) => Number(costB) - Number(costA) || (a < b ? -1 : 1))
		.map(([name]) => name);
}
