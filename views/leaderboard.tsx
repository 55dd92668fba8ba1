import type { BoardPerson } from "../src/reports/board-people.ts";
import { DAY_MS } from "../src/usage/day.ts";
import type { Board } from "../src/usage/leaderboard.ts";
import { boardHref } from "../src/usage/leaderboard-query.ts";
import { Layout, type Shell } from "./layout.tsx";
import { BoardAdmin, SwitchForm } from "./leaderboard/board-admin.tsx";
import { BoardPanel } from "./leaderboard/board-panel.tsx";
import { boardDays } from "./leaderboard/board-words.ts";
import { TakingPart } from "./leaderboard/taking-part.tsx";
import { Banner } from "./parts/banner.tsx";
import { fullDate } from "./parts/days.ts";
import { EmptyState } from "./parts/empty-state.tsx";
import { counted } from "./parts/words.ts";

/** What the leaderboard's page shows. Times are epoch ms. */
export type BoardData = {
	/** Whether the server has one. */
	isOn: boolean;
	isAdmin: boolean;
	board: Board;
	/** What the person who looks has settled: since when, and under which name; and since when an admin does not let it. */
	joinedAt: number | null;
	name: string | null;
	excludedAt: number | null;
	/** For admins: whom it is about. */
	people: readonly BoardPerson[];
	/** A form that was refused: what was typed, and what is wrong with it. */
	refused?: { name: string; wrong: string } | undefined;
};

export type BoardProps = { shell: Shell; data: BoardData };

/** Who of the people of a server used how much, of those who want to be seen. */
export function LeaderboardPage(props: BoardProps) {
	const { shell, data } = props;
	const { isOn, isAdmin, board, excludedAt } = data;
	const summary = isOn
		? `Leaderboard, ${boardDays(board)}: ${counted(board.entries.length, "person", "people")}.`
		: "The leaderboard is off.";
	return (
		<Layout
			shell={shell}
			current="leaderboard"
			title={data.refused ? `Not saved: ${shell.title}` : shell.title}
			summary={summary}
			silent={false}
			hrefOf={(path) => path}
			next={boardHref(board)}
		>
			<header class="page-head">
				<h1 safe>{shell.title}</h1>
				<p class="fresh">
					<span class="fresh-part">Self-reported</span>
					<span class="fresh-part">Days in UTC</span>
				</p>
			</header>
			{excludedAt === null ? null : (
				<Banner
					kind="warn"
					strong="An admin has left you out of the leaderboard."
					text={`Since ${fullDate(Math.floor(excludedAt / DAY_MS))} nobody sees you on it. Your own pages are as they were. Ask an admin of this server about it.`}
				/>
			)}
			{isOn ? (
				<>
					<BoardPanel {...props} />
					<TakingPart {...props} />
					{isAdmin ? <BoardAdmin {...props} /> : null}
				</>
			) : (
				<>
					<section class="card board" aria-label="Leaderboard">
						<EmptyState
							title="The leaderboard is off"
							text={
								isAdmin
									? "While it is off nobody sees anybody. Turned on, people choose for themselves whether to take part."
									: "An admin of this server can turn it on. Then people choose for themselves whether to take part."
							}
						>
							{isAdmin ? <SwitchForm {...props} turn="on" /> : null}
						</EmptyState>
					</section>
					{data.joinedAt === null ? null : <TakingPart {...props} />}
				</>
			)}
		</Layout>
	);
}
