import type { Interval, Times } from "../../schedule/times.ts";
import { twoDigits } from "../../schedule/times.ts";
import { moment } from "../screen/format.ts";
import type { ScheduleState, SetupState } from "./read-setup.ts";

/** `cron` in sentences. */
export const TITLES = {
	cron: "cron",
	systemd: "systemd",
	launchd: "launchd",
	schtasks: "the Task Scheduler",
} as const;

/** `every 15 minutes` */
export function intervalWords(interval: Interval): string {
	if (interval === "daily") return "once a day";
	return interval === "60" ? "every hour" : `every ${interval} minutes`;
}

/** `at minutes 7, 22, 37 and 52`; `at 09:07`. */
export function timesWords({ minutes, hour }: Times): string {
	if (hour !== undefined) return `at ${twoDigits(hour)}:${minutes.map(twoDigits).join()}`;
	const last = minutes.at(-1);
	if (minutes.length === 1) return `at minute ${last}`;
	return `at minutes ${minutes.slice(0, -1).join(", ")} and ${last}`;
}

/** How a schedule stands, line by line. */
export function scheduleLines(
	{ scheduler, interval, nextRunAt, isActive, isCurrent }: ScheduleState,
	zone: string,
): string[] {
	const often =
		interval === undefined ? "At times that were changed by hand" : capital(intervalWords(interval));
	const next = nextRunAt === undefined ? "" : `, next at ${moment(nextRunAt, zone)}`;
	return [
		`${often} by ${TITLES[scheduler]}${next}.`,
		...(isActive ? [] : ["It is installed and does not run. Run promptpulse setup to start it again."]),
		...(isCurrent
			? []
			: ["It is not what this program would install here now. Run promptpulse setup to bring it to date."]),
	];
}

/** What is set up, for programs. */
export function setupJson({ schedules, hooks, troubles }: SetupState): object {
	const isoTime = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
	return {
		schedules: schedules.map(({ nextRunAt, interval = null, ...state }) => ({
			...state,
			interval,
			nextRunAt: isoTime(nextRunAt),
		})),
		hooks,
		troubles,
	};
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
