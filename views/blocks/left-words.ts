const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const LAST_MS = 10 * MINUTE_MS;

/** What is left of a time: `1 h 57 m`, in the last ten minutes `9 m 42 s`. `public/charts/countdown.ts` goes on from it. */
export function leftWords(ms: number): string {
	if (ms > LAST_MS) {
		const minutes = Math.ceil(ms / MINUTE_MS);
		return minutes < 60 ? `${minutes} m` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
	}
	const seconds = Math.max(0, Math.ceil(ms / SECOND_MS));
	return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}
