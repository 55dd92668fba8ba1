/** How long something may take that another process does, in ms: far more than it ever needs. */
const PATIENCE_MS = 45_000;

/** Waits for what another process brings about; what it is, is said where it never comes. */
export async function until(what: string, hasCome: () => boolean | Promise<boolean>): Promise<void> {
	for (const start = performance.now(); !(await hasCome()); await Bun.sleep(20)) {
		if (performance.now() - start > PATIENCE_MS) throw new Error(`waited in vain: ${what}`);
	}
}
