import type { Shell } from "../layout.tsx";
import { CsrfField } from "./csrf-field.tsx";
import { Icon } from "./icon.tsx";

/** Who is logged in, where, and the way out; nothing where nobody logs in. */
export function AccountMenu({ account }: { account: Shell["account"] }) {
	if (!account) return null;
	const { username, server, csrf } = account;
	return (
		<details class="person menu" name="menu">
			<summary class="person-open">
				<span class="person-sign" aria-hidden="true" safe>
					{username.slice(0, 1).toUpperCase()}
				</span>
				<span class="person-name">
					<span class="reader">Account of </span>
					<span class="person-user" safe>
						{username}
					</span>
					<span class="person-server" safe>
						{server}
					</span>
				</span>
				<Icon name="chevron" />
			</summary>
			<div class="person-sheet menu-sheet">
				<p class="person-text">
					Logged in as <strong safe>{username}</strong> on <span safe>{server}</span>.
				</p>
				<p>
					<a href="/settings">Settings</a>
				</p>
				<form method="post" action="/logout">
					<CsrfField csrf={csrf} />
					<button class="button" type="submit">
						Log out
					</button>
				</form>
			</div>
		</details>
	);
}
