import { BLOCK_MS } from "../../src/usage/block.ts";

const HOURS = [0, 1, 2, 3, 4];
const HOUR_MS = BLOCK_MS / HOURS.length;

/** The hours of a block that runs, and how much of each is over. `elapsed`: since its start, in ms. */
export function BlockHours({ elapsed }: { elapsed: number }) {
	return (
		<div class="block-hours">
			{HOURS.map((hour) => (
				<svg class="block-hour" width="100%" height="8" aria-hidden="true" focusable="false">
					<rect class="block-hour-left" width="100%" height="8" rx="2" />
					<rect class="block-hour-gone" width={goneOf(hour, elapsed)} height="8" rx="2" />
				</svg>
			))}
		</div>
	);
}

function goneOf(hour: number, elapsed: number): string {
	const gone = Math.min(1, Math.max(0, elapsed / HOUR_MS - hour));
	return `${(gone * 100).toFixed(1)}%`;
}
