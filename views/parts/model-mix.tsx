import type { ModelUsage, Usage } from "../../src/usage/usage.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import { percent } from "./words.ts";

const WIDTH = 72;
const HEIGHT = 8;
const GAP = 1;
/** A part that is there is seen. */
const LEAST = 1;

/** Which models something was used with, by cost; by tokens where nothing of it has a price. */
export function ModelMix({
	models,
	total,
	colours,
}: {
	models: readonly ModelUsage[];
	total: Usage;
	colours: ReadonlyMap<string, number>;
}) {
	const isPriced = total.costNanoUsd !== 0;
	const amountOf = (usage: Usage) => Number(isPriced ? usage.costNanoUsd : totalTokens(usage));
	const all = amountOf(total);
	const parts = models
		.map((usage) => ({ model: usage.model, share: all === 0 ? 0 : amountOf(usage) / all }))
		.filter(({ share }) => share > 0);
	let x = 0;
	const room = WIDTH - GAP * Math.max(0, parts.length - 1);
	const bars = parts.map(({ model, share }) => {
		const width = Math.max(LEAST, share * room);
		const bar = { series: colours.get(model) ?? 8, x, width };
		x += width + GAP;
		return bar;
	});
	return (
		<svg
			class="model-mix"
			role="img"
			width={WIDTH}
			height={HEIGHT}
			viewBox={`0 0 ${Math.max(WIDTH, x - GAP)} ${HEIGHT}`}
			preserveAspectRatio="none"
			focusable="false"
		>
			<title safe>{parts.map(({ model, share }) => `${model} ${percent(share)}`).join(", ")}</title>
			{bars.map((bar) => (
				<rect
					class={`series-${bar.series}`}
					x={bar.x.toFixed(2)}
					width={bar.width.toFixed(2)}
					height={HEIGHT}
				/>
			))}
		</svg>
	);
}
