import { CardForm, FormCard } from "../parts/card-form.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { TextField } from "../parts/text-field.tsx";
import type { PanelProps } from "../settings.tsx";

/** Whether others may see on the leaderboard what the person uses. */
export function LeaderboardPanel(props: PanelProps) {
	const { shell, data } = props;
	const { isOn, joinedAt, name, excludedAt } = data.board;
	const isIn = joinedAt !== null;
	const { csrf } = shell.account ?? {};
	const field = fieldOf(props, "leaderboard", "display_name", name ?? "");
	return (
		<FormCard id="leaderboard" title="Leaderboard" sub={isIn ? "you take part" : "you do not take part"}>
			<p class="settings-text">
				Others see your tokens, cost, active days and cache hits under a name of your choice, and no projects,
				machines or times. When you leave, you are gone at once.
				{isOn ? (
					<>
						{" "}
						<a href="/leaderboard">See the leaderboard</a>
					</>
				) : (
					" It is off for everyone now."
				)}
			</p>
			{excludedAt === null ? null : (
				<p class="warn-text">An admin has left you out of it: nobody sees you on it meanwhile.</p>
			)}
			{isOn ? (
				<CardForm to="/settings/leaderboard" csrf={csrf}>
					<TextField
						id="display_name"
						label="Name for others"
						autocomplete="nickname"
						hint="At most 50 characters. Nobody else may be known by it."
						longest={100}
						value={field.value}
						wrong={field.wrong}
					/>
					<button class="button" type="submit" name="action" value="join">
						{isIn ? "Save name" : "Take part"}
					</button>
				</CardForm>
			) : null}
			{isIn ? (
				<CardForm to="/settings/leaderboard" csrf={csrf} inline={true}>
					<button class="button" type="submit" name="action" value="leave">
						Leave the leaderboard
					</button>
				</CardForm>
			) : null}
		</FormCard>
	);
}
