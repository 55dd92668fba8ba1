import type { Exact, Usage } from "../../src/usage/usage.ts";
import { dollars } from "../../src/usage/usage.ts";
import {
	costOf,
	counted,
	hasNoPrice,
	isPartlyPriced,
	money,
	percent,
	shortFigure,
	whole,
} from "../parts/words.ts";

/** With three digits, and all of them for who wants to know. */
export function TokensCell({ tokens }: { tokens: Exact }) {
	const { number, unit } = shortFigure(tokens);
	return (
		<td class="table-number listed-tokens">
			<span class="listed-full" title={whole(tokens)}>
				<span safe>{number}</span>
				{unit === "" ? null : <span class="listed-unit" safe>{`\u00a0${unit}`}</span>}
			</span>
		</td>
	);
}

/** What sub-agents had of a cost. */
export function ShareCell({ part, of }: { part: Exact; of: Exact }) {
	if (part === 0 || of === 0) {
		return (
			<td class="table-number listed-agents listed-none">
				<span aria-hidden="true">–</span>
				<span class="reader">none</span>
			</td>
		);
	}
	return (
		<td class="table-number listed-agents">
			<span class="listed-full" title={money(part)} safe>
				{percent(dollars(part) / dollars(of))}
			</span>
		</td>
	);
}

/** Amber and with a sign where some of it has no price, a tag where nothing has. */
export function CostCell({ usage }: { usage: Usage }) {
	if (hasNoPrice(usage)) {
		return (
			<td class="table-number listed-cost">
				<span class="tag tag-warn">No price</span>
			</td>
		);
	}
	const isPartial = isPartlyPriced(usage);
	return (
		<td class={["table-number", "table-main", "listed-cost", isPartial && "warn-text"]}>
			<span
				class={isPartial ? "listed-full" : undefined}
				title={isPartial ? `${counted(usage.unpriced, "response")} of it without a price` : undefined}
				safe
			>
				{costOf(usage)}
			</span>
		</td>
	);
}
