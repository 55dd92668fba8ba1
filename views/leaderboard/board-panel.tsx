import {
	BOARD_METRICS,
	BOARD_PERIODS,
	type Board,
	type BoardMetric,
	FEWEST_RESPONSES,
	SMALLEST_GROUP,
} from "../../src/usage/leaderboard.ts";
import { boardHref } from "../../src/usage/leaderboard-query.ts";
import type { BoardProps } from "../leaderboard.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { counted, whole } from "../parts/words.ts";
import { BoardTable, ROWS } from "./board-table.tsx";
import { boardDays, METRIC_NAMES, PERIOD_NAMES } from "./board-words.ts";

/** Who stands where. */
export function BoardPanel(props: BoardProps) {
	const { board, isAdmin } = props.data;
	const { entries, period, metric } = board;
	return (
		<section class="card board" id="board" aria-labelledby="board-title">
			<div class="card-head board-head">
				<h2 id="board-title" safe>
					{METRIC_NAMES[metric]}
				</h2>
				<p class="card-sub" safe>
					{boardDays(board)}
				</p>
				<Choices label="Days" of={BOARD_PERIODS} names={PERIOD_NAMES} field="period" board={board} />
				<Choices label="Ranked by" of={BOARD_METRICS} names={METRIC_NAMES} field="metric" board={board} />
			</div>
			{entries.length === 0 ? (
				<div class="empty">
					<p class="empty-title">{metric === "cache" ? "Too few can be compared" : "Too few take part"}</p>
					<p safe>{tooFew(metric)}</p>
				</div>
			) : (
				<BoardTable {...props} />
			)}
			<div class="numbers">
				<p class="numbers-files" hx-boost:inherited="false">
					{isAdmin ? (
						<a href={escapeAttribute(`/api/leaderboard/${period}?metric=${metric}&format=csv`)} download="">
							CSV<span class="reader">: Leaderboard</span>
						</a>
					) : null}
					<a href={escapeAttribute(`/api/leaderboard/${period}?metric=${metric}`)}>
						JSON<span class="reader">: Leaderboard</span>
					</a>
				</p>
			</div>
			<p class="card-foot" safe>
				{footOf(board)}
			</p>
		</section>
	);
}

function Choices<Choice extends string>({
	label,
	of,
	names,
	field,
	board,
}: {
	label: string;
	of: readonly Choice[];
	names: Record<Choice, string>;
	field: "period" | "metric";
	board: Board;
}) {
	return (
		<nav class="segments segments-small" aria-label={escapeAttribute(label)}>
			{of.map((choice) => (
				<a
					class="segment"
					id={`${field}-${choice}`}
					href={escapeAttribute(boardHref({ ...board, [field]: choice }))}
					aria-current={board[field] === (choice as string) ? "true" : undefined}
				>
					{names[choice]}
				</a>
			))}
		</nav>
	);
}

function tooFew(metric: BoardMetric): string {
	const who =
		metric === "cache"
			? `people who take part have ${FEWEST_RESPONSES} responses in these days`
			: "people who take part have usage in these days";
	return `Numbers are shown as soon as ${SMALLEST_GROUP} ${who}: with fewer, all would know whose they are.`;
}

function footOf({ entries, metric }: Board): string {
	const shown = Math.min(entries.length, ROWS);
	const count =
		entries.length > ROWS
			? `The first ${whole(shown)} of ${whole(entries.length)} people. `
			: entries.length > 0
				? `${counted(entries.length, "person", "people")}. `
				: "";
	const least = metric === "cache" ? `Cache hits are compared from ${FEWEST_RESPONSES} responses on. ` : "";
	return `${count}${least}What machines report of themselves, at list prices; nobody checks it. Totals that came without responses, from old clients and imports, do not count.`;
}
