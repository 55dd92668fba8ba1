import type { Timeline } from "./timeline-data.ts";

const HEIGHT = 96;
const WIDTH = 1_000;

/** The cost of each response for browsers without scripts. */
export function PlainTimeline({ timeline: { bars, ticks } }: { timeline: Timeline }) {
	const most = Math.max(...bars.map(({ cost }) => cost));
	const lines = bars
		.filter(({ cost }) => cost > 0)
		.map(
			({ place, cost }) => `M${(place * WIDTH).toFixed(1)} ${HEIGHT}v-${((cost / most) * HEIGHT).toFixed(1)}`,
		);
	return (
		<div class="plain-chart">
			<svg
				class="timeline-plain"
				width="100%"
				height={String(HEIGHT)}
				viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
				preserveAspectRatio="none"
				aria-hidden="true"
				focusable="false"
			>
				<path d={lines.join("")} />
			</svg>
			<p class="plain-chart-ticks" aria-hidden="true">
				{ticks.slice(0, 1).map(({ label }) => (
					<span safe>{label}</span>
				))}
				{ticks
					.slice(1)
					.slice(-1)
					.map(({ label }) => (
						<span safe>{label}</span>
					))}
			</p>
		</div>
	);
}
