import type { SessionList } from "../src/reports/session-list.ts";
import type { SessionsQuery } from "../src/usage/sessions-query.ts";
import { coloursOf } from "./overview/chart-data.ts";
import { periodWords } from "./parts/days.ts";
import { labelsOf } from "./parts/names.ts";
import { costOf, counted } from "./parts/words.ts";
import { NoSessions } from "./sessions/no-sessions.tsx";
import { Pager } from "./sessions/pager.tsx";
import { SessionsHead } from "./sessions/sessions-head.tsx";
import { SessionsTable } from "./sessions/sessions-table.tsx";
import { type PageProps, UsagePage } from "./usage-page.tsx";

/** What the list of sessions shows. */
export type SessionsData = SessionList;

export type SessionsProps = PageProps<SessionsQuery, SessionsData>;

/** All sessions of these days, page by page. */
export function SessionsPage(props: SessionsProps) {
	const { shell, view, known, today, data } = props;
	const days = periodWords(view.query.period);
	const models = data.rows.flatMap((row) => row.models.map(({ model }) => model));
	return (
		<UsagePage
			props={props}
			current="sessions"
			title={`${shell.title}, ${days}`}
			summary={`${counted(data.count, "session")}, ${costOf(data.usage)}, ${days}.`}
		>
			<section class="card listed-list" id="sessions" aria-labelledby="sessions-title">
				<SessionsHead view={view} data={data} />
				{data.rows.length === 0 ? (
					<NoSessions view={view} count={data.count} />
				) : (
					<SessionsTable
						view={view}
						data={data}
						labels={labelsOf(known)}
						colours={coloursOf(known.models, [...new Set(models)])}
						zone={shell.zone}
						today={today}
					/>
				)}
			</section>
			{data.rows.length === 0 ? null : <Pager view={view} data={data} />}
		</UsagePage>
	);
}
