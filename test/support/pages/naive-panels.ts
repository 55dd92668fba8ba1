import { DAY } from "../ledger.ts";
import { blocksOf } from "./naive-blocks.ts";
import { ANY, passing, savedBy, sessionsIn, sumOf, sumsBy } from "./naive-parts.ts";
import { dateOf, type NaiveQuery } from "./naive-query.ts";
import {
	allDays,
	by,
	type Counting,
	dearest,
	inOrderOf,
	iso,
	passedDays,
	ranked,
	timesOf,
	weekdayOf,
} from "./naive-rows.ts";
import { seriesOf } from "./naive-series.ts";
import { facts, related, responses, timeline } from "./naive-session.ts";
import { mainOf, projectTable, sessionList } from "./naive-sessions.ts";
import { type Member, PRESENT, RATES } from "./page-team.ts";
import type { Row } from "./page-visit.ts";

/** Rows as they have to be, in their order. */
type Count = (counting: Counting) => Row[];

/** What is shown of a person's blocks, sessions and names, counted from the events that were put in. */
export const COUNTS: Readonly<Record<string, Count>> = {
	"overview/series": (counting) => seriesOf(counting, counting.query.parameters.get("by") ?? "model"),
	"overview/projects": ({ parts, query }) =>
		ranked(passing(parts, query), "project", ({ project }) => project),
	"overview/models": ({ parts, query }) => ranked(passing(parts, query), "model", ({ model }) => model),
	"overview/machines": ({ parts, query }) =>
		ranked(passing(parts, query), "machine", ({ machine }) => machine),
	"overview/sessions": ({ parts, query }) =>
		[...sessionsIn(parts, query)]
			.map(([sessionId, own]): Row => {
				const projectPath = mainOf(own, ({ project }) => project);
				return { sessionId, projectPath, ...timesOf(own), ...sumOf(own) };
			})
			.sort((a, b) => by("totalCost")(b, a) || by("sessionId")(a, b)),
	"overview/calendar": calendar,
	"overview/block": (counting) => activeBlock(counting),
	"overview/plan": planMonths,
	"blocks/active": (counting) => activeBlock(counting),
	"blocks/course": course,
	"blocks/bars": (counting) => blocks(counting),
	"blocks/history": (counting) => {
		const after = Number(counting.query.parameters.get("after") ?? Number.POSITIVE_INFINITY);
		return blocks(counting)
			.filter(({ startTime }) => Date.parse(String(startTime)) < after)
			.toReversed();
	},
	"patterns/heat": ({ parts, query, member }) => {
		const used = Map.groupBy(passing(parts, query), ({ day, hour }) => `${weekdayOf(day)} ${hour}`);
		return weekOf(member).flatMap((i) =>
			HOURS.map((hour) => ({
				weekday: WEEKDAYS[i] ?? "",
				hour,
				...sumOf(used.get(`${i} ${hour}`) ?? []),
			})),
		);
	},
	"patterns/streaks": streaks,
	"patterns/weekdays": ({ parts, query, member }) =>
		weekOf(member).map((i) => {
			const sum = sumOf(passing(parts, query).filter(({ day }) => weekdayOf(day) === i));
			const days = passedDays(query).filter((day) => weekdayOf(day) === i).length;
			const average = (amount: number) => (days === 0 ? null : amount / days);
			return {
				weekday: WEEKDAYS[i] ?? "",
				days,
				averageCost: average(sum.totalCost),
				averageTokens: average(sum.totalTokens),
				averageResponses: average(sum.responses),
				...sum,
			};
		}),
	"patterns/hours": ({ parts, query }) =>
		HOURS.map((hour) => ({ hour, ...sumOf(passing(parts, query).filter((part) => part.hour === hour)) })),
	"models/mix": (counting) => seriesOf(counting, "model").map(({ sessions, activeDays, ...row }) => row),
	"models/models": ({ parts, query }) =>
		[...Map.groupBy(passing(parts, query), ({ model }) => model)]
			.map(([model, own]) => {
				const sum = sumOf(own);
				const prompt = sum.inputTokens + sum.cacheCreationTokens + sum.cacheReadTokens;
				return {
					model,
					...sum,
					cacheHitShare: prompt === 0 ? null : sum.cacheReadTokens / prompt,
					cacheSavings: savedBy(own),
					lastUsed: dateOf(own.reduce((last, { day }) => Math.max(last, day), 0)).toString(),
				};
			})
			.sort((a, b) => modelOrder(query, a, b) || dearest("model")(a, b)),
	"models/what-if": whatIf,
	"models/prices": ({ panel }) => panel.rows.map(({ model = null }) => ({ model, ...RATES[String(model)] })),
	"machines/machines": ({ parts, query, panel, member }) => {
		const sums = sumsBy(passing(parts, query), ({ machine }) => machine);
		const own = member.machines.filter(
			({ uuid }) => query.passes("machine", uuid) && !member.merged.has(uuid),
		);
		const rows = own.map(({ uuid, label }) => ({ machine: uuid, label, ...(sums[uuid] ?? sumOf([])) }));
		return inOrderOf(panel.rows, rows, "machine");
	},
	"sessions/sessions": sessionList,
	"session/facts": facts,
	"session/timeline": timeline,
	"session/responses": responses,
	"session/related": related,
	"projects/projects": projectTable,
	"projects/branches": ({ parts, query, panel }) => {
		const [first] = panel.rows;
		const own = passing(parts, query).filter(({ project }) => project === first?.project);
		return ranked(own, "branch", ({ branch }) => branch);
	},
};

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** The days of somebody's week in its order. */
function weekOf({ weekStart }: Member): number[] {
	return WEEKDAYS.map((_, i) => (i + weekStart) % WEEKDAYS.length);
}

