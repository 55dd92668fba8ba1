import { boardHref } from "../../src/usage/leaderboard-query.ts";
import type { BoardProps } from "../leaderboard.tsx";
import { CsrfField } from "../parts/csrf-field.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { TextField } from "../parts/text-field.tsx";

/** Whether the person who looks takes part, and under which name. */
export function TakingPart({ shell, data }: BoardProps) {
	const { isOn, joinedAt, name, board, refused } = data;
	const isIn = joinedAt !== null;
	const action = escapeAttribute(boardHref(board, "/take-part"));
	return (
		<section class="card board-part" id="taking-part" aria-labelledby="taking-part-title">
			<div class="card-head">
				<h2 id="taking-part-title">{isIn ? "You take part" : "Take part"}</h2>
			</div>
			<div class="board-part-body">
				<p>
					Under a name of your choice others see your tokens, cost, active days and cache hits of each period,
					all machines together. They see no projects, no machines and no times; who looks again and again can
					tell when your numbers grow. When you leave, you are gone at once.
				</p>
				{isOn ? (
					<form class="board-form" method="post" action={action} hx-boost="false">
						<CsrfField csrf={shell.account?.csrf} />
						<TextField
							id="name"
							label="Name for others"
							autocomplete="nickname"
							hint="At most 50 characters. Nobody else may be known by it."
							longest={100}
							value={refused?.name ?? name ?? ""}
							wrong={refused?.wrong}
						/>
						<button
							class={isIn ? "button" : "button button-primary"}
							type="submit"
							name="action"
							value="join"
						>
							{isIn ? "Save name" : "Take part"}
						</button>
					</form>
				) : null}
				{isIn ? (
					<form method="post" action={action} hx-boost="false">
						<CsrfField csrf={shell.account?.csrf} />
						<button class="button" type="submit" name="action" value="leave">
							Leave the leaderboard
						</button>
					</form>
				) : null}
			</div>
		</section>
	);
}
