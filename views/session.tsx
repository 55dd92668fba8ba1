import type { Bar } from "../src/reports/session-bars.ts";
import type { NeighbourRow } from "../src/reports/session-neighbours.ts";
import type { WholeSession } from "../src/reports/session-parts.ts";
import type { ResponseRow } from "../src/reports/session-responses.ts";
import type { CacheBreak } from "../src/usage/cache-breaks.ts";
import type { ResponsePlace, SessionQuery } from "../src/usage/session-query.ts";
import type { Usage } from "../src/usage/usage.ts";
import { coloursOf } from "./overview/chart-data.ts";
import { dayOf, fullDate } from "./parts/days.ts";
import { labelsOf } from "./parts/names.ts";
import { counted } from "./parts/words.ts";
import { SessionFacts } from "./session/facts.tsx";
import { Moments } from "./session/moments.ts";
import { RelatedPanel } from "./session/related-panel.tsx";
import { ResponsesPanel } from "./session/responses-panel.tsx";
import { SessionHead } from "./session/session-head.tsx";
import { timelineOf } from "./session/timeline-data.ts";
import { TimelinePanel } from "./session/timeline-panel.tsx";
import { type PageProps, UsagePage } from "./usage-page.tsx";

/** A response, its number in the session, and what is to be seen at it. */
export type ListedResponse = ResponseRow & {
	number: number;
	isMain: boolean;
	/** Its own prompt, in tokens. */
	context: number;
	cacheBreak: CacheBreak | undefined;
	/** The main line goes on with another model here. */
	isNewModel: boolean;
};

/** What a session's page shows. */
export type SessionData = {
	session: WholeSession;
	/** Those that count, by time. */
	responses: ListedResponse[];
	bars: Bar<ListedResponse>[];
	/** The part of the list that is asked for: how many it has in all, and where its pages begin. */
	list: {
		rows: ListedResponse[];
		count: number;
		/** How many of it come before `rows`. */
		start: number;
		next: ResponsePlace | undefined;
		before: ResponsePlace | undefined;
	};
	agents: { lanes: number; usage: Usage };
	/** What repeats responses of the main line, and counts nowhere. */
	replays: Usage;
	/** What was copied from sessions that are not known. */
	forks: Usage;
	/** The dearest first. */
	branches: string[];
	versions: string[];
	savedNanoUsd: number;
	neighbours: NeighbourRow[];
};

export type SessionProps = PageProps<SessionQuery, SessionData>;

/** One session: what it cost, when, and why. */
export function SessionPage(props: SessionProps) {
	const { shell, view, known, data } = props;
	const { session, responses, bars } = data;
	const { zone } = shell;
	const moments = new Moments(zone, session.firstAt, session.lastAt);
	const labels = labelsOf(known);
	const names = session.models.map(({ model }) => model);
	const colours = coloursOf(known.models, names);
	const seriesOf = (model: string) => colours.get(model) ?? 8;
	const began = `${fullDate(dayOf(session.firstAt, zone))}, ${moments.minute(session.firstAt)}`;
	const timeline = timelineOf(responses, bars, seriesOf, moments);
	return (
		<UsagePage
			props={{ ...props, shell: { ...shell, title: began } }}
			current="sessions"
			title={`Session of ${began}`}
			summary={`Session of ${began}, ${counted(session.responses, "response")}.`}
			filters={false}
		>
			<SessionHead data={data} view={view} labels={labels} />
			<SessionFacts data={data} view={view} moments={moments} />
			<TimelinePanel data={data} timeline={timeline} view={view} seriesOf={seriesOf} />
			<ResponsesPanel data={data} view={view} seriesOf={seriesOf} moments={moments} />
			<RelatedPanel data={data} view={view} zone={zone} today={props.today} />
		</UsagePage>
	);
}
