import { AppError } from "../errors.ts";
import { cron } from "./cron.ts";
import { launchdAt } from "./launchd.ts";
import type { Places, Scheduler, SchedulerName } from "./scheduler.ts";
import { schtasksAt } from "./schtasks.ts";
import { systemdAt } from "./systemd.ts";

/** Every scheduler, whether this machine has it or not. */
export function listSchedulers(places: Places): Scheduler[] {
	return [cron, systemdAt(places), launchdAt(places), schtasksAt(places)];
}

/** Those that each system has, the best one first. */
const BY_SYSTEM: Partial<Record<NodeJS.Platform, readonly SchedulerName[]>> = {
	darwin: ["launchd"],
	win32: ["schtasks"],
};
const ELSEWHERE: readonly SchedulerName[] = ["cron", "systemd"];

/**
 * The scheduler that this machine has.
 *
 * @throws AppError `scheduler_failed` if it has none
 */
export async function findOwnScheduler(schedulers: readonly Scheduler[]): Promise<Scheduler> {
	for (const wanted of BY_SYSTEM[process.platform] ?? ELSEWHERE) {
		const scheduler = schedulers.find(({ name }) => name === wanted);
		if (scheduler && (await scheduler.isThere())) return scheduler;
	}
	throw new AppError(
		"scheduler_failed",
		"This machine has nothing that runs a program by the clock: no crontab command, and no systemd that answers you.",
		"Install cron (apt-get install cron, dnf install cronie or apk add dcron) and run promptpulse setup again, or let Claude Code start PromptPulse with promptpulse setup --hook.",
	);
}
