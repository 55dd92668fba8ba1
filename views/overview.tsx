import type { BlockRow } from "../src/reports/blocks.ts";
import type { Span } from "../src/reports/overview.ts";
import type { TopSessionRow } from "../src/reports/top-sessions.ts";
import { type OverviewQuery, TOKEN_KINDS } from "../src/usage/overview-query.ts";
import { lengthOf } from "../src/usage/period.ts";
import type { PlanValue } from "../src/usage/plans.ts";
import type { Exact } from "../src/usage/usage.ts";
import { BlockPanel } from "./overview/block-panel.tsx";
import { type Calendar, CalendarPanel } from "./overview/calendar-panel.tsx";
import { chartOf, coloursOf, presentBucket, shownNames } from "./overview/chart-data.ts";
import { METRIC_NAMES, measure, UNITS, written } from "./overview/measure.ts";
import { OpenedBanner } from "./overview/opened-banner.tsx";
import { PlanPanel } from "./overview/plan-panel.tsx";
import { ReportedBanner, type ReportedDays } from "./overview/reported-banner.tsx";
import { SeriesPanel } from "./overview/series-panel.tsx";
import { SessionsPanel } from "./overview/sessions-panel.tsx";
import { StatStrip } from "./overview/stat-strip.tsx";
import { dayOf, moment, periodWords } from "./parts/days.ts";
import { labelsOf } from "./parts/names.ts";
import { silentDays } from "./parts/page-head.tsx";
import { type Ranked, RankedPanel, type RankedRow } from "./parts/ranked-panel.tsx";
import { type PageProps, UsagePage } from "./usage-page.tsx";

/** What the overview shows. */
export type OverviewData = {
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
	/** What the person pays for it, if that is settled. */
	plan: PlanValue | undefined;
	/** Since when (epoch ms) admins may see the person's usage, where the person has not read it yet. */
	openedAt: number | null;
	/** What is missing in the cost. */
	unpriced: { models: string[]; tokens: Exact };
};

export type OverviewProps = PageProps<OverviewQuery, OverviewData>;

/** What Claude Code cost, over time and by everything: the page that answers most questions. */
export function OverviewPage(props: OverviewProps) {
	const { shell, view, known, today } = props;
	const { span, before, sessions, calendar, block, unpriced, reported, plan, openedAt } = props.data;
	const { query } = view;
	const { zone, now } = shell;
	const labels = labelsOf(known);
	const until = moment(shell.asOf, zone, dayOf(now, zone));
	const isRunningDay = lengthOf(query.period) === 1 && query.period.until === today;
	return (
		<UsagePage
			props={props}
			current="overview"
			title={`${shell.title}: ${METRIC_NAMES[query.metric].toLowerCase()}, ${periodWords(query.period)}`}
			summary={summaryOf(props)}
			compares={true}
			banner={() => (
				<>
					{openedAt === null ? null : <OpenedBanner day={dayOf(openedAt, zone)} csrf={shell.account?.csrf} />}
					<ReportedBanner
						reported={reported}
						period={query.period}
						isOnServer={shell.account !== undefined}
					/>
				</>
			)}
		>
			<section class="card card-chart" aria-labelledby="series-title" id="series">
				<h2 class="reader" id="series-title" safe>{`${METRIC_NAMES[query.metric]} over time`}</h2>
				<StatStrip
					view={view}
					span={span}
					before={before}
					partial={isRunningDay ? `until ${until}, partial` : undefined}
				/>
				<SeriesPanel
					view={view}
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
				<SessionsPanel sessions={sessions} view={view} labels={labels} zone={zone} today={today} />
				<BlockPanel block={block} view={view} zone={zone} now={now} />
				<Breakdowns {...props} />
				<CalendarPanel calendar={calendar} view={view} />
				<PlanPanel value={plan} view={view} />
			</div>
		</UsagePage>
	);
}

function Breakdowns(props: OverviewProps) {
	const { shell, view, known } = props;
	const { span, projects, models, machines } = props.data;
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
	const byLabel = {
		...machines,
		rows: machines.rows.map((row) => ({ ...row, label: row.alias ?? row.label })),
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
				view={view}
			/>
			<RankedPanel
				panel="models"
				title="Models"
				field="model"
				ranked={models}
				total={total}
				view={view}
				marksOf={({ name }) => ({ series: colours.get(name) ?? 8 })}
			/>
			<RankedPanel
				panel="machines"
				title="Machines"
				field="machine"
				ranked={byLabel}
				total={total}
				view={view}
				marksOf={silence}
			/>
		</>
	);
}

/** Colours of what the chart's bars are stacked by. */
function stackColours(props: OverviewProps): Map<string, number> {
	const { known } = props;
	const { query } = props.view;
	const { span } = props.data;
	if (query.by === "model") return modelColours(props);
	const shown = shownNames(query.metric, span);
	if (query.by === "project") return coloursOf(known.projects, shown);
	if (query.by === "kind") return coloursOf(TOKEN_KINDS, TOKEN_KINDS);
	return coloursOf(
		known.machines.map(({ uuid }) => uuid),
		shown,
	);
}

/** A model has one colour in the chart and in the list. */
function modelColours({ view, known, data }: OverviewProps): Map<string, number> {
	const { query } = view;
	const { span, models } = data;
	const inChart = query.by === "model" ? shownNames(query.metric, span) : [];
	return coloursOf(known.models, [...new Set([...inChart, ...models.rows.map(({ name }) => name)])]);
}

/** What readers are told when the page changes. */
function summaryOf({ view: { query }, data: { span } }: OverviewProps): string {
	const number = written(UNITS[query.metric], measure(query.metric, span));
	return `${METRIC_NAMES[query.metric]} ${number}, ${periodWords(query.period)}.`;
}
