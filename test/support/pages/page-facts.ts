import {
	beginsWith,
	blockFacts,
	byId,
	complaint,
	costOf,
	factsIn,
	headed,
	type Looked,
	sectionOf,
	whole,
} from "./fact-words.ts";
import { mixes } from "./mixes.ts";
import { passing } from "./naive-parts.ts";
import { passedDays } from "./naive-rows.ts";
import { overviewFacts } from "./overview-facts.ts";
import type { Panel } from "./page-visit.ts";
import { classed, type Node, tagged, within } from "./tree.ts";
import { count, isAmount, share } from "./written.ts";

/** Says which of the single numbers of a page, those that stand in no table, are not what they have to be. */
export function compareFacts(looked: Looked): string[] {
	const { path, parts, query, panels } = looked;
	const isUsed = passing(parts, query).length > 0;
	const missing = (ALWAYS[path] ?? []).filter(
		(wanted) => isUsed && !panels.some(({ key }) => key === wanted),
	);
	return [
		...missing.map((key) => `${key} is not there, though there is usage`),
		...mixes(looked),
		...(FACTS[path]?.(looked) ?? []),
	];
}

/** What has to be shown wherever anything was used. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
	"/": ["overview/series", "overview/projects", "overview/models", "overview/machines", "overview/calendar"],
	"/patterns": ["patterns/heat", "patterns/weekdays", "patterns/hours", "patterns/streaks"],
	"/models": ["models/mix", "models/models", "models/prices"],
	"/machines": ["machines/machines"],
};

const FACTS: Readonly<Record<string, (looked: Looked) => string[]>> = {
	"/": overviewFacts,
	"/blocks": blocks,
	"/patterns": patterns,
	"/models": models,
	"/machines": machines,
	"/projects": projects,
	"/sessions": sessions,
	"/sessions/:session": session,
};

function blocks(looked: Looked): string[] {
	const { tree, panels } = looked;
	const [bars] = panels.filter(({ key }) => key === "blocks/bars");
	const [sub] = bars ? classed(sectionOf(bars), "card-sub") : [];
	const totals = bars?.totals;
	const all = totals ? headed("blocks in all", sub, `${whole(bars.rows.length)} block`, costOf(totals)) : [];
	return [...all, ...blockFacts(looked, "active", "blocks/active"), ...left(tree, panels)];
}

/** How long the block still runs is told in whole minutes. */
function left(tree: Node, panels: readonly Panel[]): string[] {
	const row = panels.find(({ key }) => key === "blocks/active")?.rows[0];
	const node = within(tree).find(({ attributes }) => attributes.has("data-ends"));
	if (!row || !node) return [];
	const isSame = node.attributes.get("data-ends") === String(Date.parse(String(row.endTime)));
	return isSame ? [] : [`the active block ends at ${node.attributes.get("data-ends")}`];
}

function patterns(looked: Looked): string[] {
	const { tree, parts, query, panels } = looked;
	const rows = panels.find(({ key }) => key === "patterns/streaks")?.rows ?? [];
	const facts = Object.entries(factsIn(byId(tree, "streaks")));
	const active = new Set(passing(parts, query).map(({ day }) => day)).size;
	const wanted = [
		`${whole(active)} of ${whole(passedDays(query).length)}`,
		...rows.map(({ days }) => (days === 0 ? "None" : `${whole(Number(days))} day`)),
	];
	return facts.flatMap(([name, node], i) => beginsWith(name, node, wanted[i] ?? ""));
}

function models({ tree, panels }: Looked): string[] {
	const models = panels.find(({ key }) => key === "models/models");
	const other = panels.find(({ key }) => key === "models/what-if");
	if (!models || !other) return [];
	const sum = other.rows.reduce((all, row) => all + Number(row.otherCost), 0);
	const [lead] = classed(tree, "what-if-lead");
	const [, amount = ""] = / would have cost (\S+[\d])[.:,]/.exec(lead?.text ?? "") ?? [];
	return isAmount(amount.replace(/[.:,]$/, ""), sum) ? [] : [`what if: "${lead?.text}" in place of $${sum}`];
}

