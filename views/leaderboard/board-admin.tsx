import { boardHref } from "../../src/usage/leaderboard-query.ts";
import type { BoardProps } from "../leaderboard.tsx";
import { CsrfField } from "../parts/csrf-field.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";

/** What admins do about the leaderboard. */
export function BoardAdmin(props: BoardProps) {
	const { shell, data } = props;
	const out = data.people.filter(({ excludedAt }) => excludedAt !== null);
	return (
		<section class="card board-part" id="board-admin" aria-labelledby="board-admin-title">
			<div class="card-head">
				<h2 id="board-admin-title">For admins</h2>
			</div>
			<div class="board-part-body">
				<p>
					Who is left out is told so on this page, and what admins do here stands in the audit log. Turned
					off, nobody sees anybody; who took part does so again when it is turned on.
				</p>
				{out.length === 0 ? null : (
					<ul class="board-out" aria-label="Left out">
						{out.map(({ id, username, name }) => (
							<li>
								<form
									method="post"
									action={escapeAttribute(boardHref(data.board, "/exclude"))}
									hx-boost="false"
								>
									<CsrfField csrf={shell.account?.csrf} />
									<input type="hidden" name="person" value={escapeAttribute(id)} />
									<span class="board-out-name">
										<bdi safe>{name ?? username}</bdi> is left out.
									</span>
									<button class="button button-small" type="submit" name="excluded" value="no">
										Let in again<span class="reader" safe>{`: ${name ?? username}`}</span>
									</button>
								</form>
							</li>
						))}
					</ul>
				)}
				<SwitchForm {...props} turn="off" />
			</div>
		</section>
	);
}

/** Turns the leaderboard on or off for everyone. */
export function SwitchForm({ shell, data: { board }, turn }: BoardProps & { turn: "on" | "off" }) {
	return (
		<form
			class="board-switch"
			method="post"
			action={escapeAttribute(boardHref(board, "/switch"))}
			hx-boost="false"
		>
			<CsrfField csrf={shell.account?.csrf} />
			<button
				class={turn === "on" ? "button button-primary" : "button"}
				type="submit"
				name="turn"
				value={turn}
			>
				{turn === "on" ? "Turn the leaderboard on" : "Turn the leaderboard off"}
			</button>
		</form>
	);
}
