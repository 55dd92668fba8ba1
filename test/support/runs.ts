/** Whether it is a thorough run. */
export const isFull = process.env.FAULTS === "full";

/** Whether the suites that can do with any database run on SQLite Cloud. */
export const IS_CLOUD = process.env.TEST_DATABASE === "cloud";

/**
 * How often a property is tried: a little on every run, thoroughly with `FAULTS=full`. On SQLite Cloud, where each try
 * takes five times as long, fewer will do: they are about what that does otherwise than the file, which had them all.
 */
export function runs(quick: number, full = quick * 20): { numRuns: number } {
	return { numRuns: isFull ? full : IS_CLOUD ? Math.ceil(quick / 4) : quick };
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
