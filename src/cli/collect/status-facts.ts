import type { LastRun } from "../../collector/last-run.ts";
import type { Trigger } from "../../collector/triggers.ts";
import type { SetAsideRow, UnsentSummary } from "../../ledger/push-targets.ts";
import type { TotalKind } from "../../usage/granularity.ts";
import type { Fact } from "../screen/facts.ts";
import { ago, counted, moment, whole } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";
import type { SetupState } from "../setup/read-setup.ts";
import { scheduleLines } from "../setup/setup-words.ts";
import { REASONS } from "../trouble.ts";
import { ignoredLine, refusal } from "./push.ts";
import type { Kept, Status } from "./read-status.ts";

const BY: Record<Trigger, string> = { manual: "by hand", hook: "by a hook", schedule: "by schedule" };

/** How a collect ended, by its exit code. */
const ENDS: Record<number, string> = {
	0: "It ended well.",
	3: "The server refused the key: nothing was sent.",
	4: "The server could not be reached: what is kept will be sent later.",
	5: "The server refused some events: they are set aside, and the rest was sent.",
	6: "Some transcripts could not be read: promptpulse collect names them.",
};

/**
 * The status in words.
 *
 * @param zone IANA zone of the times
 * @param now epoch ms
 */
export function statusFacts(status: Status, zone: string, now: number): Fact[] {
	const { lastRun, setup, kept, isCollecting, home, server, granularity } = status;
	const when = (time: string) => {
		const at = Date.parse(time);
		return `${moment(at, zone)}, ${ago(at, now)}`;
	};
	return [
		...(isCollecting ? [{ label: "Running", lines: ["A collect is at work right now."] }] : []),
		...(lastRun ? runFacts(lastRun, when) : [kept?.responses ? NOTHING_NOTED : NO_RUN]),
		{ label: "By itself", lines: setupLines(setup, lastRun?.lastScheduledAt, zone, when) },
		...(granularity === "all" ? [] : [{ label: "Sent", lines: [TOTALS_ONLY[granularity]] }]),
		...(kept ? keptFacts(kept, server) : [NO_LEDGER]),
		{ label: "Home", lines: [plain(home)] },
	];
}

const TOTALS_ONLY: Record<TotalKind, string> = {
	daily: "Only totals of days, no responses.",
	session: "Only totals of sessions, no responses.",
	blocks: "Only totals of blocks, no responses.",
};

const NO_RUN: Fact = { label: "Last collect", lines: ["None is noted. Run promptpulse collect."] };
const NOTHING_NOTED: Fact = {
	label: "Last collect",
	lines: ["None is noted: what is kept was read by reports or the dashboard, which leave no note."],
};
const NO_LEDGER: Fact = { label: "Kept", lines: ["Nothing yet. Run promptpulse collect."] };

function runFacts(run: LastRun, when: (time: string) => string): Fact[] {
	const { finishedAt, trigger, exitCode, error, lastSuccessAt } = run;
	const end = [ENDS[exitCode], error].filter((line) => line !== undefined);
	return [
		{ label: "Last collect", lines: [`${when(finishedAt)}, ${BY[trigger]}`, ...end.map(plain)] },
		{ label: "Last success", lines: [lastSuccessAt ? when(lastSuccessAt) : "None is noted."] },
	];
}

function setupLines(
	{ schedules, hooks, troubles }: SetupState,
	lastAt: string | undefined,
	zone: string,
	when: (time: string) => string,
): string[] {
	const lines = schedules.flatMap((state) => scheduleLines(state, zone));
	if (schedules.length > 0) lines.push(`Last by schedule: ${lastAt ? when(lastAt) : "none is noted"}.`);
	if (hooks.some(({ isCurrent }) => isCurrent)) lines.push("By Claude Code, after every answer.");
	else if (hooks.some(({ isSet }) => isSet)) {
		lines.push("By Claude Code in another way than this program would set. Run promptpulse setup --hook.");
	}
	if (lines.length === 0) lines.push("Nothing is set up. Run promptpulse setup.");
	return [...lines, ...troubles.map(plain)];
}

function keptFacts(
	{ responses, since, unsent, ignored, setAside, skipped }: Kept,
	server: string | undefined,
): Fact[] {
	const from = since === undefined ? "" : ` since ${since}`;
	const skippedLines = Object.entries(skipped).map(skippedLine);
	return [
		{ label: "Kept", lines: [`${counted(responses, "response")}${from}`] },
		{ label: "Unsent", lines: [unsentLine(unsent, server)] },
		...(ignored > 0 ? [{ label: "Ignored", lines: [ignoredLine(ignored)] }] : []),
		...(setAside.length > 0 ? [{ label: "Set aside", lines: setAside.map(setAsideLine) }] : []),
		...(skippedLines.length > 0 ? [{ label: "Not counted", lines: skippedLines }] : []),
	];
}

function unsentLine(unsent: UnsentSummary, server: string | undefined): string {
	if (server === undefined) return "Nothing: no server is set.";
	const { host } = new URL(server);
	const { events, byAge } = unsent;
	const { day, week, older } = byAge;
	// What another server has acknowledged says nothing of this one.
	if (unsent.server !== undefined && unsent.server !== server) return `Everything: ${host} is a new server.`;
	if (events === 0) return `Nothing: ${host} has everything.`;
	const ages = [
		day > 0 ? `${whole(day)} of the last day` : "",
		week > 0 ? `${whole(week)} of the last week` : "",
		older > 0 ? `${whole(older)} older` : "",
	];
	return `${counted(events, "response")} for ${host}: ${ages.filter(Boolean).join(", ")}`;
}

function skippedLine([reason, lines]: [reason: string, lines: number]): string {
	return `${counted(lines, "line")}: ${(REASONS as Record<string, string>)[reason] ?? plain(reason)}`;
}

function setAsideLine({ code, events }: SetAsideRow): string {
	return `${counted(events, "response")} that the server refused: ${refusal(code)}`;
}
