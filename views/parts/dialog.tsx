import type { PropsWithChildren } from "@kitajs/html";
import { escapeAttribute } from "./safe-url.ts";

/**
 * A dialog over the page. A script opens it where a link leads to it; without scripts the link shows it at its place.
 *
 * @param props.title its heading; where it asks something: the question, with the name in it
 * @param props.footless its content has its own way out
 */
export function Dialog({
	id,
	title,
	children,
	footless = false,
}: PropsWithChildren<{ id: string; title: string; footless?: boolean }>) {
	return (
		<dialog class="dialog" id={id} aria-labelledby={`${id}-title`} tabindex="-1">
			<h2 class="dialog-title" id={`${id}-title`} safe>
				{title}
			</h2>
			{children}
			{footless ? null : (
				<p class="dialog-foot">
					<CloseLink word="Close" />
				</p>
			)}
		</dialog>
	);
}

/** Leaves the dialog that it stands in. */
function CloseLink({ word }: { word: string }) {
	return (
		<a class="button" href="#main" data-close="" safe>
			{word}
		</a>
	);
}

/** A link that opens a dialog. */
export function DialogLink({
	to,
	of,
	word,
	shortcut,
}: {
	to: string;
	of: string;
	word: string;
	shortcut?: string;
}) {
	return (
		<a
			class={of}
			href={escapeAttribute(`#${to}`)}
			aria-haspopup="dialog"
			data-key={shortcut === undefined ? undefined : escapeAttribute(shortcut)}
			safe
		>
			{word}
		</a>
	);
}

/**
 * Asks before something that cannot be undone: what happens and what does not, the safe way out first, the verb on the
 * button.
 *
 * @param props.fields hidden ones that the form sends
 */
export function ConfirmDialog({
	id,
	question,
	action,
	fields,
	verb,
	children,
}: PropsWithChildren<{
	id: string;
	question: string;
	action: string;
	fields: Readonly<Record<string, string>>;
	verb: string;
}>) {
	return (
		<Dialog id={id} title={question} footless={true}>
			<div class="dialog-text">{children}</div>
			<form class="dialog-foot" method="post" action={escapeAttribute(action)}>
				{Object.entries(fields).map(([name, value]) => (
					<input type="hidden" name={escapeAttribute(name)} value={escapeAttribute(value)} />
				))}
				<CloseLink word="Cancel" />
				<button class="button button-danger" type="submit" safe>
					{verb}
				</button>
			</form>
		</Dialog>
	);
}
