import type { BareShell } from "./layout.tsx";
import { AccountPage } from "./parts/account-page.tsx";
import { Icon } from "./parts/icon.tsx";
import { escapeAttribute } from "./parts/safe-url.ts";
import { TextField } from "./parts/text-field.tsx";

export type LoginProps = {
	shell: BareShell;
	/** The host that people see the site under. */
	server: string;
	/** The path and query to go to afterwards. */
	next: string;
	/** Why the last key was not taken, as sentences. */
	wrong?: string | undefined;
	/** The browser had a session, which is over. */
	isOver?: boolean;
};

/** Where an API key is exchanged for a session. */
export function LoginPage({ shell, server, next, wrong, isOver = false }: LoginProps) {
	return (
		<AccountPage shell={shell} title="Log in" isNarrow={true} scripts={false}>
			<p class="account-intro">
				to the usage that is kept on <strong safe>{server}</strong>
			</p>
			{isOver ? (
				<p class="account-note">
					<Icon name="info" />
					<span>
						<strong>You were logged out.</strong> After you log in you return to where you were.
					</span>
				</p>
			) : null}
			<form class="account-form" method="post" action="/login">
				<input type="hidden" name="next" value={escapeAttribute(next)} />
				<TextField
					id="key"
					label="API key"
					type="password"
					autocomplete="current-password"
					hint="Begins with pk_f or pk_r. This browser gets a session in exchange; the key is not kept in it."
					longest={200}
					isFirst={true}
					wrong={wrong}
				/>
				<button class="button button-primary" type="submit">
					Log in
				</button>
			</form>
			<p class="account-aside">
				On a machine that is logged in, <code>promptpulse dashboard</code> opens these pages without the key.
				Who has no key asks an admin of this server for an invite.
			</p>
		</AccountPage>
	);
}

/** In place of the log-in while nobody has an account: how to become the owner. */
export function NewServerPage({ shell }: { shell: BareShell }) {
	return (
		<AccountPage shell={shell} title="This server is new" isNarrow={true} scripts={false}>
			<p class="account-intro">
				Nobody has an account here yet. When it started, the server printed a set-up link in its output: open
				that link to become its owner.
			</p>
			<p class="account-aside">
				The link is good for 30 minutes. Starting <code>promptpulse serve</code> again prints a new one.
			</p>
		</AccountPage>
	);
}

/** `/setup` without a link's code, on a server that has its owner. */
export function SetUpAlreadyPage({ shell }: { shell: BareShell }) {
	return (
		<AccountPage shell={shell} title="This server is set up" isNarrow={true} scripts={false}>
			<p class="account-intro">
				It has its owner. Log in if you have a key, or ask one of its admins for an invite.
			</p>
			<p>
				<a class="button button-primary" href="/login">
					Log in
				</a>
			</p>
		</AccountPage>
	);
}
