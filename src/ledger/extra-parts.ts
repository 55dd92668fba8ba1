import type { Counters } from "../usage/event.ts";

/** An extra part as an event's row holds it: its model's number, and its cost in nano-dollars if that has a price. */
export type StoredPart = Counters & { model: number; cost: number | null };

type Tuple = [number, number, number, number, number, number, number | null];

/** `[[model, input, output, cacheWrite5m, cacheWrite1h, cacheRead, cost], …]`, null where there are none. */
export function extraText(parts: readonly StoredPart[]): string | null {
	if (parts.length === 0) return null;
	return JSON.stringify(
		parts.map(
			({ model, input, output, cacheWrite5m, cacheWrite1h, cacheRead, cost }): Tuple => [
				model,
				input,
				output,
				cacheWrite5m,
				cacheWrite1h,
				cacheRead,
				cost,
			],
		),
	);
}

export function readExtra(text: string | null): StoredPart[] {
	if (text === null) return [];
	return (JSON.parse(text) as Tuple[]).map(
		([model, input, output, cacheWrite5m, cacheWrite1h, cacheRead, cost]) => ({
			model,
			input,
			output,
			cacheWrite5m,
			cacheWrite1h,
			cacheRead,
			cost,
		}),
	);
}
