/** Steps of a heat map: nothing, and four of equally many cells. */
const HEAT_STEPS = 5;

const CELL = 12;

/** From less to more. */
export function HeatLegend() {
	return (
		<p class="heat-legend" aria-hidden="true">
			Less
			{Array.from({ length: HEAT_STEPS }, (_, step) => (
				<svg class="heat-key" width={CELL} height={CELL} aria-hidden="true" focusable="false">
					<rect class={`heat-${step}`} width={CELL} height={CELL} rx="2" />
				</svg>
			))}
			More
		</p>
	);
}

/** Sorts cells with something in them into four steps of equally many; nothing is step 0. */
export function stepsOf(values: readonly number[]): (value: number) => number {
	const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
	const limits = Array.from(
		{ length: HEAT_STEPS - 1 },
		(_, i) => sorted[Math.floor((sorted.length * i) / (HEAT_STEPS - 1))],
	);
	return (value) => (value <= 0 ? 0 : limits.filter((limit) => limit !== undefined && value >= limit).length);
}
