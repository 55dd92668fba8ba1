/**
 * The names that somebody may have meant who wrote this word: letters missing, added, exchanged or in another order.
 *
 * @returns the nearest ones, none where none is near
 */
export function similarNames(word: string, names: readonly string[]): string[] {
	const wanted = simplified(word);
	const near = names.map((name) => ({ name, far: distance(wanted, simplified(name)) }));
	const nearest = Math.min(...near.map(({ far }) => far));
	if (nearest > Math.max(2, wanted.length * MOST_WRONG)) return [];
	return near.filter(({ far }) => far === nearest).map(({ name }) => name);
}

/** One letter in three may be wrong. */
const MOST_WRONG = 1 / 3;
/** No name is longer; a word of any length is compared in an instant. */
const LONGEST = 40;

function simplified(name: string): string {
	return name
		.toLowerCase()
		.replace(/[^a-z0-9]/g, "")
		.slice(0, LONGEST);
}

/** How many letters have to be put in, taken out, exchanged, or changed with their neighbour. */
function distance(from: string, to: string): number {
	let [before, last]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, at) => at)];
	for (let row = 1; row <= from.length; row++) {
		const next = [row];
		for (let at = 1; at <= to.length; at++) {
			const isSame = from[row - 1] === to[at - 1];
			const isTurned = from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1];
			next[at] = Math.min(
				(last[at] ?? 0) + 1,
				(next[at - 1] ?? 0) + 1,
				(last[at - 1] ?? 0) + (isSame ? 0 : 1),
				isTurned && row > 1 && at > 1 ? (before[at - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
			);
		}
		[before, last] = [last, next];
	}
	return last[to.length] ?? 0;
}
