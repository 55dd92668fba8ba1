/** A key as it may stand on a screen: its last eight characters tell it from others, and open nothing. */
export function maskedKey(key: string): string {
	return `…${key.length > 2 * SHOWN ? key.slice(-SHOWN) : ""}`;
}

const SHOWN = 8;
