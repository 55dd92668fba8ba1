import type { PropsWithChildren } from "@kitajs/html";

/** A card of the page of all parts. */
export function Sample({ id, title, children }: PropsWithChildren<{ id: string; title: string }>) {
	return (
		<section class="card" id={id} aria-labelledby={`${id}-title`}>
			<div class="card-head">
				<h2 id={`${id}-title`} safe>
					{title}
				</h2>
			</div>
			{children}
		</section>
	);
}

/** The same in the light and in the dark, whatever the page has. What is shown twice must have no id. */
export function Both({ of }: { of: (theme: "light" | "dark") => JSX.Element }) {
	return (
		<div class="guide-both">
			<div class="guide-theme guide-light">{of("light")}</div>
			<div class="guide-theme guide-dark">{of("dark")}</div>
		</div>
	);
}
