import type { Span } from "../../src/reports/overview.ts";
import { METRICS, type Metric, type OverviewView } from "../../src/usage/overview-query.ts";
import { lengthOf } from "../../src/usage/period.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import { escapeAttribute } from "../parts/safe-url.ts";
import { SparkLine } from "../parts/spark-line.tsx";
import { costOf, type Figure, points, shortFigure, whole } from "../parts/words.ts";
import { Delta, savedWords } from "./delta.tsx";
import { METRIC_NAMES, measure } from "./measure.ts";

type Props = {
	view: OverviewView;
	span: Span;
	before: Span | undefined;
	/** Said in place of a comparison while a lone day runs: `until 12:03, partial`. */
	partial: string | undefined;
};

/** The six numbers of a period. Each is a link that makes it the chart's measure: the strip is the chart's tabs. */
export function StatStrip({ view, span, before, partial }: Props) {
	return (
		<nav class="stats" aria-label="What the chart shows">
			{METRICS.map((metric) => (
				<a
					class="stat"
					id={`metric-${metric}`}
					href={escapeAttribute(view.href({ metric }))}
					aria-current={metric === view.query.metric ? "true" : undefined}
				>
					<span class="stat-label" safe>
						{METRIC_NAMES[metric]}
					</span>
					<StatNumber figure={figureOf(metric, span)} exact={exactOf(metric, span)} />
					<Below metric={metric} span={span} before={before} partial={partial} />
					<SparkLine values={span.slots.map((slot) => measure(metric, slot) ?? 0)} />
				</a>
			))}
		</nav>
	);
}

function StatNumber({ figure, exact }: { figure: Figure; exact: string | undefined }) {
	return (
		<span class="stat-number" title={exact}>
			<span safe>{figure.number}</span>
			{figure.unit === "" ? null : <span class="stat-unit" safe>{`\u00a0${figure.unit}`}</span>}
		</span>
	);
}

function Below({ metric, span, before, partial }: { metric: Metric } & Omit<Props, "view">) {
	if (partial !== undefined)
		return (
			<span class="delta" safe>
				{partial}
			</span>
		);
	if (before) return <Delta metric={metric} span={span} before={before} />;
	const days = lengthOf(span.period);
	const words = metric === "cache" ? savedWords(span) : `in ${whole(days)} ${days === 1 ? "day" : "days"}`;
	return (
		<span class="delta" safe>
			{words === "" ? "nothing saved" : words}
		</span>
	);
}

function figureOf(metric: Metric, span: Span): Figure {
	switch (metric) {
		case "cost":
			return { number: costOf(span.usage), unit: "" };
		case "tokens":
			return shortFigure(totalTokens(span.usage));
		case "cache": {
			const share = measure("cache", span);
			return share === undefined ? { number: "–", unit: "" } : { number: points(share), unit: "%" };
		}
		case "days":
			return { number: whole(span.activeDays), unit: `of ${whole(lengthOf(span.period))}` };
		default:
			return { number: whole(measure(metric, span) ?? 0), unit: "" };
	}
}

/** The whole number behind a short one. */
function exactOf(metric: Metric, span: Span): string | undefined {
	return metric === "tokens" ? `${whole(totalTokens(span.usage))} tokens` : undefined;
}
