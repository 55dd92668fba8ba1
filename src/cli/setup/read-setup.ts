import { AppError } from "../../errors.ts";
import type { Installed, Scheduler, SchedulerName } from "../../schedule/scheduler.ts";
import { findNextRun, type Interval, intervalOf } from "../../schedule/times.ts";
import type { Context } from "../context.ts";
import { jobOf, schedulersOf } from "./scheduled-job.ts";
import { type HookState, readHooks } from "./setup-hook.ts";

/** A schedule that setup has made. */
export type ScheduleState = {
	scheduler: SchedulerName;
	/** Undefined where its times have been changed by hand. */
	interval: Interval | undefined;
	/** Epoch ms; undefined where it does not run. */
	nextRunAt: number | undefined;
	/** Whether the system heeds it. */
	isActive: boolean;
	/** Whether it is what this program would install now, here, at the same interval. */
	isCurrent: boolean;
	pieces: Installed["pieces"];
};

/** What starts a collect by itself on this machine. `troubles`: sentences about what could not be looked at. */
export type SetupState = { schedules: ScheduleState[]; hooks: HookState[]; troubles: string[] };

/** Looks what is set up. Nothing is made, and what cannot be looked at is told. */
export async function readSetup(context: Context): Promise<SetupState> {
	const { found, troubles } = await findInstalled(schedulersOf(context));
	const hooks = readHooks(context);
	return {
		schedules: found.map(({ scheduler, installed }) => stateOf(context, scheduler, installed)),
		hooks: hooks.filter(({ trouble }) => trouble === undefined),
		troubles: [...troubles, ...hooks.flatMap(({ trouble }) => trouble ?? [])],
	};
}

export type FoundSchedule = { scheduler: Scheduler; installed: Installed };

/** What setup has installed, of whichever scheduler. */
export async function findInstalled(
	schedulers: readonly Scheduler[],
): Promise<{ found: FoundSchedule[]; troubles: string[] }> {
	const found: FoundSchedule[] = [];
	const troubles: string[] = [];
	for (const scheduler of schedulers) {
		try {
			const installed = await scheduler.find();
			if (installed) found.push({ scheduler, installed });
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			troubles.push([error.message, error.hint].join(" "));
		}
	}
	return { found, troubles };
}

function stateOf(context: Context, scheduler: Scheduler, installed: Installed): ScheduleState {
	const { times, isActive, pieces } = installed;
	const interval = times && intervalOf(times);
	return {
		scheduler: scheduler.name,
		interval,
		nextRunAt: times && isActive ? findNextRun(times, context.config.zone, context.now()) : undefined,
		isActive,
		isCurrent: interval !== undefined && isSame(context, scheduler, installed, interval),
		pieces,
	};
}

function isSame(context: Context, scheduler: Scheduler, installed: Installed, interval: Interval): boolean {
	try {
		return scheduler.isSame(installed, jobOf(context, interval));
	} catch (error) {
		// What could not even be installed is another thing than what is.
		if (error instanceof AppError) return false;
		throw error;
	}
}