function machines({ tree, panels }: Looked): string[] {
	const panel = panels.find(({ key }) => key === "machines/machines");
	if (!panel) return ["there are no numbers of machines"];
	const [sub] = classed(byId(tree, "machines"), "card-sub");
	const cards = classed(tree, "machine");
	const head = complaint("machines in all", sub, (written) =>
		costOf(panel.totals)({ ...written, text: written.text.replace(/ in these days$/, "") }),
	);
	const known =
		cards.length === panel.rows.length ? [] : [`${cards.length} machines for ${panel.rows.length}`];
	return [
		...head,
		...known,
		...cards.flatMap((card, i) => {
			const row = panel.rows[i] ?? {};
			const facts = factsIn(card, "machine-fact");
			const part = Number(row.totalCost) / Number(panel.totals.totalCost);
			return [
				...complaint(`machine ${i + 1}`, classed(card, "machine-cost")[0], costOf(row)),
				...complaint(`machine ${i + 1}, share`, facts.Share, share(part || 0)),
				...complaint(`machine ${i + 1}, responses`, facts.Responses, count(Number(row.responses))),
				...complaint(`machine ${i + 1}, tokens`, facts.Tokens, count(Number(row.totalTokens))),
				...complaint(`machine ${i + 1}, days`, facts["Active days, ever"], count(Number(row.daysTracked))),
			];
		}),
	];
}

function projects({ tree, panels }: Looked): string[] {
	const panel = panels.find(({ key }) => key === "projects/projects");
	if (!panel) return [];
	const [sub] = classed(byId(tree, "projects"), "card-sub");
	const text = sub?.text ?? "";
	const isRight = text.startsWith(`${whole(panel.rows.length)} listed, `) && text.endsWith(" in all");
	const amount = text.replace(/^.* listed, /, "").replace(/ in all$/, "");
	const wrong = costOf(panel.totals)({ text: amount, title: undefined });
	return isRight && wrong === undefined
		? []
		: [`projects in all: "${text}" for ${panel.rows.length}, ${wrong}`];
}

function sessions({ tree, panels }: Looked): string[] {
	const panel = panels.find(({ key }) => key === "sessions/sessions");
	const [shown] = classed(tree, "listed-shown");
	if (!panel) return [];
	const head = headed(
		"sessions in all",
		byId(tree, "sessions-title"),
		`${whole(panel.rows.length)} session`,
		costOf(panel.totals),
	);
	const isRight = shown === undefined || shown.text.endsWith(` of ${whole(panel.rows.length)} shown`);
	return isRight ? head : [...head, `"${shown?.text}" for ${panel.rows.length} sessions`];
}

function session({ tree, panels }: Looked): string[] {
	const [row] = panels.find(({ key }) => key === "session/facts")?.rows ?? [];
	if (!row) return ["there are no facts of the session"];
	const facts = Object.fromEntries(
		classed(tree, "session-fact").map((node) => [tagged(node, "dt")[0]?.text ?? "", node]),
	);
	const numberOf = (name: string) => facts[name] && classed(facts[name], "session-number")[0];
	const moreOf = (name: string) => facts[name]?.text ?? "";
	const related = panels.find(({ key }) => key === "session/related")?.rows ?? [];
	const said = [
		...complaint("the session's cost", numberOf("Cost"), costOf(row)),
		...complaint("its responses", numberOf("Responses"), count(Number(row.responses))),
		...complaint("its tokens", numberOf("Tokens"), count(Number(row.totalTokens))),
		...complaint("its cache hits", numberOf("Cache hits"), share(row.cacheHitShare as number | null)),
		...complaint("its largest context", numberOf("Largest context"), count(Number(row.largestContext))),
		...classed(tree, "related-row").flatMap((node, i) =>
			complaint(`related ${i + 1}`, classed(node, "related-cost")[0], costOf(related[i] ?? {})),
		),
	];
	const [, saved = ""] = /saved (\$[\d,.]+\d)/.exec(moreOf("Cache hits")) ?? [];
	if (saved !== "" && !isAmount(saved, Number(row.cacheSaved)))
		said.push(`saved ${saved} in place of ${row.cacheSaved}`);
	const [, misses = "0"] = /(\d+) miss/.exec(moreOf("Cache hits")) ?? [];
	if (Number(misses) !== row.cacheMisses) said.push(`${misses} misses in place of ${row.cacheMisses}`);
	return said;
}
