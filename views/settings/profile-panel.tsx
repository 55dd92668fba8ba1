import { CardForm, FormCard } from "../parts/card-form.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { TextField } from "../parts/text-field.tsx";
import type { PanelProps } from "../settings.tsx";

/** Who it is, how others know the person, and the address that mail goes to. */
export function ProfilePanel(props: PanelProps) {
	const { shell, data } = props;
	const { username, displayName, role, email, isEmailConfirmed, sendsMail } = data;
	const name = fieldOf(props, "name", "shown_name", displayName ?? "");
	const field = fieldOf(props, "email", "email", email ?? "");
	return (
		<FormCard id="profile" title="Profile">
			<dl class="settings-facts">
				<dt>User name</dt>
				<dd safe>{username}</dd>
				<dt>Role</dt>
				<dd>{role}</dd>
			</dl>
			<CardForm to="/settings/name" csrf={shell.account?.csrf}>
				<TextField
					id="shown_name"
					label="Name"
					autocomplete="name"
					hint="Everyone with an account here may see it beside your user name. On the leaderboard you are called what you choose there. Left empty, there is none."
					longest={100}
					isOptional={true}
					value={name.value}
					wrong={name.wrong}
				/>
				<button class="button" type="submit">
					Save name
				</button>
			</CardForm>
			<CardForm to="/settings/email" csrf={shell.account?.csrf}>
				<TextField
					id="email"
					label="E-mail address"
					type="email"
					autocomplete="email"
					hint="Admins see it, other people do not. Left empty, there is none."
					longest={254}
					isOptional={true}
					value={field.value}
					wrong={field.wrong}
				/>
				<button class="button" type="submit">
					Save address
				</button>
			</CardForm>
			{email === null || !sendsMail ? null : (
				<div class="settings-line">
					<p>{isEmailConfirmed ? "Confirmed." : "Not confirmed yet: open the link that was sent to it."}</p>
					{isEmailConfirmed ? null : (
						<CardForm to="/settings/confirm" csrf={shell.account?.csrf} inline={true}>
							<button class="button" type="submit">
								Send the link again
							</button>
						</CardForm>
					)}
				</div>
			)}
		</FormCard>
	);
}
