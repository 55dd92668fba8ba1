const isFull = process.env.FAULTS === "full";

/** How often a property is tried: a little on every run, thoroughly with `FAULTS=full`. */
export function runs(quick: number, full = quick * 20): { numRuns: number } {
	return { numRuns: isFull ? full : quick };
}

/** Time for a property that asks a database, in ms; `bun test` gives 5 seconds. */
export const PATIENCE = isFull ? 900_000 : 30_000;
