import type { PropsWithChildren } from "@kitajs/html";
import type { AnyView } from "../../src/usage/view.ts";
import { safeUrl } from "./safe-url.ts";

/**
 * The same numbers as a table, if there is one as child, and as files. They stand at a card's end, and are shown in its
 * head where there is room.
 *
 * @param props.id the panel's name in URLs
 * @param props.of what the numbers are of, for readers
 */
export function Numbers({
	id,
	of,
	view,
	children,
}: PropsWithChildren<{ id: string; of: string; view: AnyView }>) {
	const hasTable = children !== undefined;
	const table = (
		<section class="numbers-scroll" tabindex="0" aria-labelledby={`${id}-table`}>
			{children}
		</section>
	);
	const json = view.numbers(id);
	const csv = `${json}${json.includes("?") ? "&" : "?"}format=csv`;
	return (
		<div class="numbers">
			{hasTable ? (
				<details class="numbers-table">
					<summary id={`${id}-table`}>
						Table<span class="reader" safe>{`: ${of}`}</span>
					</summary>
					{table}
				</details>
			) : null}
			<p class="numbers-files" hx-boost:inherited="false">
				<a href={safeUrl(csv)} download="">
					CSV<span class="reader" safe>{`: ${of}`}</span>
				</a>
				<a href={safeUrl(json)}>
					JSON<span class="reader" safe>{`: ${of}`}</span>
				</a>
			</p>
		</div>
	);
}
