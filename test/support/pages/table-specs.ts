import type { Panel, Row } from "./page-visit.ts";
import {
	count,
	money,
	moneyOrDash,
	named,
	rounded,
	share,
	signed,
	type Want,
	type Written,
	words,
} from "./written.ts";

/** What a cell has to say of a row; `undefined` for what is told in other words elsewhere. */
export type Column = (row: Row, panel: Panel) => Want | undefined;

/** How rows of numbers stand in a table, by the heads of its columns. */
export type TableSpec = {
	columns: Readonly<Record<string, Column>>;
	/** The sums under it, of the rows that it shows. */
	foot?: Readonly<Record<string, Column>>;
	/** Where its first row is found among all rows, by the first cell. */
	startsAt?: (written: Written) => (row: Row) => boolean;
	/** The last row stands first. */
	isTurned?: boolean;
};

const number = (row: Row, name: string) => Number(row[name] ?? 0);
const counted =
	(name: string): Column =>
	(row) =>
		count(number(row, name));
const cost: Column = (row) => money(number(row, "totalCost"), number(row, "unpricedResponses"));
const tokens = counted("totalTokens");
const responses = counted("responses");
const name =
	(field: string): Column =>
	(row) =>
		named(String(row[field]));
const ofAll: Column = (row, { totals }) =>
	share(number(totals, "totalCost") === 0 ? null : number(row, "totalCost") / number(totals, "totalCost"));
const partOf =
	(field: string): Column =>
	(row) =>
		share(row[field] as number | null);
const unread: Column = () => undefined;

const rate =
	(field: string): Column =>
	(row) =>
		row.input === undefined ? undefined : money(number(row, field));
const metricOf = ({ href }: Panel) => new URLSearchParams(href.split("?")[1]).get("metric") ?? "cost";

/** What a metric of the pages of patterns comes to. */
const total: Column = (row, panel) => {
	const metric = metricOf(panel);
	if (metric === "tokens") return tokens(row, panel);
	if (metric === "responses") return responses(row, panel);
	return moneyOrDash(number(row, "totalCost"), number(row, "unpricedResponses"));
};

/** Money to the cent, tokens with three digits, responses with one decimal below ten. */
const average: Column = (row, panel) => {
	const metric = metricOf(panel);
	if (metric === "cost") return row.averageCost === null ? words("–") : money(number(row, "averageCost"));
	if (metric === "tokens") return rounded(row.averageTokens as number | null);
	return rounded(row.averageResponses as number | null);
};

const ranked = (head: string, field: string): TableSpec => ({
	columns: {
		[head]: name(field),
		Tokens: tokens,
		Share: ofAll,
		Cost: cost,
	},
});

const modelColumns: Record<string, Column> = {
	Responses: responses,
	Input: counted("inputTokens"),
	Output: counted("outputTokens"),
	"Cache write": counted("cacheCreationTokens"),
	"Cache read": counted("cacheReadTokens"),
	Cost: cost,
};

const sums: Record<string, Column> = { Responses: responses, Tokens: tokens, Cost: cost };

