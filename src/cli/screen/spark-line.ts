const BARS = ["▁", "▂", "▃", "▅", "▇"] as const;

/** Numbers as one bar each, held against the largest; blank for undefined. What is there at all has the lowest bar. */
export function sparkLine(values: readonly (number | undefined)[]): string {
	const most = Math.max(0, ...values.map((value) => value ?? 0));
	return values
		.map((value) => {
			if (value === undefined) return " ";
			const height = most > 0 ? Math.ceil((value / most) * BARS.length) : 0;
			return BARS[Math.max(height, 1) - 1];
		})
		.join("");
}