function calendar({ parts, query, member }: Counting): Row[] {
	let first = query.today;
	while (weekdayOf(first) !== member.weekStart) first--;
	first -= 52 * 7;
	const days = Map.groupBy(passing(parts, query, ANY), ({ day }) => day);
	return allDays({ since: first, until: query.today }).map((day) => ({
		date: dateOf(day).toString(),
		totalCost: sumOf(days.get(day) ?? []).totalCost,
	}));
}

function activeBlock({ parts }: Counting): Row[] {
	const block = blocksOf(parts).find(({ isActive }) => isActive);
	return block ? [{ startTime: iso(block.start), endTime: iso(block.end), ...sumOf(block.parts) }] : [];
}

/** The last twelve months from the first one that has usage, of everything whatever is asked for. */
function planMonths({ parts, query, member: { plan } }: Counting): Row[] {
	if (!plan) return [];
	const present = dateOf(query.today).toPlainYearMonth();
	const months = Array.from({ length: 12 }, (_, i) => present.subtract({ months: 11 - i }).toString());
	const used = Map.groupBy(parts, ({ day }) => dateOf(day).toPlainYearMonth().toString());
	const first = months.findIndex((month) => used.has(month));
	return (first === -1 ? [] : months.slice(first)).map((month) => {
		const { totalCost, unpricedResponses } = sumOf(used.get(month) ?? []);
		const paysFor =
			totalCost >= 200 ? "max_200" : totalCost >= 100 ? "max_100" : totalCost >= 17 ? "pro_17" : null;
		return {
			month,
			totalCost,
			unpricedResponses,
			plan: plan.id,
			planPrice: plan.dollars,
			factor: totalCost / plan.dollars,
			paysFor,
		};
	});
}

/** The oldest first; names choose what is counted in them, not where they begin. */
function blocks({ parts, query, member }: Counting): Row[] {
	const { since, until } = query.days;
	const dayOf = (at: number) => {
		const { year, month, day } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(member.zone);
		return Date.UTC(year, month - 1, day) / DAY;
	};
	return blocksOf(parts)
		.filter(({ start }) => dayOf(start) >= since && dayOf(start) <= until)
		.flatMap(({ start, end, isActive, parts }) => {
			const own = passing(parts, query, ANY);
			return own.length === 0 ? [] : [{ startTime: iso(start), endTime: iso(end), isActive, ...sumOf(own) }];
		});
}

