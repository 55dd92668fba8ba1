import type { PropsWithChildren } from "@kitajs/html";
import { escapeAttribute } from "./safe-url.ts";

/**
 * A dialog over the page. A script opens it where a link leads to it; without scripts the link shows it at its place.
 *
 * @param props.title its heading; where it asks something: the question, with the name in it
 * @param props.footless its content has its own way out
 * @param props.isOpen the page comes with it open
 */
export function Dialog({
	id,
	title,
	children,
	footless = false,
	isOpen = false,
}: PropsWithChildren<{ id: string; title: string; footless?: boolean; isOpen?: boolean }>) {
	return (
		<dialog class="dialog" id={id} aria-labelledby={`${id}-title`} tabindex="-1" open={isOpen}>
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

/** Leaves the dialog that it stands in. @param props.to where that is, without scripts */
function CloseLink({ word, to = "#main" }: { word: string; to?: string | undefined }) {
	return (
		<a class="button" href={escapeAttribute(to)} data-close="" hx-boost="false" safe>
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
 * Asks before something that cannot be undone: what happens and what does not, what has to be typed for it, the safe way
 * out first, the verb on the button.
 *
 * @param props.fields hidden ones that the form sends
 * @param props.back where the safe way out leads without scripts
 * @param props.isOpen it was refused: the page comes with it open
 */
export function ConfirmDialog({
	id,
	question,
	action,
	fields,
	verb,
	back,
	isOpen = false,
	children,
}: PropsWithChildren<{
	id: string;
	question: string;
	action: string;
	fields: Readonly<Record<string, string>>;
	verb: string;
	back?: string;
	isOpen?: boolean;
}>) {
	return (
		<Dialog id={id} title={question} footless={true} isOpen={isOpen}>
			<form method="post" action={escapeAttribute(action)} hx-boost="false">
				{Object.entries(fields).map(([name, value]) => (
					<input type="hidden" name={escapeAttribute(name)} value={escapeAttribute(value)} />
				))}
				<div class="dialog-text">{children}</div>
				<p class="dialog-foot">
					<CloseLink word="Cancel" to={back} />
					<button class="button button-danger" type="submit" safe>
						{verb}
					</button>
				</p>
			</form>
		</Dialog>
	);
}
