import { dayText } from "../../../src/usage/day.ts";
import { beginsWith, blockFacts, byId, complaint, costOf, isNear, type Looked, whole } from "./fact-words.ts";
import { passing, savedBy, sessionsIn, sumOf } from "./naive-parts.ts";
import { classed, tagged } from "./tree.ts";
import { count, isAmount, isShort, share, type Want } from "./written.ts";

/** The strip, the lists beside the tables, and the block. */
export function overviewFacts(looked: Looked): string[] {
	const { tree, parts, query, panels } = looked;
	const now = measuresOf(looked, query.days);
	const strip = Object.entries(now).flatMap(([metric, value]) => {
		const stat = byId(tree, `metric-${metric}`);
		const [number] = classed(stat, "stat-number");
		const cost = () => costOf(sumOf(passing(looked.parts, query)));
		const want = { cost, cache: pointsOf, days: daysOf(looked) }[metric] ?? count;
		return complaint(`the strip's ${metric}`, number, want(value ?? 0));
	});
	const foots = ["projects", "models", "machines", "sessions"].flatMap((key) => {
		const rows = panels.find((panel) => panel.key === `overview/${key}`)?.rows ?? [];
		const [foot] = classed(byId(tree, key), "card-foot");
		return rows.length === 0
			? []
			: beginsWith(`the foot of ${key}`, foot, `${Math.min(5, rows.length)} of ${whole(rows.length)}`);
	});
	const kinds = tagged(classed(tree, "kinds")[0] ?? tree, "dd");
	const sum = sumOf(passing(parts, query));
	const amounts = [sum.inputTokens, sum.outputTokens, sum.cacheCreationTokens, sum.cacheReadTokens];
	const ofKinds =
		kinds.length === 4 ? amounts.flatMap((amount, i) => complaint("kinds", kinds[i], count(amount))) : [];
	return [
		...strip,
		...foots,
		...ofKinds,
		...deltas(looked, now),
		...rankedRows(looked),
		...blockFacts(looked, "block", "overview/block"),
		...monthFacts(looked),
		...planFacts(looked),
	];
}

/** The present month so far, by its end, and the one before: whatever days are asked for. */
function monthFacts({ tree, parts, query }: Looked): string[] {
	const [year, month, date] = dayText(query.today).split("-").map(Number) as [number, number, number];
	const costIn = (since: number, until: number) => sumOf(passing(parts, query, { since, until })).totalCost;
	const first = query.today - date + 1;
	const [so, last] = [
		costIn(first, query.today),
		costIn(first - new Date(Date.UTC(year, month - 1, 0)).getUTCDate(), first - 1),
	];
	const present = costIn(query.today, query.today);
	const mean = (so - present) / (date - 1);
	const left = new Date(Date.UTC(year, month, 0)).getUTCDate() - date;
	const byEnd = so - present + Math.max(present, mean) + mean * left;
	const facts = tagged(classed(byId(tree, "calendar"), "month-facts")[0] ?? { ...tree, children: [] }, "dd");
	if (so === 0 && last === 0) return facts.length === 0 ? [] : ["a month of nothing has facts"];
	const [soFar, atEnd, before] = facts.map(({ text }) => text);
	return [
		...(isAmount(soFar ?? "", so) ? [] : [`the month: "${soFar}" in place of $${so}`]),
		...(isNear(atEnd ?? "", byEnd) ? [] : [`the month's end: "${atEnd}" in place of $${byEnd}`]),
		...(isAmount(before ?? "", last) ? [] : [`the month before: "${before}" in place of $${last}`]),
	];
}

/** The present month beside the plan, and all of them; nothing where there is no plan. */
function planFacts({ tree, panels, member: { plan } }: Looked): string[] {
	const panel = panels.find(({ key }) => key === "overview/plan");
	if (!plan) return panel ? ["a plan is shown where none is settled"] : [];
	if (!panel) return ["the plan that is settled is not shown"];
	const present = panel.rows.at(-1);
	const card = byId(tree, "plan");
	const sum = panel.rows.reduce((all, { totalCost }) => all + Number(totalCost), 0);
	const unpriced = panel.rows.reduce((all, { unpricedResponses }) => all + Number(unpricedResponses), 0);
	const [now, all, paid] = classed(card, "fact").map((fact) => tagged(fact, "dd")[0]);
	return [
		...(present ? complaint("the plan's month", now, costOf(present)) : ["the plan has no months"]),
		...complaint("the plan's months", all, costOf({ totalCost: sum, unpricedResponses: unpriced })),
		...complaint("what the plan cost", paid, costOf({ totalCost: plan.dollars * panel.rows.length })),
	];
}

