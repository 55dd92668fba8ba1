import { escapeAttribute } from "./safe-url.ts";

/** Parts of one page, each at an address of its own. */
export function Tabs({
	label,
	tabs,
	current,
}: {
	label: string;
	tabs: readonly { name: string; href: string }[];
	current: string;
}) {
	return (
		<nav class="tabs" aria-label={escapeAttribute(label)}>
			{tabs.map(({ name, href }) => (
				<a
					class="tabs-item"
					href={escapeAttribute(href)}
					aria-current={name === current ? "page" : undefined}
					safe
				>
					{name}
				</a>
			))}
		</nav>
	);
}
