import type { UsageEvent } from "../../../src/usage/event.ts";
import { DAY, HOUR, MINUTE } from "../ledger.ts";
import { type NaivePart, partsOf, savedBy, sumOf } from "./naive-parts.ts";
import { by, type Counting, iso, ranked, timesOf } from "./naive-rows.ts";
import { labelOf, mainOf } from "./naive-sessions.ts";
import type { Row } from "./page-visit.ts";

/** A response with its parts. */
type Told = { event: UsageEvent; parts: NaivePart[]; context: number; cacheBreak: string; number: number };

/** So many bars the timeline has at most. */
const MOST_BARS = 600;

/** A session's responses in their order, numbered from 1 on. */
function responsesOf({ member, session }: Counting): Told[] {
	const events = member.events
		.filter((event) => event.session === session)
		.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
	const breaks = breaksOf(events);
	return events.map((event, i) => ({
		event,
		parts: partsOf({ ...member, events: [event] }),
		context: event.input + event.cacheWrite5m + event.cacheWrite1h + event.cacheRead,
		cacheBreak: breaks[i] ?? "",
		number: i + 1,
	}));
}

export function facts(counting: Counting): Row[] {
	const { member, session } = counting;
	const told = responsesOf(counting);
	const parts = told.flatMap((one) => one.parts);
	const sum = sumOf(parts);
	const apart = parts.filter(({ isApart }) => isApart);
	const prompt = sum.inputTokens + sum.cacheCreationTokens + sum.cacheReadTokens;
	const replays = member.replays.filter((event) => event.session === session);
	const branches = ranked(parts, "name", ({ branch }) => branch);
	return [
		{
			sessionId: session,
			projectPath: mainOf(parts, ({ project }) => project),
			branches: branches
				.filter(({ name }) => name !== "")
				.sort((a, b) => by("totalCost")(b, a) || by("name")(a, b))
				.map(({ name }) => name)
				.join(", "),
			machines: ranked(parts, "name", ({ machine }) => machine)
				.sort((a, b) => by("responses")(b, a) || by("name")(a, b))
				.map(({ name }) => labelOf(String(name), member))
				.join(", "),
			versions: [...new Set(told.map(({ event }) => event.version))].join(", "),
			...timesOf(parts),
			...sum,
			cacheHitShare: prompt === 0 ? null : sum.cacheReadTokens / prompt,
			cacheSaved: savedBy(parts),
			cacheMisses: told.filter(({ cacheBreak }) => cacheBreak === "miss").length,
			subAgents: new Set(told.flatMap(({ event }) => (event.sidechain ? [event.agent] : []))).size,
			subAgentResponses: sumOf(apart).responses,
			subAgentCost: sumOf(apart).totalCost,
			largestContext: told.reduce((most, { context }) => Math.max(most, context), 0),
			countedElsewhere: replays.length,
			countedElsewhereCost: sumOf(partsOf({ ...member, events: replays })).totalCost,
		},
	];
}

export function responses(counting: Counting): Row[] {
	const show = counting.query.parameters.get("show") ?? "all";
	return responsesOf(counting)
		.filter(({ event, cacheBreak }) =>
			show === "misses" ? cacheBreak === "miss" : show === "all" || event.sidechain,
		)
		.map(({ event, parts, context, cacheBreak, number }) => ({
			number,
			time: iso(event.at),
			model: event.model,
			agent: event.agent ?? "",
			context,
			cacheBreak,
			...sumOf(parts),
		}));
}

export function timeline(counting: Counting): Row[] {
	const told = responsesOf(counting);
	const size = Math.ceil(told.length / MOST_BARS);
	const starts = Array.from({ length: Math.ceil(told.length / size) }, (_, i) => i * size);
	return starts.map((start) => {
		const own = told.slice(start, start + size);
		return {
			first: start + 1,
			last: start + own.length,
			time: iso(own[0]?.event.at ?? 0),
			context: own.findLast(({ event }) => !event.sidechain)?.context ?? null,
			...sumOf(own.flatMap(({ parts }) => parts)),
			runningCost: sumOf(told.slice(0, start + size).flatMap(({ parts }) => parts)).totalCost,
		};
	});
}

/** The last three before and the first three after, by when they were last active in its project; within thirty days. */
export function related(counting: Counting): Row[] {
	const { parts, session } = counting;
	const own = parts.filter((part) => part.session === session);
	const project = mainOf(own, (part) => part.project);
	const last = Date.parse(timesOf(own).lastActivity);
	const sessions = Map.groupBy(parts, (part) => part.session);
	const near = [...Map.groupBy(parts, (part) => part.session)].flatMap(([name, all]) => {
		const there = all.filter((part) => part.project === project);
		if (name === session || there.length === 0) return [];
		const at = Date.parse(timesOf(there).lastActivity);
		return Math.abs(at - last) <= 30 * DAY ? [{ name, at }] : [];
	});
	near.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
	const chosen = [
		...near.filter(({ at }) => at <= last).slice(-3),
		...near.filter(({ at }) => at > last).slice(0, 3),
	];
	return chosen
		.map(({ name }): Row => {
			const all = sessions.get(name) ?? [];
			return { sessionId: name, ...timesOf(all), ...sumOf(all) };
		})
		.sort((a, b) => by("lastActivity")(a, b) || by("sessionId")(a, b));
}

/**
 * Where the cache was not read: less than half of what the one before of the same line and model read and wrote, though
 * the prompt was as long; a miss within the cache's life.
 */
function breaksOf(events: readonly UsageEvent[]): (string | undefined)[] {
	const lines = new Map<string, { at: number; cached: number; life: number }>();
	return events.map((event) => {
		const line = `${event.agent} ${event.model}`;
		const last = lines.get(line);
		const written = event.cacheWrite5m + event.cacheWrite1h;
		const cached = event.cacheRead + written;
		const ownLife = event.cacheWrite5m > 0 ? 5 * MINUTE : HOUR;
		lines.set(line, { at: event.at, cached, life: written === 0 && last ? last.life : ownLife });
		if (!last || event.cacheRead * 2 >= last.cached || (event.input + cached) * 2 < last.cached)
			return undefined;
		return event.at - last.at <= last.life ? "miss" : "expired";
	});
}
