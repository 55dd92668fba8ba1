import { ANY, type NaivePart, passing, sessionsIn, sumOf } from "./naive-parts.ts";
import { dateOf, type NaiveQuery } from "./naive-query.ts";
import { by, type Counting, ranked, timesOf } from "./naive-rows.ts";
import type { Member } from "./page-team.ts";
import type { Row } from "./page-visit.ts";

/** The list of sessions, with all that its rows say, in the order that is asked for. */
export function sessionList({ parts, query, member }: Counting): Row[] {
	const wanted = (query.parameters.get("q") ?? "").trim().toLowerCase();
	const { aliases } = member;
	const holds = (name: string) => name.toLowerCase().includes(wanted);
	const found = [...sessionsIn(parts, query)].filter(
		([session, own]) =>
			holds(session) ||
			own.some(({ project, branch }) => [project, branch, aliases.get(project) ?? ""].some(holds)),
	);
	const sort = query.parameters.get("sort") ?? "started";
	const isText = TEXTS.has(sort);
	const sign = (query.parameters.get("order") ?? (isText ? "asc" : "desc")) === "asc" ? 1 : -1;
	return found
		.map(([session, own]) => ({
			row: rowOf(session, own, member),
			place: placeOf(sort, session, own, member),
		}))
		.sort((a, b) => sign * compare(a.place, b.place) || by("sessionId")(a.row, b.row))
		.map(({ row }) => row);
}

const TEXTS: ReadonlySet<string> = new Set(["session", "project", "branch", "models", "machine"]);

/** Of several names the one with most responses stands for all; of branches the dearest. */
function rowOf(sessionId: string, own: readonly NaivePart[], member: Member): Row {
	const machine = mainOf(own, ({ machine }) => machine);
	return {
		sessionId,
		...timesOf(own),
		projectPath: mainOf(own, ({ project }) => project),
		projects: new Set(own.map(({ project }) => project)).size,
		branch: branchesOf(own)[0] ?? "",
		branches: branchesOf(own).length,
		machine,
		label: labelOf(machine, member),
		machines: new Set(own.map(({ machine }) => machine)).size,
		modelsUsed: modelsOf(own).join(", "),
		...sumOf(own),
		subagentCost: sumOf(own.filter(({ isApart }) => isApart)).totalCost,
	};
}

export function mainOf(parts: readonly NaivePart[], nameOf: (part: NaivePart) => string): string {
	const [first] = ranked(parts, "name", nameOf).sort((a, b) => by("responses")(b, a) || by("name")(a, b));
	return String(first?.name);
}

function branchesOf(parts: readonly NaivePart[]): string[] {
	return ranked(parts, "name", ({ branch }) => branch)
		.sort((a, b) => by("totalCost")(b, a) || by("responses")(b, a) || by("name")(a, b))
		.map(({ name }) => String(name));
}

function modelsOf(parts: readonly NaivePart[]): string[] {
	return ranked(parts, "name", ({ model }) => model)
		.sort((a, b) => by("totalCost")(b, a) || by("name")(a, b))
		.map(({ name }) => String(name));
}

export function labelOf(machine: string, { machines }: Member): string {
	return machines.find(({ uuid }) => uuid === machine)?.label ?? "";
}

function placeOf(sort: string, session: string, own: readonly NaivePart[], member: Member): string | number {
	const sum = sumOf(own);
	const times = own.map(({ at }) => at);
	const first = times.reduce((a, b) => Math.min(a, b));
	switch (sort) {
		case "session":
			return session;
		case "project":
			return placed(
				mainOf(own, ({ project }) => project),
				(name) => readAs(name, member),
			);
		case "machine":
			return placed(
				mainOf(own, ({ machine }) => machine),
				(uuid) => labelOf(uuid, member),
			);
		case "branch":
			return branchesOf(own)[0] ?? "";
		case "models":
			return modelsOf(own)[0] ?? "";
		case "length":
			return times.reduce((a, b) => Math.max(a, b)) - first;
		case "responses":
			return sum.responses;
		case "tokens":
			return sum.totalTokens;
		case "cost":
			return sum.totalCost;
		case "subagents": {
			const part = sumOf(own.filter(({ isApart }) => isApart)).totalCost;
			return sum.totalCost === 0 ? -1 : part / sum.totalCost;
		}
		default:
			return first;
	}
}

/** An alias, or the last folder. */
function readAs(project: string, { aliases }: Member): string {
	return aliases.get(project) ?? lastOf(project);
}

function lastOf(path: string): string {
	return path.slice(path.lastIndexOf("/") + 1);
}

/** What people read of a name, and then the whole of it. */
function placed(name: string, read: (name: string) => string): string {
	return `${read(name).toLowerCase()} ${name}`;
}

function compare(a: string | number, b: string | number): number {
	return a < b ? -1 : Number(a > b);
}

/** The table of projects, in the order that is asked for. */
export function projectTable({ parts, query, member }: Counting): Row[] {
	const { aliases } = member;
	const wanted = (query.parameters.get("q") ?? "").trim().toLowerCase();
	const used = passing(parts, query);
	const all = sumOf(used).totalCost;
	const sort = query.parameters.get("sort") ?? "cost";
	const sign = (query.parameters.get("order") ?? (sort === "project" ? "asc" : "desc")) === "asc" ? 1 : -1;
	return [...Map.groupBy(used, ({ project }) => project)]
		.filter(([project]) =>
			[project, aliases.get(project) ?? ""].some((name) => name.toLowerCase().includes(wanted)),
		)
		.map(([project, own]): Row => {
			const sum = sumOf(own);
			return {
				project,
				alias: aliases.get(project) ?? null,
				share: all === 0 ? null : sum.totalCost / all,
				sessions: sessionsOf(parts, query, project),
				machines: new Set(own.map(({ machine }) => machine)).size,
				lastUsed: dateOf(own.reduce((last, { day }) => Math.max(last, day), 0)).toString(),
				models: modelsOf(own).join(", "),
				...sum,
			};
		})
		.sort((a, b) => {
			const [x, y] = [a, b].map((row) => PLACES[sort]?.(row) ?? "") as [string | number, string | number];
			return sign * compare(x, y) || by("totalTokens")(b, a) || by("project")(a, b);
		});
}

const PLACES: Readonly<Record<string, (row: Row) => string | number>> = {
	project: ({ project, alias }) => String(alias ?? lastOf(String(project))).toLowerCase(),
	sessions: ({ sessions }) => Number(sessions),
	machines: ({ machines }) => Number(machines),
	used: ({ lastUsed }) => String(lastUsed),
	responses: ({ responses }) => Number(responses),
	tokens: ({ totalTokens }) => Number(totalTokens),
	cost: ({ totalCost }) => Number(totalCost),
};

/** Sessions that were last active in a project in the query's days. */
function sessionsOf(parts: readonly NaivePart[], query: NaiveQuery, project: string): number {
	const own = passing(parts, query, ANY).filter((part) => part.project === project);
	const lasts = [...Map.groupBy(own, ({ session }) => session).values()].map((session) =>
		session.reduce((last, { day }) => Math.max(last, day), Number.NEGATIVE_INFINITY),
	);
	return lasts.filter((day) => day >= query.days.since && day <= query.days.until).length;
}
