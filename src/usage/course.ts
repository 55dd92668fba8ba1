import { BLOCK_MS } from "./block.ts";
import { addExact, type Exact, NO_USAGE, type Usage } from "./usage.ts";

/** Length of a step of a block in ms. */
export const COURSE_STEP_MS = 300_000;

/** How many steps a block has. */
export const COURSE_STEPS = BLOCK_MS / COURSE_STEP_MS;

/**
 * A step of a block. Times are epoch ms, costs nano-dollars. `running`: the block's cost at the step's end, undefined for
 * what is still to come; `projected`: what it will be then if it goes on at its rate, from the present step on.
 */
export type CourseStep = {
	start: number;
	end: number;
	usage: Usage;
	running: Exact | undefined;
	projected: number | undefined;
};

/** A block as far as its course is concerned. `totalCostUsd`: what it is projected to cost in the end. */
type Running = { start: number; lastAt: number; projection?: { totalCostUsd: number } | undefined };

/**
 * All steps of a running block.
 *
 * @param used what was used in which step, in their order, at most once each
 * @param now epoch ms
 */
export function courseOf(
	{ start, lastAt, projection }: Running,
	used: readonly (Usage & { step: number })[],
	now: number,
): CourseStep[] {
	const usageOf = new Map(used.map(({ step, ...usage }) => [step, usage]));
	// A response of a clock that is ahead is counted, too.
	const present = Math.min(COURSE_STEPS - 1, Math.floor((Math.max(now, lastAt) - start) / COURSE_STEP_MS));
	const end = projection && projection.totalCostUsd * 1e9;
	const cost = Number(used.reduce((sum: Exact, { costNanoUsd }) => addExact(sum, costNanoUsd), 0));
	let running: Exact = 0;
	return Array.from({ length: COURSE_STEPS }, (_, step): CourseStep => {
		const usage = usageOf.get(step) ?? NO_USAGE;
		running = addExact(running, usage.costNanoUsd);
		const share = (step - present) / Math.max(1, COURSE_STEPS - 1 - present);
		return {
			start: start + step * COURSE_STEP_MS,
			end: start + (step + 1) * COURSE_STEP_MS,
			usage,
			running: step <= present ? running : undefined,
			projected: end === undefined || step < present ? undefined : cost + (end - cost) * share,
		};
	});
}