type Measures = Record<"cost" | "tokens" | "cache" | "sessions" | "responses" | "days", number | undefined>;

function measuresOf({ parts, query }: Looked, days: Looked["query"]["days"]): Measures {
	const used = passing(parts, query, days);
	const sum = sumOf(used);
	const prompt = sum.inputTokens + sum.cacheCreationTokens + sum.cacheReadTokens;
	return {
		cost: sum.totalCost,
		tokens: sum.totalTokens,
		cache: prompt === 0 ? undefined : sum.cacheReadTokens / prompt,
		sessions: sessionsIn(parts, { ...query, days }).size,
		responses: sum.responses,
		days: new Set(used.map(({ day }) => day)).size,
	};
}

const pointsOf =
	(part: number): Want =>
	(written) =>
		share(part)({ ...written, text: written.text.replace(/^([\d.]+) %$/, "$1 %") });

const daysOf =
	({ query: { days } }: Looked) =>
	(active: number): Want =>
	({ text }) =>
		text === `${whole(active)} of ${whole(days.until - days.since + 1)}`
			? undefined
			: `"${text}" in place of ${active} days`;

/** How much more or less than in the compared days, and what was then. */
function deltas(looked: Looked, now: Measures): string[] {
	const { query, tree, parts } = looked;
	const isLoneToday = query.days.since === query.days.until && query.days.until === query.today;
	if (!query.before || isLoneToday) return [];
	const before = measuresOf(looked, query.before);
	const hadUsage = sumOf(passing(parts, query, query.before)).responses > 0;
	return Object.entries(now).flatMap(([metric, value]) => {
		const [delta] = classed(byId(tree, `metric-${metric}`), "delta");
		const text = delta?.text ?? "";
		const base = before[metric as keyof Measures];
		const [, direction, digits, unit] = /^(up|down) (?:([\d,.]+) (%|pt) ?)?/.exec(text) ?? [];
		if (metric === "cache") {
			const saved = savedBy(passing(parts, query));
			const [, word, amount] = /(saved|cost) (\S+(?: k)?)(?: more)?$/.exec(text) ?? [];
			const isSaid =
				word === undefined || (isNear(amount ?? "", Math.abs(saved)) && (word === "saved") === saved > 0);
			if (!isSaid) return [`the strip's cache: "${text}" in place of $${saved} saved`];
		}
		if (!hadUsage || base === undefined || value === undefined)
			return direction ? [`the strip's ${metric}: "${text}" beside nothing`] : [];
		const off =
			unit === "pt" ? (value - base) * 100 : base === 0 ? Number.NaN : ((value - base) / base) * 100;
		if (digits !== undefined) {
			const said = Number(digits.replace(/,/g, "")) * (direction === "up" ? 1 : -1);
			if (Math.abs(said - off) > (digits.includes(".") ? 0.0501 : 0.501))
				return [`the strip's ${metric}: "${text}" in place of ${off}`];
		} else if (metric !== "cache" && value !== base && base !== 0)
			return [`the strip's ${metric}: "${text}" in place of ${off}`];
		const [, compared] = / vs (.+)$/.exec(text) ?? [];
		if (compared === undefined) return [];
		const isRight = metric === "cost" ? isNear(compared, base) : isShort(compared, base);
		return isRight ? [] : [`the strip's ${metric}: "${text}" in place of vs ${base}`];
	});
}

/** The lists beside the tables say the same once more. */
function rankedRows({ tree, panels }: Looked): string[] {
	return ["projects", "models", "machines"].flatMap((key) => {
		const panel = panels.find((one) => one.key === `overview/${key}`);
		return classed(byId(tree, key), "ranked-row").flatMap((node, i) => {
			const row = panel?.rows[i];
			if (!row) return [`the list of ${key} has a row ${i + 1}`];
			const part = Number(row.totalCost) / Number(panel.totals.totalCost);
			return [
				...complaint(`the list of ${key}, row ${i + 1}`, classed(node, "ranked-cost")[0], costOf(row)),
				...complaint(`the list of ${key}, row ${i + 1}`, classed(node, "ranked-share")[0], share(part || 0)),
			];
		});
	});
}
