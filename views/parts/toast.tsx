import type { PropsWithChildren } from "@kitajs/html";
import { DONE_WORDS, type DoneWord } from "./done-words.ts";
import { Icon } from "./icon.tsx";

/** Where toasts come: readers hear what is put in here. A change of the page replaces what it holds. */
export function Toasts({ done }: { done: DoneWord | undefined }) {
	return (
		<div class="toasts" id="toasts" role="status">
			{done ? <Toast text={DONE_WORDS[done]} /> : null}
		</div>
	);
}

/** One sentence about what was done, and as child a way to undo it. It goes by itself where scripts run. */
export function Toast({ text, children }: PropsWithChildren<{ text: string }>) {
	return (
		<div class="toast" data-toast="">
			<Icon name="done" />
			<p class="toast-text" safe>
				{text}
			</p>
			{children}
		</div>
	);
}
