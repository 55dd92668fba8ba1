import { cpus, loadavg, release, totalmem, type } from "node:os";

/** What the figures were found on, and how busy it was with other things. */
export function describeMachine(): string {
	const model = cpus()[0]?.model.trim() ?? "unknown processor";
	const memory = Math.round(totalmem() / 2 ** 30);
	const load = loadavg()[0]?.toFixed(1);
	return `${model}, ${cpus().length} cores, ${memory} GB, ${type()} ${release()}, Bun ${Bun.version}; load before the start ${load}`;
}
