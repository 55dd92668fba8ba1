const USUAL = 200_000;
const LONG = 1_000_000;

/**
 * How many tokens of context a model takes, undefined where that is not known. A name does not always tell whether the
 * long window is on; a prompt that the usual one could not hold does.
 *
 * @param largest the largest prompt that was sent, in tokens
 */
export function contextWindow(model: string, largest: number): number | undefined {
	if (!/(?:^|[./])claude-/.test(model) || largest > LONG) return undefined;
	return /\[1m\]$/i.test(model) || largest > USUAL ? LONG : USUAL;
}
