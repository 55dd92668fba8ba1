import type { PatternsView } from "../../src/usage/patterns-query.ts";
import { lengthOf, type Period } from "../../src/usage/period.ts";
import { periodWords } from "../parts/days.ts";
import { Numbers } from "../parts/numbers.tsx";
import { counted, whole } from "../parts/words.ts";
import type { PatternsData } from "../patterns.tsx";

/** Days in a row that have usage. */
export function StreaksPanel({ data, view }: { data: PatternsData; view: PatternsView }) {
	const { streaks, activeDays, counts } = data;
	const days = counts.reduce((sum, count) => sum + count, 0);
	return (
		<section class="card streaks" id="streaks" aria-labelledby="streaks-title">
			<div class="card-head">
				<h2 id="streaks-title">Active days in a row</h2>
			</div>
			<dl class="facts streaks-list">
				<div class="fact">
					<dt>Active days of the period</dt>
					<dd safe>{`${whole(activeDays)} of ${whole(days)}`}</dd>
				</div>
				<Streak name="Longest streak of the period" streak={streaks.period} />
				<Streak name="Current streak" streak={streaks.current} />
				<Streak name="Longest streak of all time" streak={streaks.ever} />
			</dl>
			<Numbers id="streaks" of="Active days in a row" view={view} />
		</section>
	);
}

function Streak({ name, streak }: { name: string; streak: Period | undefined }) {
	return (
		<div class="fact">
			<dt safe>{name}</dt>
			<dd>
				<span safe>{streak === undefined ? "None" : counted(lengthOf(streak), "day")}</span>
				{streak ? <span class="streak-days" safe>{` ${periodWords(streak)}`}</span> : null}
			</dd>
		</div>
	);
}
