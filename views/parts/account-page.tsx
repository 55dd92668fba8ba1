import type { PropsWithChildren } from "@kitajs/html";
import { type BareShell, Document } from "../layout.tsx";
import { Mark } from "./icon.tsx";

/**
 * A page before or beside the numbers: one column, the brand above it.
 *
 * @param props.title the page's name and heading
 * @param props.isNarrow for a form of one field
 */
export function AccountPage({
	shell,
	title,
	isNarrow,
	scripts,
	children,
}: PropsWithChildren<{ shell: BareShell; title: string; isNarrow: boolean; scripts: boolean }>) {
	return (
		<Document shell={shell} title={title} scripts={scripts}>
			<main id="main" class={["account", isNarrow && "account-narrow"]} tabindex="-1">
				<p class="account-brand">
					<Mark />
					PromptPulse
				</p>
				<h1 class="account-title" safe>
					{title}
				</h1>
				{children}
			</main>
		</Document>
	);
}
