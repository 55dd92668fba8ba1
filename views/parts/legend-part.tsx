import { escapeAttribute } from "./safe-url.ts";

/**
 * A part of a chart in its legend, a list with the chart's name as `data-legend`. The script that draws the chart makes
 * the button take the part out and put it back; the legend has its parts in the chart's order.
 *
 * @param props.series 1 to 8
 * @param props.id of the button, undefined where the part is the only one
 */
export function LegendPart({ label, series, id }: { label: string; series: number; id: string | undefined }) {
	const swatch = <span class={["swatch", `series-${series}`]} />;
	const name = (
		<span class="legend-name" safe>
			{label}
		</span>
	);
	if (id === undefined) {
		return (
			<li class="legend-item">
				{swatch}
				{name}
			</li>
		);
	}
	return (
		<li class="legend-part">
			<button
				class="legend-item legend-toggle"
				type="button"
				id={escapeAttribute(id)}
				aria-pressed="true"
				disabled
			>
				{swatch}
				{name}
			</button>
		</li>
	);
}
