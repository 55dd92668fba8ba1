import type { Exact } from "../../src/usage/usage.ts";
import { whole } from "./words.ts";

/** How many responses there were. Where a row becomes a card of lines, and has no head, their word stands beside. */
export function ResponsesCell({ count, of }: { count: Exact; of: string }) {
	return (
		<td class={`table-number ${of}`}>
			<span safe>{whole(count)}</span>
			<span class="row-word">{Number(count) === 1 ? " response" : " responses"}</span>
		</td>
	);
}
