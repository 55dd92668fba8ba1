import { PEOPLE_ORDER, type PeopleSort, peopleHref } from "../../src/usage/people-query.ts";
import { sortedBy, sortedParameters } from "../../src/usage/sorting.ts";
import { totalTokens, type Usage } from "../../src/usage/usage.ts";
import type { AdminPanelProps, AdminPerson } from "../admin.tsx";
import { CardForm } from "../parts/card-form.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { type Column, SortMenu, TableHead, type TableOrder } from "../parts/table-head.tsx";
import { costOf, counted, short, whole } from "../parts/words.ts";

const COLUMNS: readonly Column<PeopleSort>[] = [
	{ sort: "name", word: "Person" },
	{ sort: "since", word: "Since" },
	{ sort: "seen", word: "Last seen" },
	{ sort: "cost", word: "30 days", isNumber: true },
	{ sort: "total", word: "Ever", isNumber: true },
	{ word: "Change", isForReaders: true },
];

/** Everyone with an account, and what may be done about them. */
export function PeoplePanel(props: AdminPanelProps) {
	const { people, found, all, query, usageOpenedAt } = props.data;
	const order: TableOrder<PeopleSort> = {
		sorted: query,
		hrefOf: (sort) => peopleHref({ ...query, ...sortedBy(PEOPLE_ORDER, query, sort) }),
	};
	return (
		<section class="card" id="people" aria-labelledby="people-title">
			<div class="card-head">
				<h2 id="people-title" safe>
					{counted(all, "person", "people")}
				</h2>
				<p class="card-sub">
					{usageOpenedAt === null
						? "Cost and tokens, in UTC days. No one's sessions or projects are shown here."
						: "Cost and tokens, in UTC days. A name leads to sessions and projects, and who is looked at is told so."}
				</p>
				<Search {...props} />
				{people.length < 2 ? null : <SortMenu columns={COLUMNS} in={order} />}
			</div>
			{people.length === 0 ? (
				<p class="card-empty">Nobody's name or address has that in it.</p>
			) : (
				<section class="admin-scroll" tabindex="0" aria-label="Table of people">
					<table class="table admin-people">
						<TableHead columns={COLUMNS} in={order} />
						<tbody>
							{people.map((person) => (
								<PersonRow {...props} person={person} />
							))}
						</tbody>
					</table>
				</section>
			)}
			{found > people.length ? (
				<p
					class="card-foot"
					safe
				>{`${whole(people.length)} of ${whole(found)} are listed: look for a name, or take them all as CSV.`}</p>
			) : null}
			<p class="card-foot">
				All as{" "}
				<a class="settings-link" href="/api/admin/users" hx-boost="false">
					JSON
				</a>{" "}
				<a class="settings-link" href="/api/admin/users?format=csv" hx-boost="false">
					CSV
				</a>
			</p>
		</section>
	);
}

function Search({ data: { query, all } }: AdminPanelProps) {
	if (all < FEW && query.q === "") return null;
	return (
		<form class="admin-search" action="/admin" method="get" aria-label="Find people">
			{sortedParameters(PEOPLE_ORDER, query).map(([name, value]) => (
				<input type="hidden" name={name} value={escapeAttribute(value)} />
			))}
			<label class="reader" for="q">
				Name or address
			</label>
			<input
				id="q"
				name="q"
				type="search"
				value={escapeAttribute(query.q)}
				placeholder="Name or address"
				maxlength={100}
				autocomplete="off"
				spellcheck="false"
			/>
			<button class="button button-small" type="submit">
				Find
			</button>
		</form>
	);
}

/** So few are found by looking. */
const FEW = 10;

function PersonRow({ person, ...props }: AdminPanelProps & { person: AdminPerson }) {
	const { id, username, displayName, email, isEmailConfirmed, role } = person;
	const { createdAt, disabledAt, seenAt, excludedAt, isSelf } = person;
	return (
		<tr class={disabledAt === null ? undefined : "admin-disabled"}>
			<th scope="row" class="admin-person">
				<span class="admin-name">
					<span class="admin-username">
						{props.data.usageOpenedAt === null ? (
							<span safe>{username}</span>
						) : (
							<a class="settings-link" href={escapeAttribute(`/admin/people/${id}`)} safe>
								{username}
							</a>
						)}
					</span>
					{role === "member" ? null : <span class="tag tag-plain">{role}</span>}
					{isSelf ? <span class="tag tag-plain">you</span> : null}
					{disabledAt === null ? null : <span class="tag tag-warn">disabled</span>}
					{excludedAt === null ? null : <span class="tag tag-warn">not on the leaderboard</span>}
				</span>
				{displayName === null ? null : (
					<span class="admin-email">
						<bdi safe>{displayName}</bdi>
					</span>
				)}
				{email === null ? null : (
					<span class="admin-email">
						<span safe>{email}</span>
						{isEmailConfirmed ? null : <span class="admin-unconfirmed"> (not confirmed)</span>}
					</span>
				)}
			</th>
			<td class="table-quiet" data-name="Since" safe>
				{props.dateOf(createdAt)}
			</td>
			<td class="table-quiet" data-name="Last seen" safe>
				{seenAt === null ? "never" : props.timeOf(seenAt)}
			</td>
			<Totals name="30 days" usage={person.lately} />
			<Totals name="Ever" usage={person.ever} />
			<td class="admin-act">
				<Acts {...props} person={person} />
			</td>
		</tr>
	);
}

function Totals({ name, usage }: { name: string; usage: Usage }) {
	const tokens = totalTokens(usage);
	return (
		<td class="table-number" data-name={name}>
			{usage.responses === 0 ? (
				<span class="table-quiet">–</span>
			) : (
				<>
					<span class="table-main" safe>
						{costOf(usage)}
					</span>
					<span class="admin-tokens" title={whole(tokens)} safe>
						{short(tokens)}
					</span>
				</>
			)}
		</td>
	);
}

/** What may be done about a person; nothing about the owner but in the leaderboard. */
function Acts({ person, shell, data }: AdminPanelProps & { person: AdminPerson }) {
	const { id, username, role, disabledAt, takesPart, excludedAt, mayDisable, mayChangeRole } = person;
	const acts = [
		...(mayDisable
			? [disabledAt === null ? (["disable", "Disable"] as const) : (["enable", "Enable"] as const)]
			: []),
		...(mayChangeRole
			? [role === "admin" ? (["member", "Make a member"] as const) : (["admin", "Make an admin"] as const)]
			: []),
		...(excludedAt !== null
			? [["include", "Let into the leaderboard"] as const]
			: takesPart
				? [["exclude", "Leave out of the leaderboard"] as const]
				: []),
	];
	if (acts.length === 0) return null;
	return (
		<details class="admin-acts">
			<summary class="admin-open">
				Change<span class="reader" safe>{` ${username}`}</span>
			</summary>
			<CardForm to={peopleHref(data.query, `/people/${id}`)} csrf={shell.account?.csrf} inline={true}>
				<div class="admin-buttons">
					{acts.map(([act, text]) => (
						<button class="button button-small" type="submit" name="act" value={act}>
							<span>{text}</span>
							<span class="reader" safe>{` (${username})`}</span>
						</button>
					))}
				</div>
			</CardForm>
		</details>
	);
}
