import type { Account } from "../src/account/account.ts";
import { totalTokens, type Usage } from "../src/usage/usage.ts";
import type { AnyView } from "../src/usage/view.ts";
import type { ViewQuery } from "../src/usage/view-query.ts";
import { Layout } from "./layout.tsx";
import { date, moment, periodWords } from "./parts/days.ts";
import { FilterBar } from "./parts/filter-bar.tsx";
import { type Labels, labelsOf } from "./parts/names.ts";
import { NumberHeads } from "./parts/number-heads.tsx";
import { PageHead } from "./parts/page-head.tsx";
import { escapeAttribute } from "./parts/safe-url.ts";
import { costOf, counted, duration, short, whole } from "./parts/words.ts";
import type { ProjectsData } from "./projects.tsx";
import type { SessionsData } from "./sessions.tsx";
import type { PageProps } from "./usage-page.tsx";

/** Somebody's projects and sessions, for an admin to look at and not to change. */
export type OpenedUsageProps = PageProps<
	ViewQuery,
	{ account: Account; projects: ProjectsData; sessions: SessionsData }
>;

export function OpenedUsagePage({ shell, view, known, today, data }: OpenedUsageProps) {
	const { account, projects, sessions } = data;
	const days = periodWords(view.query.period);
	const labels = labelsOf(known);
	return (
		<Layout
			shell={shell}
			title={`${shell.title}: projects and sessions, ${days}`}
			summary={`${account.username}: ${counted(projects.count, "project")}, ${counted(sessions.count, "session")}, ${days}.`}
			silent={false}
			hrefOf={(path) => path}
			next={view.href()}
		>
			<PageHead shell={shell} machines={known.machines} href={view.href()} />
			<p class="looked-at-note">
				<a href="/admin">All people</a>{" "}
				<span safe>
					{`What ${account.username} sees of these days, in ${shell.zone}. That you look is in ${account.username}'s audit log.`}
				</span>
			</p>
			<FilterBar view={view} known={known} labels={labels} today={today} compares={false} />
			<div class="looked-at-lists">
				<section class="card" id="projects" aria-labelledby="projects-title">
					<div class="card-head">
						<h2 id="projects-title">Projects</h2>
						<Files account={account} name="projects" view={view} />
					</div>
					<ProjectList data={projects} labels={labels} />
				</section>
				<section class="card" id="sessions" aria-labelledby="sessions-title">
					<div class="card-head">
						<h2 id="sessions-title">Sessions</h2>
						<p class="card-sub">the newest first</p>
						<Files account={account} name="sessions" view={view} />
					</div>
					<SessionList data={sessions} labels={labels} zone={shell.zone} today={today} />
				</section>
			</div>
		</Layout>
	);
}

/** The same numbers, and those that are not listed, as files. */
function Files({ account, name, view }: { account: Account; name: string; view: AnyView }) {
	const query = new URLSearchParams(view.parameters()).toString();
	const json = `/api/admin/users/${account.id}/${name}${query === "" ? "" : `?${query}`}`;
	const csv = `${json}${query === "" ? "?" : "&"}format=csv`;
	return (
		<p class="looked-at-files" hx-boost:inherited="false">
			<a href={escapeAttribute(csv)} download="">
				CSV<span class="reader" safe>{`: ${name}`}</span>
			</a>{" "}
			<a href={escapeAttribute(json)}>
				JSON<span class="reader" safe>{`: ${name}`}</span>
			</a>
		</p>
	);
}

function ProjectList({ data: { rows, count, total }, labels }: { data: ProjectsData; labels: Labels }) {
	if (rows.length === 0) return <p class="card-empty">None in these days.</p>;
	return (
		<>
			<section class="admin-scroll" tabindex="0" aria-label="Table of projects">
				<table class="table looked-at-table">
					<thead>
						<tr>
							<th scope="col">Project</th>
							<th scope="col">Last used</th>
							<NumberHeads names={["Sessions", "Tokens", "Cost"]} />
						</tr>
					</thead>
					<tbody>
						{rows.map((row) => (
							<tr>
								<RowHead name={labels.project(row.project)} detail={row.project} />
								<td class="table-quiet" data-name="Last used" safe>
									{date(row.lastDay)}
								</td>
								<td class="table-number" data-name="Sessions" safe>
									{whole(row.sessions)}
								</td>
								<Amounts usage={row} />
							</tr>
						))}
					</tbody>
				</table>
			</section>
			<p class="card-foot" safe>
				{`${whole(rows.length)} of ${whole(count)}, ${costOf(total)} in all, hidden ones included.`}
			</p>
		</>
	);
}

function SessionList({
	data: { rows, count, usage },
	labels,
	zone,
	today,
}: {
	data: SessionsData;
	labels: Labels;
	zone: string;
	today: number;
}) {
	if (rows.length === 0) return <p class="card-empty">None in these days.</p>;
	return (
		<>
			<section class="admin-scroll" tabindex="0" aria-label="Table of sessions">
				<table class="table looked-at-table">
					<thead>
						<tr>
							<th scope="col">Session</th>
							<th scope="col">Start</th>
							<NumberHeads names={["Length", "Responses", "Tokens", "Cost"]} />
						</tr>
					</thead>
					<tbody>
						{rows.map((row) => (
							<tr>
								<RowHead name={labels.project(row.project)} detail={row.session} />
								<td class="table-quiet" data-name="Start" safe>
									{moment(row.firstAt, zone, today)}
								</td>
								<td class="table-number table-quiet" data-name="Length" safe>
									{duration(row.lastAt - row.firstAt)}
								</td>
								<td class="table-number" data-name="Responses" safe>
									{whole(row.responses)}
								</td>
								<Amounts usage={row} />
							</tr>
						))}
					</tbody>
				</table>
			</section>
			<p class="card-foot" safe>
				{`${whole(rows.length)} of ${whole(count)}, ${costOf(usage)} in all.`}
			</p>
		</>
	);
}

function RowHead({ name, detail }: { name: string; detail: string }) {
	return (
		<th scope="row" class="looked-at-name">
			<bdi safe>{name}</bdi>
			<span class="looked-at-path">
				<bdi safe>{detail}</bdi>
			</span>
		</th>
	);
}

function Amounts({ usage }: { usage: Usage }) {
	const tokens = totalTokens(usage);
	return (
		<>
			<td class="table-number" data-name="Tokens" title={whole(tokens)} safe>
				{short(tokens)}
			</td>
			<td class="table-number table-main" data-name="Cost" safe>
				{costOf(usage)}
			</td>
		</>
	);
}
