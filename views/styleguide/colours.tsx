import { HeatLegend } from "../parts/heat-legend.tsx";
import { Both, Sample } from "./both.tsx";

const TOKENS = [
	"canvas",
	"surface",
	"sunken",
	"raised",
	"line",
	"line-strong",
	"ink",
	"ink-2",
	"ink-3",
	"accent",
	"accent-hover",
	"accent-ink",
	"accent-soft",
	"warn",
	"warn-mark",
	"warn-soft",
	"bad",
	"bad-soft",
	"ok-mark",
	"ok-soft",
];
const SERIES = [1, 2, 3, 4, 5, 6, 7, 8];

/** Every token, the eight series and the steps of heat maps. */
export function Colours() {
	return (
		<Sample id="colours" title="Colours">
			<Both
				of={() => (
					<>
						<ul class="guide-row">
							{TOKENS.map((token) => (
								<li class="guide-colour">
									<svg class="guide-swatch" width="20" height="20" aria-hidden="true" focusable="false">
										<rect x="0.5" y="0.5" width="19" height="19" rx="4" fill={`var(--${token})`} />
									</svg>
									<span safe>{token}</span>
								</li>
							))}
						</ul>
						<ul class="guide-row">
							{SERIES.map((series) => (
								<li class="guide-colour">
									<span class={`swatch series-${series}`} />
									<span safe>{`series-${series}`}</span>
								</li>
							))}
						</ul>
						<HeatLegend />
					</>
				)}
			/>
		</Sample>
	);
}
