import { existsSync, readFileSync, writeFileSync } from "node:fs";

const STATUS = "/proc/self/status";

/**
 * Loaded before the program, this writes in the end to the file `PEAK_MEMORY` how many bytes of memory it had at most.
 * What a system says of a process that has ended is no measure: Linux counts in what the one had that started it.
 */
process.on("exit", () => {
	const status = existsSync(STATUS) ? readFileSync(STATUS, "utf8") : "";
	const kilobytes = Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
	if (process.env.PEAK_MEMORY) writeFileSync(process.env.PEAK_MEMORY, String(kilobytes * 1024));
});
