/** How often a property is tried: a little on every run, thoroughly with `FAULTS=full`. */
export function runs(quick: number, full = quick * 20): { numRuns: number } {
	return { numRuns: process.env.FAULTS === "full" ? full : quick };
}