function whatIf({ parts, query, panel }: Counting): Row[] {
	const rates = RATES[query.parameters.get("if") ?? ""];
	if (!rates) return [];
	const rows = [...Map.groupBy(passing(parts, query), ({ model }) => model)].map(([model, own]): Row => {
		const sum = sumOf(own);
		const dollars =
			sum.inputTokens * rates.input +
			sum.outputTokens * rates.output +
			sum.cacheCreation5mTokens * rates.cacheWrite5m +
			sum.cacheCreation1hTokens * rates.cacheWrite1h +
			sum.cacheReadTokens * rates.cacheRead;
		const otherCost = dollars / 1e6 + sum.webSearches / 100;
		return {
			model,
			totalTokens: sum.totalTokens,
			totalCost: sum.totalCost,
			unpricedResponses: sum.unpricedResponses,
			otherCost,
			difference: sum.unpricedResponses > 0 ? null : otherCost - sum.totalCost,
		};
	});
	return inOrderOf(panel.rows, rows, "model");
}

/** What the table of models is in order by, read from its rows. */
const MODEL_VALUES: Readonly<Record<string, (row: Row, metric: string) => string | number>> = {
	model: ({ model }) => String(model),
	share: (row, metric) => Number(row[{ cost: "totalCost", tokens: "totalTokens" }[metric] ?? "responses"]),
	responses: ({ responses }) => Number(responses),
	input: ({ inputTokens }) => Number(inputTokens),
	output: ({ outputTokens }) => Number(outputTokens),
	write: ({ cacheCreationTokens }) => Number(cacheCreationTokens),
	read: ({ cacheReadTokens }) => Number(cacheReadTokens),
	hits: ({ cacheHitShare }) => Number(cacheHitShare ?? -1),
	saved: ({ cacheSavings }) => Math.round(Number(cacheSavings) * 1e9),
	used: ({ lastUsed }) => String(lastUsed),
	rate: ({ totalCost, outputTokens, unpricedResponses }) =>
		outputTokens === 0 || unpricedResponses !== 0 ? -1 : Number(totalCost) / Number(outputTokens),
	cost: ({ totalCost }) => Number(totalCost),
};

function modelOrder({ parameters }: NaiveQuery, a: Row, b: Row): number {
	const sort = parameters.get("sort") ?? "cost";
	const isRising = (parameters.get("order") ?? (sort === "model" ? "asc" : "desc")) === "asc";
	const metric = parameters.get("metric") ?? "cost";
	const [x, y] = [a, b].map((row) => MODEL_VALUES[sort]?.(row, metric) ?? 0);
	return x === undefined || y === undefined || x === y ? 0 : x < y === isRising ? -1 : 1;
}

const STEP = 300_000;

/** The block that runs, in steps of five minutes. */
function course({ parts }: Counting): Row[] {
	const block = blocksOf(parts).find(({ isActive }) => isActive);
	if (!block) return [];
	return Array.from({ length: 60 }, (_, i) => {
		const [start, end] = [block.start + i * STEP, block.start + (i + 1) * STEP];
		const sofar = block.parts.filter(({ at }) => at < end);
		return {
			startTime: iso(start),
			endTime: iso(end),
			...sumOf(sofar.filter(({ at }) => at >= start)),
			runningCost: start > PRESENT ? null : sumOf(sofar).totalCost,
		};
	});
}

/** Days in a row; of equal ones the latest. A day that is not over does not end the current one. */
function streaks({ parts, query }: Counting): Row[] {
	const { days, today } = query;
	const active = new Set(passing(parts, query, ANY).map(({ day }) => day));
	const inRow = (from: number, isIn: (day: number) => boolean) => {
		let until = from;
		while (isIn(until + 1)) until++;
		return { since: from, until };
	};
	const longest = (isIn: (day: number) => boolean) =>
		[...active]
			.filter((day) => isIn(day) && !isIn(day - 1))
			.map((day) => inRow(day, isIn))
			.sort((a, b) => b.until - b.since - (a.until - a.since) || b.until - a.until)[0];
	const inPeriod = (day: number) => active.has(day) && day >= days.since && day <= days.until;
	const ever = (day: number) => active.has(day) && day <= today;
	const last = [today, today - 1].find((day) => active.has(day));
	let since = last;
	while (since !== undefined && active.has(since - 1)) since--;
	const current = since === undefined || last === undefined ? undefined : { since, until: last };
	const named = { "longest in the period": longest(inPeriod), current, longest: longest(ever) };
	return Object.entries(named).map(([streak, period]) => ({
		streak,
		days: period ? period.until - period.since + 1 : 0,
		since: period ? dateOf(period.since).toString() : null,
		until: period ? dateOf(period.until).toString() : null,
	}));
}
