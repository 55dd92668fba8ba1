import { homeAt } from "../../collector/home.ts";
import { readLastRun } from "../../collector/last-run.ts";
import { forgetSchedule } from "../../collector/schedule-note.ts";
import { AppError } from "../../errors.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { type Fact, factsText } from "../screen/facts.ts";
import { ago, moment } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";
import { readSetup, type SetupState } from "./read-setup.ts";
import { schedulersOf } from "./scheduled-job.ts";
import { hookLine, setHooks, takeHooks } from "./setup-hook.ts";
import { printSchedule, type ScheduleFlags, setSchedule } from "./setup-schedule.ts";
import { scheduleLines, setupJson } from "./setup-words.ts";

export type SetupFlags = ScheduleFlags & {
	hook?: boolean;
	print?: boolean;
	status?: boolean;
	remove?: boolean;
};

/**
 * `promptpulse setup`: lets a collect run by itself.
 *
 * @throws AppError `usage`, `invalid_config`, `scheduler_failed`, `ledger_unwritable`
 */
export async function setup(context: Context, flags: SetupFlags): Promise<number> {
	const { hook, print, status, remove, interval, scheduler } = flags;
	const [first, second] = Object.entries({
		"--print": print,
		"--status": status,
		"--remove": remove,
	}).flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
	if (first !== undefined && second !== undefined) throw contradiction(first, second);
	if (hook && interval) throw contradiction("--hook", "--interval");
	if (hook && scheduler) throw contradiction("--hook", "--scheduler");
	if (interval && (status || remove)) throw contradiction("--interval", first ?? "");
	if (status) return tellStatus(context, flags);
	if (remove) return takeAway(context, flags);
	if (hook) return setHooks(context, flags);
	return print ? printSchedule(context, flags) : setSchedule(context, flags);
}

function contradiction(one: string, other: string): AppError {
	return new AppError(
		"usage",
		`${one} and ${other} do not go together.`,
		"Give one of both, or run promptpulse setup twice.",
	);
}

async function tellStatus(context: Context, { json }: SetupFlags): Promise<number> {
	const { terminal, config, now } = context;
	const state = await readSetup(context);
	const lastAt = readLastRun(homeAt(config.home))?.lastScheduledAt;
	if (json) terminal.out(jsonText({ ...setupJson(state), lastScheduledAt: lastAt ?? null }));
	else terminal.out(factsText(terminal, setupFacts(state, config.zone, lastAt, now())));
	return DONE;
}

function setupFacts(
	{ schedules, hooks, troubles }: SetupState,
	zone: string,
	lastAt: string | undefined,
	now: number,
): Fact[] {
	const last = lastAt === undefined ? undefined : Date.parse(lastAt);
	return [
		{
			label: "Schedule",
			lines:
				schedules.length === 0
					? ["None: promptpulse setup makes one."]
					: schedules.flatMap((state) => [
							...scheduleLines(state, zone),
							...state.pieces.map(({ place }) => plain(place)),
						]),
		},
		{
			label: "Last run by it",
			lines: [last === undefined ? "None is noted." : `${moment(last, zone)}, ${ago(last, now)}`],
		},
		{ label: "Hooks", lines: hooks.map(hookLine) },
		...(troubles.length > 0 ? [{ label: "Trouble", lines: troubles.map(plain) }] : []),
	].filter(({ lines }) => lines.length > 0);
}

/** Takes away what setup made of any scheduler, or of the one that is named; and the hooks, if told so. */
async function takeAway(context: Context, { hook, scheduler, json }: SetupFlags): Promise<number> {
	const { terminal } = context;
	const removed: string[] = [];
	const failures: AppError[] = [];
	for (const one of schedulersOf(context).filter(
		({ name }) => scheduler === undefined || name === scheduler,
	)) {
		try {
			removed.push(...(await one.remove()));
		} catch (error) {
			// What stands in the way of one keeps none of the others.
			if (!(error instanceof AppError)) throw error;
			failures.push(error);
		}
	}
	if (scheduler === undefined && failures.length === 0) forgetSchedule(homeAt(context.config.home));
	const { changed: hooks, failures: ofHooks } = hook ? takeHooks(context) : NO_HOOKS;
	failures.push(...ofHooks);
	if (json) terminal.out(jsonText({ removed, hooks }));
	else
		for (const what of [...removed, ...hooks.map((path) => `the hooks in ${path}`)])
			terminal.out(`Taken away: ${plain(what)}.`);
	if (!json && removed.length + hooks.length + failures.length === 0)
		terminal.out("Nothing to take away: promptpulse setup has made nothing here.");
	if (!hook) await tellHooksStay(context);
	const [failure, ...others] = failures;
	for (const { message } of others) terminal.err(plain(message));
	if (failure) throw failure;
	return DONE;
}

const NO_HOOKS = { changed: [], failures: [] };

async function tellHooksStay(context: Context): Promise<void> {
	const { hooks } = await readSetup(context);
	if (!hooks.some(({ isSet }) => isSet)) return;
	context.terminal.err("Claude Code's hooks stay: promptpulse setup --remove --hook takes them out too.");
}
