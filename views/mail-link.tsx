import type { BareShell } from "./layout.tsx";
import { AccountPage } from "./parts/account-page.tsx";
import { escapeAttribute } from "./parts/safe-url.ts";

/** Where a link in a mail leads: a button, so that whatever only looks where links lead does nothing. */
export function MailLinkPage({
	shell,
	title,
	sentence,
	action,
	verb,
}: {
	shell: BareShell;
	title: string;
	sentence: string;
	/** Where the form goes; undefined where it is done. */
	action: string | undefined;
	verb: string;
}) {
	return (
		<AccountPage shell={shell} title={title} isNarrow={true} scripts={false}>
			<p class="account-intro" safe>
				{sentence}
			</p>
			{action === undefined ? (
				<p>
					<a class="button" href="/">
						Open the overview
					</a>
				</p>
			) : (
				<form class="account-form" method="post" action={escapeAttribute(action)}>
					<button class="button button-primary" type="submit" safe>
						{verb}
					</button>
				</form>
			)}
		</AccountPage>
	);
}
