import { existsSync } from "node:fs";
import { homeAt, machineUuid } from "../../collector/home.ts";
import { readLogin } from "../../collector/kept-login.ts";
import { saveScheduleNote } from "../../collector/schedule-note.ts";
import { hasKeyInEnvironment } from "../../config.ts";
import { findOtherLines } from "../../schedule/cron.ts";
import type { Job, Piece, Scheduler, SchedulerName } from "../../schedule/scheduler.ts";
import { findOwnScheduler } from "../../schedule/schedulers.ts";
import { findNextRun, type Interval, intervalOf } from "../../schedule/times.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { ownHome } from "../own-home.ts";
import { moment } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";
import { findPlaceCaveat } from "./program-place.ts";
import { type FoundSchedule, findInstalled } from "./read-setup.ts";
import { jobOf, schedulersOf } from "./scheduled-job.ts";
import { intervalWords, timesWords } from "./setup-words.ts";

export type ScheduleFlags = { interval?: Interval; scheduler?: SchedulerName; json?: boolean };

/** Without one: what is installed already, so that a program that has moved keeps its schedule. */
const USUAL_INTERVAL: Interval = "15";

type Wish = { scheduler: Scheduler; interval: Interval; found: FoundSchedule[]; troubles: string[] };

async function wishOf(context: Context, flags: ScheduleFlags): Promise<Wish> {
	const schedulers = schedulersOf(context);
	const { found, troubles } = await findInstalled(schedulers);
	const [known] = found;
	const named = schedulers.find(({ name }) => name === flags.scheduler);
	const scheduler = named ?? known?.scheduler ?? (await findOwnScheduler(schedulers));
	const times = found.find((one) => one.scheduler === scheduler)?.installed.times ?? known?.installed.times;
	const interval = flags.interval ?? (times && intervalOf(times)) ?? USUAL_INTERVAL;
	return { scheduler, interval, found, troubles };
}

/**
 * `promptpulse setup --print`: the texts as they would be installed. Nothing is touched.
 *
 * @throws AppError `invalid_config`, `scheduler_failed`
 */
export async function printSchedule(context: Context, flags: ScheduleFlags): Promise<number> {
	const { terminal, config } = context;
	const { scheduler, interval } = await wishOf(context, flags);
	const pieces = scheduler.plan(jobOf(context, interval));
	if (flags.json) terminal.out(jsonText({ scheduler: scheduler.name, interval, pieces }));
	else tellPieces(context, pieces);
	if (!existsSync(homeAt(config.home).machine)) {
		terminal.err(
			"The minutes will be others: they come from this machine's id, which the first collect or setup makes.",
		);
	}
	return DONE;
}

function tellPieces({ terminal }: Context, pieces: readonly Piece[]): void {
	for (const { place, text } of pieces) {
		terminal.err(`${plain(place)}:`);
		terminal.out(text.trimEnd());
	}
}

/**
 * `promptpulse setup`: a collect runs by the clock from now on.
 *
 * @throws AppError `invalid_config`, `scheduler_failed`, `ledger_unwritable`
 */
export async function setSchedule(context: Context, flags: ScheduleFlags): Promise<number> {
	const { terminal } = context;
	const { scheduler, interval, found, troubles } = await wishOf(context, flags);
	// The minutes come from the machine's id.
	machineUuid(ownHome(context));
	const job = jobOf(context, interval);
	const before = found.find((one) => one.scheduler === scheduler)?.installed;
	const change = !before
		? "installed"
		: before.isActive && scheduler.isSame(before, job)
			? "none"
			: "changed";
	if (change !== "none") {
		await scheduler.install(job);
		saveScheduleNote(homeAt(context.config.home), context.now());
	}
	const removed: string[] = [];
	for (const other of found.filter((one) => one.scheduler !== scheduler))
		removed.push(...(await other.scheduler.remove()));
	const nextRunAt = findNextRun(job.times, context.config.zone, context.now());
	if (flags.json) {
		const nextRun = new Date(nextRunAt).toISOString();
		terminal.out(jsonText({ scheduler: scheduler.name, interval, change, nextRunAt: nextRun, removed }));
	} else tellDone(context, { scheduler, interval, job, change, nextRunAt, removed });
	for (const trouble of troubles) terminal.err(plain(trouble));
	await tellCaveats(context, scheduler, job);
	return DONE;
}

type Done = {
	scheduler: Scheduler;
	interval: Interval;
	job: Job;
	change: string;
	nextRunAt: number;
	removed: readonly string[];
};

function tellDone({ terminal, config }: Context, done: Done): void {
	const { scheduler, interval, job, change, nextRunAt, removed } = done;
	const what = `promptpulse collect runs ${intervalWords(interval)} by ${scheduler.title}, ${timesWords(job.times)}`;
	terminal.out(change === "none" ? `Nothing to change: ${what}.` : `From now on ${what}.`);
	for (const place of removed) terminal.out(`What another scheduler had is taken away: ${plain(place)}.`);
	terminal.out(
		`Next at ${moment(nextRunAt, config.zone)}. Trouble is told by promptpulse status and in ${plain(homeAt(config.home).log)}; promptpulse setup --remove ends it.`,
	);
}

async function tellCaveats({ terminal, config }: Context, scheduler: Scheduler, job: Job): Promise<void> {
	const caveat = await scheduler.findCaveat?.(job);
	if (caveat) terminal.err(caveat);
	const ofPlace = findPlaceCaveat(process.execPath);
	if (ofPlace) terminal.err(plain(ofPlace));
	if (scheduler.name === "cron") {
		for (const line of await findOtherLines()) {
			terminal.err(
				`Another line of the crontab runs PromptPulse too. Take it out with crontab -e: ${plain(line)}`,
			);
		}
	}
	if (hasKeyInEnvironment() && readLogin(homeAt(config.home)).login.apiKey === undefined) {
		terminal.err(
			"PROMPTPULSE_API_KEY is set here, and what runs by the clock does not have it: nothing would be sent. Run promptpulse login --key-stdin, which keeps the key.",
		);
	}
}
