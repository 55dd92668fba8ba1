import type { AdminPanelProps } from "../admin.tsx";
import { CardForm, FormCard } from "../parts/card-form.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { TextField } from "../parts/text-field.tsx";

/** An invite that nobody used yet. `by`: the user name of who made it, null for the operator; `expiresAt`: epoch ms. */
export type Invitation = { id: string; role: string; by: string | null; expiresAt: number };

/** Who may come. */
export function InvitesPanel(props: AdminPanelProps) {
	const { shell, data, timeOf } = props;
	const { invites, registration } = data;
	const { csrf } = shell.account ?? {};
	return (
		<FormCard
			id="invites"
			title="Invites"
			sub={invites.length === 0 ? "none is open" : `${invites.length} open`}
		>
			{registration === "closed" ? (
				<p class="settings-text">
					Registration is closed, so that an invite would open nothing. Whoever runs the server makes accounts
					with promptpulse user create, or starts it with REGISTRATION=invite.
				</p>
			) : (
				<InviteForm {...props} />
			)}
			{invites.length === 0 ? null : (
				<ul class="settings-list" aria-label="Open invites">
					{invites.map(({ id, role, by, expiresAt }) => (
						<li class="settings-row">
							<p class="settings-what">
								<strong safe>{`A new ${role}`}</strong>
								<span class="settings-more" safe>
									{`by ${by ?? "whoever runs the server"}, good until ${timeOf(expiresAt)}`}
								</span>
							</p>
							<CardForm to={`/admin/invites/${id}/withdraw`} csrf={csrf} inline={true}>
								<button class="button button-small" type="submit">
									Withdraw
									<span
										class="reader"
										safe
									>{` the invite of a new ${role}, good until ${timeOf(expiresAt)}`}</span>
								</button>
							</CardForm>
						</li>
					))}
				</ul>
			)}
		</FormCard>
	);
}

function InviteForm(props: AdminPanelProps) {
	const role = fieldOf(props, "invite", "role", "member");
	const hours = fieldOf(props, "invite", "hours", "72");
	const roles = props.data.isOwner ? ["member", "admin"] : ["member"];
	return (
		<CardForm to="/admin/invites" csrf={props.shell.account?.csrf}>
			<label class="field">
				For a new
				<select name="role">
					{roles.map((choice) => (
						<option value={choice} selected={choice === role.value} safe>
							{choice}
						</option>
					))}
				</select>
			</label>
			<TextField
				id="hours"
				label="Good for how many hours"
				autocomplete="off"
				hint="From 1 to 720. The link is good once."
				longest={4}
				isNumber={true}
				value={hours.value}
				wrong={hours.wrong}
			/>
			<button class="button" type="submit">
				Make invite
			</button>
		</CardForm>
	);
}
