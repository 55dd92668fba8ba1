import { rmSync } from "node:fs";
import type { Home } from "./home.ts";
import { readText, writeAside } from "./own-files.ts";

/**
 * Notes since when a scheduler is told to collect: whether it does can only be seen by what has passed since.
 *
 * @param at epoch ms
 */
export function saveScheduleNote(home: Home, at: number): void {
	try {
		writeAside(home.schedule, `${JSON.stringify({ since: new Date(at).toISOString() })}\n`, false);
	} catch {
		// Without it the doctor knows less, and the schedule works all the same.
	}
}

/** Epoch ms; undefined where nothing that can be understood is noted. */
export function readScheduleNote(home: Home): number | undefined {
	try {
		const { since } = JSON.parse(readText(home.schedule)) as { since?: unknown };
		const at = typeof since === "string" ? Date.parse(since) : Number.NaN;
		return Number.isNaN(at) ? undefined : at;
	} catch {
		// It is only a note.
		return undefined;
	}
}

/** There is no schedule any more. */
export function forgetSchedule(home: Home): void {
	try {
		rmSync(home.schedule, { force: true });
	} catch {
		// It says nothing where nothing is scheduled.
	}
}
