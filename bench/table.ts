import type { Measured } from "./measure.ts";

/** Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const lines = [head, head.map(() => "---"), ...rows];
	return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Times as they were, and what each took for one of the first's. */
export function timesTable(runs: number, measured: readonly Measured[]): string {
	const [first] = measured;
	const rows = measured.map(({ name, wallMs, cpuMs, fastestMs, slowestMs }) => [
		name,
		formatMs(wallMs),
		`${formatMs(fastestMs)} to ${formatMs(slowestMs)}`,
		formatMs(cpuMs),
		formatRatio(wallMs / (first?.wallMs ?? Number.NaN)),
		formatRatio(cpuMs / (first?.cpuMs ?? Number.NaN)),
	]);
	return table([`median of ${runs}`, "wall", "fastest to slowest", "cpu", "wall ratio", "cpu ratio"], rows);
}

/** Three figures at least, and no more than the clock is good for. */
export function formatMs(ms: number): string {
	if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
	return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}

export function formatRatio(ratio: number): string {
	return `${ratio.toFixed(2)}x`;
}

/** Millions of bytes, as limits are given. */
export function formatMegabytes(bytes: number): string {
	return `${formatCount(Math.round(bytes / 1e6))} MB`;
}

export function formatCount(count: number): string {
	return count.toLocaleString("en-US");
}
