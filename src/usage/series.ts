/** Colours, points and dashes that a chart has for names; what is left over is "Other". */
export const MOST_SERIES = 7;

const FAMILIES = ["opus", "sonnet", "haiku"];

/**
 * Gives each name its series, 1 to 7, so that it looks the same on every page and in every filter: the first model of
 * each great family has a fixed one, the others take what comes next, in order of first use.
 *
 * @param known all names there are, in order of first use
 * @param shown at most {@link MOST_SERIES} of them, which must differ from each other
 */
export function assignSeries(known: readonly string[], shown: readonly string[]): Map<string, number> {
	const wished = new Map<string, number>();
	FAMILIES.forEach((family, i) => {
		const first = known.find((name) => name.includes(`-${family}`) && !wished.has(name));
		if (first !== undefined) wished.set(first, i + 1);
	});
	const hasFamilies = wished.size > 0;
	let next = hasFamilies ? FAMILIES.length : 0;
	for (const name of known) if (!wished.has(name)) wished.set(name, (next++ % MOST_SERIES) + 1);
	const taken = new Map<number, string>();
	const byFirstUse = shown.toSorted((a, b) => known.indexOf(a) - known.indexOf(b));
	for (const name of byFirstUse) {
		let series = wished.get(name) ?? 1;
		while (taken.has(series)) series = (series % MOST_SERIES) + 1;
		taken.set(series, name);
	}
	return new Map([...taken].map(([series, name]) => [name, series]));
}
