import { existsSync } from "node:fs";
import { readScheduleNote, saveScheduleNote } from "../../collector/schedule-note.ts";
import { findHooks } from "../../schedule/settings-file.ts";
import { type Interval, lengthOf } from "../../schedule/times.ts";
import { ago } from "../screen/format.ts";
import { findInstalled, type ScheduleState } from "../setup/read-setup.ts";
import { jobOf, schedulersOf } from "../setup/scheduled-job.ts";
import { hookLine } from "../setup/setup-hook.ts";
import { intervalWords, TITLES } from "../setup/setup-words.ts";
import { type Check, failed, type Looked, passed, warning } from "./check.ts";
import { isOrdinaryFile, type Scene } from "./scene.ts";
import { pathsIn } from "./started-paths.ts";

/** What collects when nobody looks. */
export const SCHEDULE_CHECKS: readonly Check[] = [
	{
		name: "schedule",
		why: "Only what runs by itself collects every transcript before Claude Code deletes it, and keeps a server up to date.",
		look: lookAtSchedule,
	},
	{
		name: "hook",
		why: "Claude Code's hooks start a collect after every answer; one that starts nothing is an error in each session.",
		look: lookAtHooks,
	},
];

const SET_UP = "Run promptpulse setup.";

async function lookAtSchedule(scene: Scene): Promise<Looked> {
	const { schedules, hooks, troubles } = await scene.setup();
	const [schedule, other] = schedules;
	if (!schedule) {
		if (troubles.length > 0) return warning(`It is not known: ${troubles.join(" ")}`, SET_UP);
		if (hooks.some(({ isCurrent }) => isCurrent)) return passed("None; Claude Code's hooks start collects.");
		return warning("Nothing collects by itself.", SET_UP);
	}
	const { interval, isActive, isCurrent } = schedule;
	const gone = isCurrent ? [] : goneIn(schedule.pieces.map(({ text }) => text));
	if (gone.length > 0) {
		return failed(
			`${describe(schedule)} starts ${gone.join(", ")}, which is not there any more.`,
			SET_UP,
			interval && (() => reinstall(scene, schedule, interval)),
		);
	}
	if (!isActive)
		return failed(`${describe(schedule)} is installed, and the system does not heed it.`, SET_UP);
	if (interval === undefined) return warning(`${describe(schedule)} was changed by hand.`, SET_UP);
	const fired = judgeRuns(describe(schedule), lengthOf(interval), timesOf(scene), scene.now());
	if (fired.state !== "passed") return fired;
	if (!isCurrent) {
		return warning(`${fired.found}; it is not what this program would install here now.`, SET_UP);
	}
	if (other) return warning(`${fired.found}; ${describe(other)} collects too.`, SET_UP);
	return fired;
}

function describe({ scheduler, interval }: ScheduleState): string {
	return interval === undefined ? TITLES[scheduler] : `${TITLES[scheduler]}, ${intervalWords(interval)},`;
}

/** Epoch ms. */
type Runs = { lastAt: number | undefined; installedAt: number | undefined };

function timesOf(scene: Scene): Runs {
	const last = scene.lastRun()?.lastScheduledAt;
	const { home } = scene;
	return {
		lastAt: last === undefined ? undefined : Date.parse(last),
		installedAt: isOrdinaryFile(home.schedule) ? readScheduleNote(home) : undefined,
	};
}

/**
 * Whether a scheduler does what it was told.
 *
 * @param name the scheduler's, and how often it is to run; goes on with a verb
 * @param length ms between two runs
 */
export function judgeRuns(name: string, length: number, { lastAt, installedAt }: Runs, now: number): Looked {
	const mend =
		"See that its service runs and that the machine was on; what the collect said is in collect.log in the home, if it was started.";
	if (lastAt !== undefined && now - Math.max(lastAt, installedAt ?? 0) > 2 * length) {
		return failed(`${name} ran one last ${ago(lastAt, now)}.`, mend);
	}
	if (lastAt !== undefined) return passed(`${name} ran one ${ago(lastAt, now)}`);
	if (installedAt === undefined)
		return warning(`${name} has run none that is noted.`, `${SET_UP} Then look here again.`);
	if (now - installedAt > length) {
		return failed(`${name} was set up ${ago(installedAt, now)}, and has never run one.`, mend);
	}
	return passed(`${name} was set up ${ago(installedAt, now)}; its first run is to come`);
}

/** Of the files that texts of schedulers and hooks start, those that are not there. */
function goneIn(texts: readonly string[]): string[] {
	return [...new Set(texts.flatMap(pathsIn))].filter((path) => !existsSync(path));
}

async function reinstall(
	scene: Scene,
	{ scheduler: name }: ScheduleState,
	interval: Interval,
): Promise<string[]> {
	const context = { ...scene.context, config: scene.config };
	const { found } = await findInstalled(schedulersOf(context));
	const scheduler = found.find((one) => one.scheduler.name === name)?.scheduler;
	await scheduler?.install(jobOf(context, interval));
	saveScheduleNote(scene.home, scene.now());
	return [`${TITLES[name]} starts ${process.execPath} from now on.`];
}

async function lookAtHooks(scene: Scene): Promise<Looked> {
	const { schedules, hooks, troubles } = await scene.setup();
	const set = hooks.filter(({ isSet }) => isSet);
	if (set.length === 0) {
		const found = schedules.length > 0 ? "None; a schedule collects." : "None.";
		return troubles.length > 0
			? warning(`${found} ${troubles.join(" ")}`, "Run promptpulse setup --status.")
			: passed(found);
	}
	const found = set.map((hook) => hookLine(hook)).join(" ");
	const odd = set.filter(({ isCurrent }) => !isCurrent);
	const gone = goneIn(odd.flatMap(({ path }) => commandsIn(path)));
	if (gone.length > 0) {
		return failed(`${found} ${gone.join(", ")} is not there any more.`, "Run promptpulse setup --hook.");
	}
	return odd.length > 0 ? warning(found, "Run promptpulse setup --hook.") : passed(found);
}

function commandsIn(path: string): string[] {
	return Object.values(findHooks(path, "") ?? {}).flat();
}
