import { LONGEST_SEARCH, SESSIONS, type SessionsView } from "../../src/usage/sessions-query.ts";
import { View } from "../../src/usage/view.ts";
import { isFiltered } from "../../src/usage/view-query.ts";
import { FILTER_KEY } from "../parts/keys.ts";
import { Numbers } from "../parts/numbers.tsx";
import { QueryFields } from "../parts/query-fields.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { SortMenu } from "../parts/table-head.tsx";
import { costOf, counted } from "../parts/words.ts";
import type { SessionsData } from "../sessions.tsx";
import { COLUMNS, orderOf } from "./columns.ts";

/** What all sessions of the list come to, and what finds some of them. */
export function SessionsHead({ view, data }: { view: SessionsView; data: SessionsData }) {
	// The files have the list from its beginning.
	const whole = new View(SESSIONS, { ...view.query, place: undefined });
	return (
		<>
			<div class="card-head listed-list-head">
				<h2 id="sessions-title">
					<span safe>{counted(data.count, "session")}</span>
					{data.count === 0 ? null : <span safe>{`, ${costOf(data.usage)}`}</span>}
				</h2>
				<p class="card-sub">
					{isFiltered(view.query)
						? "Last active in these days, of each what passes the filters"
						: "Last active in these days, each counted as a whole"}
				</p>
				<Search view={view} />
				<SortMenu columns={COLUMNS} in={orderOf(view)} />
			</div>
			{data.count === 0 ? null : <Numbers id="sessions" of="Sessions" view={whole} />}
		</>
	);
}

function Search({ view }: { view: SessionsView }) {
	return (
		<form class="listed-search" method="get" action={view.path}>
			<QueryFields view={view} but={["q"]} />
			<input
				type="search"
				id="q"
				name="q"
				data-key={FILTER_KEY}
				aria-label="Search sessions"
				placeholder="Id, project or branch"
				maxlength={LONGEST_SEARCH}
				value={escapeAttribute(view.query.q)}
			/>
			<button class="button" type="submit">
				Search
			</button>
		</form>
	);
}
