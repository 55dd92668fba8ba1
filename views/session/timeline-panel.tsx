import type { SessionView } from "../../src/usage/session-query.ts";
import { JsonIsland } from "../parts/json-island.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { costOf, counted, short, whole } from "../parts/words.ts";
import type { SessionData } from "../session.tsx";
import { PlainTimeline } from "./plain-timeline.tsx";
import type { Timeline, TimelineBar } from "./timeline-data.ts";

type Props = {
	data: SessionData;
	timeline: Timeline;
	view: SessionView;
	seriesOf: (model: string) => number;
};

/** What the read-out names, in the order of a bar's words. */
const PARTS = ["number", "time", "model", "lane", "cost", "context", "written", "read", "said"] as const;
const NAMES: Partial<Record<(typeof PARTS)[number], string>> = {
	cost: "cost",
	context: "context",
	written: "cache written",
	read: "read",
};

/** Cost, running total, context and sub-agents over one time axis, and the response that is pointed at. */
export function TimelinePanel({ data, timeline, view, seriesOf }: Props) {
	const selected = selectedOf(timeline, data, view);
	const bar = timeline.bars[selected];
	return (
		<section class="card timeline" id="timeline" aria-labelledby="timeline-title">
			<div class="card-head timeline-head">
				<h2 id="timeline-title">Timeline</h2>
				<Legend data={data} seriesOf={seriesOf} />
			</div>
			{bar === undefined ? (
				<p class="card-empty">No response of this session is kept one by one.</p>
			) : (
				<>
					<div class="timeline-plot" data-lanes={String(timeline.lanes.length)}>
						<ReadOut bar={bar} view={view} />
						<canvas
							data-chart="timeline"
							role="img"
							aria-label={escapeAttribute(summaryOf(data, timeline))}
						/>
						<noscript>
							<PlainTimeline timeline={timeline} />
						</noscript>
					</div>
					<JsonIsland id="timeline-data" data={islandOf(timeline, view, selected)} />
					<Rules data={data} timeline={timeline} />
				</>
			)}
			<Numbers id="timeline" of="Timeline" view={view} />
		</section>
	);
}

function Legend({ data, seriesOf }: Pick<Props, "data" | "seriesOf">) {
	const kinds = new Set(data.responses.map(({ cacheBreak }) => cacheBreak?.kind));
	return (
		<ul class="legend" aria-label="Legend">
			{data.session.models.map(({ model }) => (
				<li class="legend-item">
					<span class={["swatch", `series-${seriesOf(model)}`]} />
					<span class="legend-name" safe>
						{model}
					</span>
				</li>
			))}
			{kinds.has("miss") ? <Mark kind="miss" name="Cache miss" /> : null}
			{kinds.has("expired") ? <Mark kind="expired" name="Cache expired" /> : null}
		</ul>
	);
}

function Mark({ kind, name }: { kind: "miss" | "expired"; name: string }) {
	return (
		<li class="legend-item">
			<svg
				class={`timeline-mark timeline-${kind}`}
				width="10"
				height="10"
				viewBox="0 0 10 10"
				aria-hidden="true"
				focusable="false"
			>
				<path d="M5 1 9 8.5H1Z" />
			</svg>
			<span safe>{name}</span>
		</li>
	);
}

/** The response under the cross-hair. It has what was last pointed at; the script changes its words. */
function ReadOut({ bar, view }: { bar: TimelineBar; view: SessionView }) {
	return (
		<div class="readout" aria-live="polite">
			{PARTS.map((part, i) => (
				<span class={`readout-${part}`}>
					{part === "model" ? <span class={["swatch", `series-${bar.series}`]} data-swatch="" /> : null}
					{NAMES[part] === undefined ? null : <span class="readout-name" safe>{`${NAMES[part]} `}</span>}
					<span data-part={String(i)} title={escapeAttribute(bar.words[i] ?? "")} safe>
						{bar.words[i] ?? ""}
					</span>
				</span>
			))}
			<a class="readout-link" id="to-response" href={escapeAttribute(hrefOf(view, bar.key))}>
				Show in the list
			</a>
		</div>
	);
}

/** What the marks mean, and what the picture leaves out. */
function Rules({ data, timeline }: Pick<Props, "data" | "timeline">) {
	const kinds = new Set(data.responses.map(({ cacheBreak }) => cacheBreak?.kind));
	const sentences: string[] = [];
	if (timeline.summed > 1) {
		sentences.push(
			`Each bar sums up to ${whole(timeline.summed)} responses that follow each other; the list has every one.`,
		);
	}
	if (timeline.pauses.length > 0) sentences.push("Pauses of more than 30 min are drawn short.");
	if (timeline.changed > 0) sentences.push(changeWords(timeline));
	if (kinds.has("miss") || kinds.has("expired")) {
		sentences.push(
			"Cache miss: a response read less than half of what the one before it, of the same line and model, read and wrote, though its prompt was as long, and within the cache's life: 5 min, or 1 h where it was written for an hour. Cache expired: the same after a longer pause. Both are told by counters alone.",
		);
	}
	if (sentences.length === 0) return null;
	return (
		<p class="timeline-rules" safe>
			{sentences.join(" ")}
		</p>
	);
}

function changeWords({ changed, changes }: Timeline): string {
	const lines =
		changes.length === changed
			? "(dotted lines)"
			: `(${counted(changes.length, "dotted line")}: where changes lie close together, one stands for all of them)`;
	return `The model of the main line changed ${counted(changed, "time")} ${lines}.`;
}

function selectedOf({ bars }: Timeline, data: SessionData, { query: { response } }: SessionView): number {
	const place = data.bars.findIndex((bar) => bar.responses.some(({ key }) => key === response));
	return place === -1 ? bars.length - 1 : place;
}

function hrefOf(view: SessionView, response: string): string {
	return view.href({ show: "all", response });
}

/** The timeline in one sentence, for those who cannot see it. */
function summaryOf({ session, responses, agents }: SessionData, { window }: Timeline): string {
	const largest = responses.reduce((most, { context }) => Math.max(most, context), 0);
	const of = window === undefined ? "" : ` of ${whole(window)}`;
	const by = agents.lanes === 0 ? "" : ` by the main line and ${counted(agents.lanes, "sub-agent")}`;
	return `${counted(session.responses, "response")}${by} cost ${costOf(session)}; the largest context was ${short(largest)}${of} tokens. The list below has every response.`;
}

/** What `public/charts/timeline.ts` draws; it declares the same shape. */
function islandOf(timeline: Timeline, view: SessionView, selected: number) {
	const { bars, ticks, pauses, changes, lanes, window } = timeline;
	return {
		bars: bars.map(({ place, cost, running, context, series, mark, key, words }) => [
			place,
			cost,
			running,
			context ?? null,
			series,
			mark,
			key,
			words,
		]),
		ticks: ticks.map(({ place, label }) => [place, label]),
		pauses: pauses.map(({ from, until, label }) => [from, until, label]),
		changes,
		lanes: lanes.map(({ label, spans }) => [label, spans]),
		window: window ?? 0,
		windowLabel: window === undefined ? "" : `window of ${whole(window)} tokens`,
		selected,
		href: hrefOf(view, ""),
	};
}
