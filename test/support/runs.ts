/** Whether it is a thorough run. */
export const isFull = process.env.FAULTS === "full";

/** How often a property is tried: a little on every run, thoroughly with `FAULTS=full`. */
export function runs(quick: number, full = quick * 20): { numRuns: number } {
	return { numRuns: isFull ? full : quick };
}

/** Time for a property that asks a database, in ms; `bun test` gives 5 seconds. */
export const PATIENCE = isFull ? 900_000 : 60_000;

/** Tries a property with the seeds from 1 on; the first one that fails is named. */
export async function forSeeds(count: number, property: (seed: number) => Promise<void>): Promise<void> {
	for (let seed = 1; seed <= count; seed++) {
		try {
			await property(seed);
		} catch (error) {
			throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
		}
	}
}