/** The tables of pages that have a row for each row of their numbers. */
export const TABLES: Readonly<Record<string, TableSpec>> = {
	"overview/projects": ranked("Project", "project"),
	"overview/models": ranked("Model", "model"),
	"overview/machines": ranked("Machine", "machine"),
	"overview/sessions": {
		columns: {
			Session: name("sessionId"),
			Project: name("projectPath"),
			"Last active": unread,
			Length: (row) => words(length(row)),
			Responses: responses,
			Cost: cost,
		},
	},
	"overview/plan": {
		columns: {
			Month: (row) => words(monthWords(String(row.month))),
			"At list price": cost,
			Times: (row) => words(timesWords(Number(row.factor))),
			Pays: (row) => words(PLAN_NAMES[String(row.paysFor)] ?? "no plan"),
		},
		isTurned: true,
	},
	"blocks/course": {
		columns: {
			When: unread,
			Responses: responses,
			Cost: (row) => moneyOrDash(number(row, "totalCost"), number(row, "responses") > 0 ? 0 : 0),
			"Cost so far": (row) => (row.runningCost === null ? words("–") : money(Number(row.runningCost))),
			Projection: (row) => (row.projectedCost === null ? words("–") : money(Number(row.projectedCost))),
		},
	},
	"blocks/bars": {
		columns: { Block: unread, Responses: responses, Tokens: tokens, Cost: cost },
		isTurned: true,
	},
	"blocks/history": {
		columns: {
			Block: unread,
			"In use": (row) => words(length(row)),
			"Gap before": unread,
			Machines: unread,
			Models: unread,
			Responses: responses,
			Tokens: tokens,
			Cost: cost,
		},
	},
	"patterns/weekdays": {
		columns: { Day: name("weekday"), Days: counted("days"), Average: average, Total: total },
	},
	"patterns/hours": {
		columns: {
			Hour: (row) => words(hourWords(Number(row.hour))),
			Cost: (row) => moneyOrDash(number(row, "totalCost"), number(row, "unpricedResponses")),
			Tokens: tokens,
			Responses: responses,
		},
	},
	"models/models": {
		columns: {
			Model: name("model"),
			"Share of cost": partOf("share"),
			"Share of tokens": partOf("share"),
			"Share of responses": partOf("share"),
			"Cache hits": partOf("cacheHitShare"),
			Saved: (row) => signed(number(row, "cacheSavings")),
			"Last used": unread,
			"Per 1,000 out": (row) => signed(row.costPerThousandOutputTokens as number | null),
			...modelColumns,
		},
		foot: modelColumns,
	},
	"models/what-if": {
		columns: {
			Used: name("model"),
			Tokens: tokens,
			Cost: cost,
			On: (row) => money(number(row, "otherCost")),
			Difference: (row) => signed(row.difference as number | null),
		},
		foot: { Tokens: tokens, Cost: cost, On: (row) => money(number(row, "otherCost")) },
	},
	"models/prices": {
		columns: {
			Model: name("model"),
			"In force": unread,
			Input: rate("input"),
			Output: rate("output"),
			"Write 5 m": rate("cacheWrite5m"),
			"Write 1 h": rate("cacheWrite1h"),
			"Cache read": rate("cacheRead"),
			Fast: unread,
			Region: unread,
			Source: unread,
		},
	},
	"projects/projects": {
		columns: {
			Project: name("project"),
			Share: partOf("share"),
			Trend: unread,
			Models: unread,
			Sessions: counted("sessions"),
			Machines: counted("machines"),
			"Last used": unread,
			...sums,
		},
		foot: sums,
	},
	"projects/branches": {
		columns: {
			Branch: name("branch"),
			Share: unread,
			...sums,
		},
	},
	"sessions/sessions": {
		columns: {
			Session: name("sessionId"),
			Start: unread,
			Project: name("projectPath"),
			Branch: name("branch"),
			Models: unread,
			Length: (row) => words(length(row)),
			"Sub-agents": (row) =>
				share(number(row, "totalCost") === 0 ? null : number(row, "subagentCost") / number(row, "totalCost")),
			Machine: name("label"),
			...sums,
		},
		foot: sums,
		startsAt:
			({ title }) =>
			(row) =>
				row.sessionId === title,
	},
	"session/responses": {
		columns: {
			"#Number": counted("number"),
			Time: name("time"),
			Model: name("model"),
			Agent: unread,
			Input: counted("inputTokens"),
			Output: counted("outputTokens"),
			"Cache write": counted("cacheCreationTokens"),
			"Cache read": counted("cacheReadTokens"),
			Context: counted("context"),
			Marks: unread,
			Cost: cost,
		},
		startsAt:
			({ text }) =>
			(row) =>
				row.number === Number(text.replace(/,/g, "")),
	},
};

const PLAN_NAMES: Readonly<Record<string, string>> = { pro_17: "Pro", max_100: "Max 5x", max_200: "Max 20x" };

/** `November 2026` */
function monthWords(month: string): string {
	return Temporal.PlainDate.from(`${month}-01`).toLocaleString("en-GB", { month: "long", year: "numeric" });
}

function timesWords(factor: number): string {
	if (factor > 0 && factor < 0.05) return "<0.1×";
	return factor < 9.95 ? `${factor.toFixed(1)}×` : `${Math.round(factor).toLocaleString("en-US")}×`;
}

function length(row: Row): string {
	const minutes = Math.round(
		(Date.parse(String(row.lastActivity)) - Date.parse(String(row.firstActivity))) / 60_000,
	);
	if (minutes >= 48 * 60) return `${Math.floor(minutes / 1_440)} d ${Math.floor(minutes / 60) % 24} h`;
	return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

export function hourWords(hour: number): string {
	return [hour, hour + 1].map((at) => `${String(at).padStart(2, "0")}:00`).join(" – ");
}
