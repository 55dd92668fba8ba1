import type { BlockRow } from "../src/reports/blocks.ts";
import type { KnownNames } from "../src/reports/first-use.ts";
import type { Span } from "../src/reports/overview.ts";
import type { TopSessionRow } from "../src/reports/top-sessions.ts";
import { type OverviewQuery, overviewQueryText } from "../src/usage/overview-query.ts";
import { lengthOf } from "../src/usage/period.ts";
import type { Exact } from "../src/usage/usage.ts";
import { Layout, type Shell } from "./layout.tsx";
import { BlockPanel } from "./overview/block-panel.tsx";
import { type Calendar, CalendarPanel } from "./overview/calendar-panel.tsx";
import { chartOf, coloursOf, presentBucket, shownNames } from "./overview/chart-data.ts";
import { FilterBar } from "./overview/filter-bar.tsx";
import { METRIC_NAMES, measure, UNITS, written } from "./overview/measure.ts";
import { type Ranked, RankedPanel, type RankedRow } from "./overview/ranked-panel.tsx";
import { ReportedBanner, type ReportedDays } from "./overview/reported-banner.tsx";
import { SeriesPanel } from "./overview/series-panel.tsx";
import { SessionsPanel } from "./overview/sessions-panel.tsx";
import { StatStrip } from "./overview/stat-strip.tsx";
import { SampleBanner } from "./parts/banner.tsx";
import { dayOf, moment, periodWords } from "./parts/days.ts";
import { labelsOf } from "./parts/names.ts";
import type { PanelName } from "./parts/navigation.tsx";
import { PageHead, silentDays } from "./parts/page-head.tsx";

export { EmptyPage } from "./empty.tsx";
export type { Shell } from "./layout.tsx";
export type { Ranked } from "./overview/ranked-panel.tsx";

export type OverviewProps = {
	shell: Shell;
	query: OverviewQuery;
	known: KnownNames;
	/** The present day, as a number. */
	today: number;
	/** The period. */
	span: Span;
	/** The compared period; slots align by position. */
	before: Span | undefined;
	projects: Ranked;
	models: Ranked;
	machines: Ranked;
	sessions: { rows: TopSessionRow[]; count: number };
	calendar: Calendar;
	/** The block that runs, if one does. */
	block: BlockRow | undefined;
	/** Totals of the period that came instead of responses. */
	reported: ReportedDays;
	/** What is missing in the cost. */
	unpriced: { models: string[]; tokens: Exact };
};

const PANELS: readonly PanelName[] = ["sessions", "block", "calendar", "projects", "models", "machines"];

/** What Claude Code cost, over time and by everything: the page that answers most questions. */
export function OverviewPage(props: OverviewProps) {
	const { shell, query, known, today, span, before, sessions, calendar, block, unpriced } = props;
	const { zone, now } = shell;
	const labels = labelsOf(known);
	const until = moment(shell.asOf, zone, dayOf(now, zone));
	const isRunningDay = lengthOf(query.period) === 1 && query.period.until === today;
	const silent = known.machines.some((machine) => silentDays(machine, now) !== undefined);
	return (
		<Layout
			shell={shell}
			title={`${shell.title}: ${METRIC_NAMES[query.metric].toLowerCase()}, ${periodWords(query.period)}`}
			summary={summaryOf(props)}
			panels={PANELS}
			silent={silent}
			next={`/${overviewQueryText(query)}`}
		>
			<PageHead shell={shell} machines={known.machines} />
			{shell.sample ? <SampleBanner /> : null}
			<ReportedBanner reported={props.reported} period={query.period} />
			<FilterBar query={query} known={known} labels={labels} today={today} />
			<section class="card card-chart" aria-labelledby="series-title" id="series">
				<h2 class="reader" id="series-title" safe>{`${METRIC_NAMES[query.metric]} over time`}</h2>
				<StatStrip
					query={query}
					span={span}
					before={before}
					partial={isRunningDay ? `until ${until}, partial` : undefined}
				/>
				<SeriesPanel
					query={query}
					span={span}
					chart={chartOf({
						query,
						span,
						before,
						labels,
						colours: stackColours(props),
						present: presentBucket(span, now, zone, today),
					})}
					until={until}
					unpriced={unpriced}
				/>
			</section>
			<div class="panels">
				<SessionsPanel sessions={sessions} query={query} labels={labels} zone={zone} today={today} />
				<BlockPanel block={block} query={query} zone={zone} now={now} />
				<Breakdowns {...props} />
				<CalendarPanel calendar={calendar} query={query} />
			</div>
		</Layout>
	);
}

function Breakdowns(props: OverviewProps) {
	const { shell, query, known, span, projects, models, machines } = props;
	const labels = labelsOf(known);
	const colours = modelColours(props);
	const lastSeen = new Map(known.machines.map((machine) => [machine.uuid, machine]));
	const silence = ({ name }: RankedRow) => {
		const machine = lastSeen.get(name);
		const days = machine && silentDays(machine, shell.now);
		return { tag: days === undefined ? undefined : `Silent ${days} d` };
	};
	const byPath = {
		...projects,
		rows: projects.rows.map((row) => ({ ...row, label: labels.project(row.name) })),
	};
	const total = span.usage.costNanoUsd;
	return (
		<>
			<RankedPanel
				panel="projects"
				title="Projects"
				field="project"
				ranked={byPath}
				total={total}
				query={query}
			/>
			<RankedPanel
				panel="models"
				title="Models"
				field="model"
				ranked={models}
				total={total}
				query={query}
				marksOf={({ name }) => ({ series: colours.get(name) ?? 8 })}
			/>
			<RankedPanel
				panel="machines"
				title="Machines"
				field="machine"
				ranked={machines}
				total={total}
				query={query}
				marksOf={silence}
			/>
		</>
	);
}

/** Colours of what the chart's bars are stacked by. */
function stackColours(props: OverviewProps): Map<string, number> {
	const { query, known, span } = props;
	if (query.by === "model") return modelColours(props);
	const shown = shownNames(query.metric, span);
	if (query.by === "project") return coloursOf(known.projects, shown);
	if (query.by === "kind") return coloursOf(KINDS, KINDS);
	return coloursOf(
		known.machines.map(({ uuid }) => uuid),
		shown,
	);
}

/** In the order of `TOKEN_KINDS`. */
const KINDS = ["Cache read", "Cache write", "Input", "Output"];

/** A model has one colour in the chart and in the list. */
function modelColours({ query, known, span, models }: OverviewProps): Map<string, number> {
	const inChart = query.by === "model" ? shownNames(query.metric, span) : [];
	return coloursOf(known.models, [...new Set([...inChart, ...models.rows.map(({ name }) => name)])]);
}

/** What readers are told when the page changes. */
function summaryOf({ query, span }: OverviewProps): string {
	const number = written(UNITS[query.metric], measure(query.metric, span));
	return `${METRIC_NAMES[query.metric]} ${number}, ${periodWords(query.period)}.`;
}
