import type { BoardMetric, Standing } from "../../src/usage/leaderboard.ts";
import { boardHref } from "../../src/usage/leaderboard-query.ts";
import type { Ranked } from "../../src/usage/ranking.ts";
import { cacheHitShare } from "../../src/usage/savings.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import type { BoardProps } from "../leaderboard.tsx";
import { CsrfField } from "../parts/csrf-field.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { type Column, TableHead, type TableOrder } from "../parts/table-head.tsx";
import { costOf, percent, short, whole } from "../parts/words.ts";
import { METRIC_NAMES } from "./board-words.ts";

/** How many people the page lists. */
export const ROWS = 100;

const COLUMNS: readonly { metric: BoardMetric; text: (item: Standing) => string }[] = [
	{ metric: "tokens", text: (item) => short(totalTokens(item)) },
	{ metric: "cost", text: costOf },
	{ metric: "days", text: ({ activeDays }) => whole(activeDays) },
	{
		metric: "cache",
		text: (item) => {
			const share = cacheHitShare(item);
			return share === undefined ? "–" : percent(share);
		},
	},
];

const HEADS: readonly Column<BoardMetric>[] = [
	{ word: "Place", isNumber: true },
	{ word: "Name" },
	...COLUMNS.map(({ metric }) => ({ sort: metric, word: METRIC_NAMES[metric], isNumber: true })),
	{ word: "A day", isNumber: true },
];

const LEAVING_OUT: Column<BoardMetric> = { word: "Leave out", isForReaders: true };

/** One's own place before all others, wherever it is among them. */
export function BoardTable(props: BoardProps) {
	const { board, isAdmin } = props.data;
	const { entries, own } = board;
	const ranking: TableOrder<BoardMetric> = {
		sorted: { sort: board.metric, order: "desc" },
		hrefOf: (metric) => boardHref({ ...board, metric }),
	};
	return (
		<section class="board-scroll" tabindex="0" aria-label="Table of people">
			<table class="table board-table">
				<TableHead columns={isAdmin ? [...HEADS, LEAVING_OUT] : HEADS} in={ranking} />
				<tbody class="board-own">
					{own ? <BoardRow {...props} entry={own} isPinned={true} /> : <NoPlace {...props} />}
				</tbody>
				<tbody>
					{entries.slice(0, ROWS).map((entry) => (
						<BoardRow {...props} entry={entry} isPinned={false} />
					))}
				</tbody>
			</table>
		</section>
	);
}

function BoardRow({
	entry: { item, rank, topPercent },
	isPinned,
	...props
}: BoardProps & { entry: Ranked<Standing>; isPinned: boolean }) {
	const { board, isAdmin } = props.data;
	const isOwn = board.own?.item === item;
	return (
		<tr class={isOwn && !isPinned ? "board-self" : undefined}>
			<td class="table-number board-place" safe>
				{whole(rank)}
			</td>
			<th scope="row" class="board-name">
				<bdi title={escapeAttribute(item.name)} safe>
					{item.name}
				</bdi>
				{isPinned ? (
					<span class="tag tag-plain" safe>
						{`You, top ${topPercent}\u00a0%`}
					</span>
				) : null}
			</th>
			{COLUMNS.map(({ metric, text }) => (
				<td
					class={["table-number", metric === board.metric ? "table-main" : "table-quiet"]}
					data-name={METRIC_NAMES[metric]}
					title={metric === "tokens" ? whole(totalTokens(item)) : undefined}
					safe
				>
					{text(item)}
				</td>
			))}
			<td class="table-number table-quiet" data-name="Tokens a day" safe>
				{short(Math.round(Number(totalTokens(item)) / item.activeDays))}
			</td>
			{isAdmin ? (
				<td class="board-act">
					{isPinned ? null : <ExcludeForm {...props} user={item.user} name={item.name} />}
				</td>
			) : null}
		</tr>
	);
}

/** For admins. */
function ExcludeForm({ shell, data, user, name }: BoardProps & { user: number; name: string }) {
	const person = data.people.find((known) => known.user === user);
	if (!person) return null;
	return (
		<form method="post" action={escapeAttribute(boardHref(data.board, "/exclude"))} hx-boost="false">
			<CsrfField csrf={shell.account?.csrf} />
			<input type="hidden" name="person" value={escapeAttribute(person.id)} />
			<button class="button button-small" type="submit" name="excluded" value="yes">
				Leave out<span class="reader" safe>{`: ${name}`}</span>
			</button>
		</form>
	);
}

/** Why somebody who looks is not among those who are ranked. */
function NoPlace({ data: { isAdmin, board, joinedAt, excludedAt } }: BoardProps) {
	const why =
		joinedAt === null
			? "You do not take part."
			: excludedAt !== null
				? "You are left out."
				: board.metric === "cache"
					? "You have too few responses in these days."
					: "You have no usage in these days.";
	return (
		<tr>
			<td colspan={COLUMNS.length + (isAdmin ? 4 : 3)} class="board-none">
				{why}
			</td>
		</tr>
	);
}
