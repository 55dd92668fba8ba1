import type { Home } from "./home.ts";
import { readOwnFile, refuseForeignFolder, writeAside } from "./own-files.ts";
import type { ScanResult } from "./scan.ts";
import { TRIGGERS, type Trigger } from "./triggers.ts";

/** What a collect came to: the counts only if it came that far. */
export type Outcome = Partial<
	Pick<ScanResult, "files" | "filesRead" | "bytesRead" | "sightings" | "stored" | "raised" | "duplicates">
> & {
	exitCode: number;
	/** The sentence that people were told. */
	error?: string | undefined;
	/** Lines of this run that could not be counted, by reason. */
	skipped?: ScanResult["skipped"] | undefined;
	/** What was sent to a server, if one is set. */
	push?: object | undefined;
};

/** The last `promptpulse collect`, as it stands in the home. Times are ISO 8601 with `Z`. */
export type LastRun = Outcome & {
	startedAt: string;
	finishedAt: string;
	trigger: Trigger;
	/**
	 * When a collect last did all that can be expected of it: everything that could be read is kept, and a server, if
	 * one is set, has been offered all of it. So a file that cannot be read (6) or an event that the server refused for
	 * good (5) is no failure: it is told each time, and waiting helps neither. A server that does not answer (4) or
	 * refuses the key (3) is one, though the usage is kept: what people look at elsewhere is no longer true.
	 */
	lastSuccessAt?: string | undefined;
	/** When the system's scheduler last ran one, whoever has run others since. */
	lastScheduledAt?: string | undefined;
};

const SUCCESSES: readonly number[] = [0, 5, 6];

/** What is known of the last collect; undefined if nothing is, or nothing that can be understood. */
export function readLastRun({ lastRun }: Home): LastRun | undefined {
	try {
		const run: unknown = JSON.parse(readOwnFile(lastRun, "move it away.") ?? "null");
		return isLastRun(run) ? run : undefined;
	} catch {
		// It is only a note, made anew by the next collect.
		return undefined;
	}
}

/** Notes what a collect came to. A home that cannot be written is told by what was to be kept there, not by this. */
export function saveLastRun(
	home: Home,
	times: { startedAt: number; finishedAt: number },
	trigger: Trigger,
	outcome: Outcome,
): void {
	const finishedAt = isoTime(times.finishedAt);
	const isSuccess = SUCCESSES.includes(outcome.exitCode);
	const before = readLastRun(home);
	const run: LastRun = {
		startedAt: isoTime(times.startedAt),
		finishedAt,
		trigger,
		...outcome,
		lastSuccessAt: isSuccess ? finishedAt : before?.lastSuccessAt,
		lastScheduledAt: trigger === "schedule" ? finishedAt : before?.lastScheduledAt,
	};
	try {
		refuseForeignFolder(home.path);
		writeAside(home.lastRun, `${JSON.stringify(run)}\n`, false);
	} catch {
		// What the collect itself came to stays true.
	}
}

function isLastRun(run: unknown): run is LastRun {
	if (typeof run !== "object" || run === null) return false;
	const { startedAt, finishedAt, exitCode, trigger, error, lastSuccessAt, lastScheduledAt } = run as Record<
		string,
		unknown
	>;
	return (
		isTime(startedAt) &&
		isTime(finishedAt) &&
		Number.isInteger(exitCode) &&
		TRIGGERS.some((known) => known === trigger) &&
		(error === undefined || typeof error === "string") &&
		(lastSuccessAt === undefined || isTime(lastSuccessAt)) &&
		(lastScheduledAt === undefined || isTime(lastScheduledAt))
	);
}

function isTime(value: unknown): boolean {
	return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isoTime(at: number): string {
	return new Date(at).toISOString();
}
