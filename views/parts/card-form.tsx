import type { PropsWithChildren } from "@kitajs/html";
import { CommandBox } from "./command-box.tsx";
import { CsrfField } from "./csrf-field.tsx";
import { escapeAttribute } from "./safe-url.ts";

/** A card with forms in it. */
export function FormCard({
	id,
	title,
	sub,
	children,
}: PropsWithChildren<{ id: string; title: string; sub?: string | undefined }>) {
	return (
		<section class="card settings-card" id={id} aria-labelledby={`${id}-title`}>
			<div class="card-head">
				<h2 id={`${id}-title`} safe>
					{title}
				</h2>
				{sub === undefined ? null : (
					<p class="card-sub" safe>
						{sub}
					</p>
				)}
			</div>
			<div class="settings-body">{children}</div>
		</section>
	);
}

/** A form of a card, which leads back to its page. @param props.inline one that is a button alone */
export function CardForm({
	to,
	csrf,
	inline = false,
	children,
}: PropsWithChildren<{ to: string; csrf: string | undefined; inline?: boolean }>) {
	return (
		<form
			class={inline ? "settings-act" : "settings-form"}
			method="post"
			action={escapeAttribute(to)}
			hx-boost="false"
		>
			<CsrfField csrf={csrf} />
			{children}
		</form>
	);
}

/** Something secret that was just made, and is not shown again. */
export function MadeOnce({ text, secret }: { text: string; secret: string }) {
	return (
		<div class="settings-made" role="status">
			<p safe>{text}</p>
			<CommandBox id="made" command={secret} isText={true} />
		</div>
	);
}

/** Where the cards of a long page are. */
export function CardList({ cards }: { cards: readonly (readonly [id: string, title: string])[] }) {
	return (
		<nav class="settings-index" aria-label="On this page" hx-boost="false">
			{cards.map(([id, title]) => (
				<a href={`#${id}`} safe>
					{title}
				</a>
			))}
		</nav>
	);
}
