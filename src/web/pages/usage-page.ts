import { EmptyPage } from "../../../views/empty.tsx";
import type { PageName } from "../../../views/parts/navigation.tsx";
import type { PageProps } from "../../../views/usage-page.tsx";
import { findFirstDay, type KnownNames, listKnownNames } from "../../reports/first-use.ts";
import { filterOf } from "../../reports/overview.ts";
import { listReportedDays } from "../../reports/reported.ts";
import { dayText, ZoneClock } from "../../usage/day.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import { COMPARISONS, RANGES } from "../../usage/period.ts";
import type { Row } from "../../usage/table-row.ts";
import { View, type ViewKind } from "../../usage/view.ts";
import type { Days, ViewQuery } from "../../usage/view-query.ts";
import { csv, json } from "../api/rows.ts";
import { NOT_FOUND, ProblemError } from "../errors.ts";
import { loginCommand } from "../people/login-command.ts";
import { type Ask, type Route, route } from "../route.ts";
import { shellOf } from "../shell.ts";
import type { UsageSource } from "../source.ts";
import { withoutDone } from "../tell-done.ts";
import { page as asPage } from "./page.ts";

/** What a page is read for. */
export type Reading<Query extends ViewQuery> = {
	source: UsageSource;
	query: Query;
	/** The query's days and names. */
	filter: UsageFilter;
	/** The present day, as a number. */
	today: number;
	/** Epoch ms. */
	now: number;
	/** How many rows of a list are wanted. */
	most: number;
	/** What stands in the path. */
	params: Readonly<Record<string, string>>;
	/** All names that the person's usage has, asked for once. */
	known(): Promise<KnownNames>;
};

/** A page of usage and the numbers of its panels: one query, one reading, shown as a page, as JSON or as CSV. */
export type UsagePage<Query extends ViewQuery, Data> = {
	/** Its address, with `:name` for what differs. */
	path: string;
	/** The same for its numbers, below `/api/views/`. */
	name: string;
	title: string;
	/** Where navigation stands. */
	current: PageName;
	/** How many rows a list has on the page; its numbers have all, up to {@link MOST_ROWS}. */
	listed: number;
	/** What its own parameters take, for the API's description. */
	parameters: Readonly<Record<string, string | readonly string[]>>;
	parse(parameters: URLSearchParams, days: Days): Query;
	kindOf(params: Readonly<Record<string, string>>): ViewKind<Query>;
	/** @throws ProblemError for what is not there */
	read(reading: Reading<Query>): Promise<Data>;
	render(props: PageProps<Query, Data>): JSX.Element;
	/** The rows behind each panel, as its link to JSON and CSV gives them. */
	panels: Readonly<Record<string, (data: Data, query: Query) => Row[]>>;
	/** What the rows add up to, where that is known otherwise. */
	totals?: (data: Data) => Row;
};

/** A list of numbers is no longer than this. */
export const MOST_ROWS = 10_000;

/** The page itself. */
export function pageRoute<Query extends ViewQuery, Data>(page: UsagePage<Query, Data>): Route {
	return route({
		method: "GET",
		path: page.path,
		access: "page",
		text: { summary: `The page: ${page.title}` },
		async answer(ask, viewer) {
			const { source, account } = viewer;
			const shell = shellOf(ask, viewer, page.title);
			const reading = await readingOf(page, ask, source, page.listed);
			const [known, data] = await Promise.all([reading.known(), page.read(reading)]);
			if (known.models.length === 0) {
				const { filter, query } = reading;
				const reported = await listReportedDays(source.db, source.asker, filter);
				const login = account && loginCommand(ask.origin);
				const besides = { reported, period: query.period };
				const looked = [...source.looked];
				const empty = EmptyPage({ shell, current: page.current, looked, login, besides });
				return withoutDone(asPage(empty), shell.done);
			}
			const view = new View(page.kindOf(ask.params), reading.query);
			const markup = page.render({ shell, view, known, today: reading.today, data });
			return withoutDone(asPage(markup), shell.done);
		},
	});
}

/** The numbers of its panels. */
export function numbersRoute<Query extends ViewQuery, Data>(page: UsagePage<Query, Data>): Route {
	return route({
		method: "GET",
		path: `/api/views/${page.name}/:panel`,
		access: "read",
		text: {
			summary: `The numbers behind a panel of the page ${page.title}, for the page's own query`,
			query: numbersQuery(page),
			note: `Panels: ${Object.keys(page.panels).join(", ")}. Up to ${MOST_ROWS.toLocaleString("en-US")} rows.`,
			types: ["application/json"],
		},
		answer: (ask, { source }) => answerNumbers(page, ask.params.panel ?? "", ask, source),
	});
}

/** What is asked of a page's numbers. */
export function numbersQuery<Query extends ViewQuery, Data>({
	parameters,
}: UsagePage<Query, Data>): Readonly<Record<string, string | readonly string[]>> {
	return {
		range: RANGES,
		from: "a day such as 2026-11-24, with range=custom",
		to: "a day",
		compare: COMPARISONS,
		...parameters,
		project: "a name, or one with ! before it to leave it out; any number of times",
		model: "as project",
		machine: "as project, by UUID",
		format: ["json", "csv"],
	};
}

/**
 * The numbers behind a panel, as JSON or as CSV.
 *
 * @throws ProblemError where the page has no such panel
 */
export async function answerNumbers<Query extends ViewQuery, Data>(
	page: UsagePage<Query, Data>,
	panel: string,
	ask: Pick<Ask, "url" | "now" | "params">,
	source: UsageSource,
): Promise<Response> {
	const rowsOf = Object.hasOwn(page.panels, panel) ? page.panels[panel] : undefined;
	if (!rowsOf) throw new ProblemError(NOT_FOUND);
	const reading = await readingOf(page, ask, source, MOST_ROWS);
	const data = await page.read(reading);
	const rows = rowsOf(data, reading.query);
	if (ask.url.searchParams.get("format") === "csv") return csv(panel, rows);
	const { since, until } = reading.query.period;
	return json({
		panel,
		timezone: source.zone,
		since: dayText(since),
		until: dayText(until),
		rows,
		...(page.totals ? { totals: page.totals(data) } : {}),
	});
}

/** What a page is read for, where somebody asks for an address. */
export async function readingOf<Query extends ViewQuery, Data>(
	page: UsagePage<Query, Data>,
	{ url, now, params }: Pick<Ask, "url" | "now" | "params">,
	source: UsageSource,
	most: number,
): Promise<Reading<Query>> {
	const { db, asker, zone } = source;
	const today = new ZoneClock(zone).dayAt(now);
	const firstDay = (await findFirstDay(db, asker, { zone })) ?? today;
	const query = page.parse(url.searchParams, { today, firstDay });
	const filter = filterOf(query, query.period, source);
	let names: Promise<KnownNames> | undefined;
	const known = () => {
		names ??= listKnownNames(db, asker);
		return names;
	};
	return { source, query, filter, today, now, most, params, known };
}
