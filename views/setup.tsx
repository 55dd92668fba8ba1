import type { BareShell } from "./layout.tsx";
import { AccountPage } from "./parts/account-page.tsx";
import { CommandBox } from "./parts/command-box.tsx";
import { Icon } from "./parts/icon.tsx";
import { escapeAttribute } from "./parts/safe-url.ts";
import { TextField } from "./parts/text-field.tsx";
import { Arrived, Waiting } from "./setup/arrival.tsx";
import { Step, Steps } from "./setup/steps.tsx";

/** The owner sets a server up; everyone else joins it. `server`: the host that people see it under. */
export type Coming = { isOwner: boolean; server: string };

/** What was filled in, and what is wrong with it, as sentences. */
export type SignUpForm = {
	username: string;
	email: string;
	wrong: { username?: string | undefined; email?: string | undefined; whole?: string | undefined };
};

function titleOf({ isOwner, server }: Coming): string {
	return isOwner ? "Set up this server" : `Join ${server}`;
}

/** Who comes by an invite makes an account. `action`: the address of the page itself. */
export function SetupPage({
	shell,
	coming,
	action,
	form,
}: {
	shell: BareShell;
	coming: Coming;
	action: string;
	form: SignUpForm;
}) {
	const { username, email, wrong } = form;
	return (
		<AccountPage shell={shell} title={titleOf(coming)} isNarrow={false} scripts={true}>
			<p class="account-intro">Three steps. The last one waits until your first usage arrives.</p>
			<Steps>
				<Step number={1} title={coming.isOwner ? "You, the owner" : "Your account"} state="current">
					<form class="account-form" method="post" action={escapeAttribute(action)}>
						{wrong.whole === undefined ? null : (
							<p class="text-field-wrong" role="alert">
								<Icon name="warning" />
								<span safe>{wrong.whole}</span>
							</p>
						)}
						<TextField
							id="username"
							label="User name"
							autocomplete="username"
							hint="Letters, digits, dots, dashes and underscores. The other people of this server see it."
							longest={64}
							isFirst={wrong.email === undefined}
							value={username}
							wrong={wrong.username}
						/>
						<TextField
							id="email"
							label="E-mail"
							type="email"
							autocomplete="email"
							hint="Only you and the admins of this server see it."
							longest={254}
							isOptional={true}
							value={email}
							wrong={wrong.email}
						/>
						<input type="hidden" name="zone" value="" data-zone />
						<button class="button button-primary" type="submit">
							Make the account
						</button>
					</form>
				</Step>
				<Step number={2} title="Your API key" state="later">
					<p>It is shown once, on the next page.</p>
				</Step>
				<Step number={3} title="Connect the first machine" state="later">
					<p>Three commands in a terminal.</p>
				</Step>
			</Steps>
			<Foot />
		</AccountPage>
	);
}

/** The account is made. `key`: shown this once; `login`: the command that a machine is logged in with. */
export function KeyPage({
	shell,
	coming,
	username,
	key,
	login,
}: {
	shell: BareShell;
	coming: Coming;
	username: string;
	key: string;
	login: string;
}) {
	return (
		<AccountPage shell={shell} title={titleOf(coming)} isNarrow={false} scripts={true}>
			<p class="account-intro">Keep the key, then connect a machine. This page waits for its usage.</p>
			<Steps>
				<Step number={1} title={coming.isOwner ? "You, the owner" : "Your account"} state="done">
					<p>
						<strong safe>{username}</strong>. This browser is logged in.
					</p>
				</Step>
				<Step number={2} title="Your API key" state="current">
					<p>
						<strong>Copy this key now.</strong> It is shown once. Other browsers are logged in with it, and it
						stands in the command below.
					</p>
					<CommandBox id="key" command={key} isText={true} />
				</Step>
				<Step number={3} title="Connect the first machine" state="current">
					<p>Run this in a terminal on a machine where you use Claude Code. It logs the machine in:</p>
					<CommandBox id="login" command={login} />
					<p>This sends the usage that is there already, and whatever has come since when it runs again:</p>
					<CommandBox id="collect" command="promptpulse collect" />
					<p>This lets it run by itself, every 15 minutes:</p>
					<CommandBox id="setup" command="promptpulse setup" />
					<div role="status">
						<Waiting />
					</div>
					<NothingArrives />
				</Step>
			</Steps>
			<Foot />
		</AccountPage>
	);
}

/** Whether usage has arrived, as a page of its own for who has no scripts. `responses`: 0 while none has. */
export function ArrivalPage({ shell, responses }: { shell: BareShell; responses: number | bigint }) {
	return (
		<AccountPage shell={shell} title="Your first usage" isNarrow={false} scripts={true}>
			<div class="arrival-alone">
				{Number(responses) === 0 ? <Waiting /> : <Arrived responses={responses} />}
				<NothingArrives />
			</div>
		</AccountPage>
	);
}

function NothingArrives() {
	return (
		<details class="arrival-help">
			<summary>
				<Icon name="chevron" />
				Nothing arrives?
			</summary>
			<ul>
				<li>
					Where the terminal does not know <code>promptpulse</code>, the program has to be installed first.
					Who runs this server can tell where it comes from.
				</li>
				<li>
					On that machine, <code>promptpulse doctor</code> names what is missing and what mends it.
				</li>
				<li>
					Usage that could not be sent is kept on the machine and goes with the next{" "}
					<code>promptpulse collect</code>.
				</li>
			</ul>
		</details>
	);
}

function Foot() {
	return (
		<footer class="account-foot">
			<p>
				What leaves a machine: models, tokens, times, and names of projects and branches as its privacy
				setting lets through. Never a prompt, a reply or a file.{" "}
				<code>promptpulse collect --dry-run --json</code> shows it exactly.
			</p>
		</footer>
	);
}
