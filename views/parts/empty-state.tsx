import type { PropsWithChildren } from "@kitajs/html";

/** Where there is nothing to show: what that means, in one sentence, and as child the one next step. */
export function EmptyState({ title, text, children }: PropsWithChildren<{ title: string; text: string }>) {
	return (
		<div class="empty">
			<p class="empty-title" safe>
				{title}
			</p>
			<p safe>{text}</p>
			{children}
		</div>
	);
}
