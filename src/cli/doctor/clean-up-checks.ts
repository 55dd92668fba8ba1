import { lstatSync } from "node:fs";
import type { ScanPlan } from "../../collector/plan.ts";
import { type CleanUp, findCleanUp, readClaudeSettings } from "../../transcripts/claude-settings.ts";
import { DAY_MS } from "../../usage/day.ts";
import { counted } from "../screen/format.ts";
import { type Check, failed, type Looked, passed, warning } from "./check.ts";
import type { Scene } from "./scene.ts";

/** Whoever keeps transcripts for less loses usage when nothing is collected for a few days. */
const SHORT_DAYS = 7;
/** So many days before a transcript goes people are warned. */
const SOON_DAYS = 3;

/** How long Claude Code keeps transcripts, and what goes before it was collected. */
export const CLEAN_UP_CHECKS: readonly Check[] = [
	{
		name: "Claude's clean-up",
		why: "When it starts, Claude Code deletes transcripts that are older than its cleanupPeriodDays (30 without a setting). What was not collected by then is lost for good.",
		look: lookAtCleanUp,
	},
];

async function lookAtCleanUp(scene: Scene): Promise<Looked> {
	const found: Looked[] = [];
	for (const { path, plan } of await scene.claude()) {
		if (!plan) continue;
		const settings = readClaudeSettings(path);
		const wrong = settings.find((one) => one.wrong !== undefined);
		if (wrong) {
			found.push(
				warning(
					`${wrong.path} ${wrong.wrong}: it is not known how long transcripts are kept.`,
					"Correct that file; cleanupPeriodDays is a number of days.",
				),
			);
			continue;
		}
		found.push(judgeCleanUp(findCleanUp(settings), path, await oldestUncollected(scene, plan), scene));
	}
	return gravestOf(found) ?? passed("There are no transcripts yet.");
}

/** @returns when the transcript that is longest unchanged, and not wholly collected, was last written; epoch ms */
async function oldestUncollected(scene: Scene, plan: ScanPlan): Promise<number | undefined> {
	const found = await scene.ledger();
	if (found.is === "unusable" || found.is === "old") return undefined;
	const [first] = plan.changed;
	return first && lstatSync(first.file.path, { throwIfNoEntry: false })?.mtimeMs;
}

/** @param oldest when the oldest transcript that is not collected was last written, epoch ms */
function judgeCleanUp(cleanUp: CleanUp, path: string, oldest: number | undefined, scene: Scene): Looked {
	const { days, from } = cleanUp;
	const now = scene.now();
	const kept = `${path}: kept for ${counted(days, "day")}${from === undefined ? "" : ` (${from})`}`;
	if (days === 0) {
		return failed(
			`${path}: cleanupPeriodDays is 0 in ${from}, with which Claude Code writes no transcripts.`,
			"Set cleanupPeriodDays there to a large number, such as 365.",
		);
	}
	const collected = lastCollected(scene);
	if (collected !== undefined && now - collected > days * DAY_MS) {
		return failed(
			`${kept}, and the last collect was ${counted(Math.floor((now - collected) / DAY_MS), "day")} ago.`,
			"Run promptpulse collect now, and promptpulse setup, which has it run by itself.",
		);
	}
	if (oldest !== undefined) {
		const left = Math.floor((oldest - now) / DAY_MS + days);
		if (left < 0) {
			return failed(
				`${kept}, and a transcript that is not collected is older.`,
				"Run promptpulse collect now.",
			);
		}
		if (left <= SOON_DAYS) {
			return warning(
				`${kept}; the oldest that is not collected goes in ${counted(left, "day")}.`,
				"Run promptpulse collect.",
			);
		}
		if (days >= SHORT_DAYS)
			return passed(`${kept}; the oldest that is not collected goes in ${counted(left, "day")}`);
	}
	if (days < SHORT_DAYS) {
		return warning(
			`${kept}, which is short.`,
			`Set cleanupPeriodDays in ${from} to a larger number, such as 365, or have a collect run more often than that: promptpulse setup.`,
		);
	}
	return passed(`${kept}; all is collected`);
}

/** When a collect last ran, as far as is known: reports collect too, and note nothing but what they found. */
function lastCollected(scene: Scene): number | undefined {
	const run = scene.lastRun();
	const written = lstatSync(scene.home.ledger, { throwIfNoEntry: false })?.mtimeMs;
	const times = [run && Date.parse(run.finishedAt), written].filter((time) => time !== undefined);
	return times.length === 0 ? undefined : Math.max(...times);
}

const STATES = ["failed", "warning", "passed"] as const;

/** What all of it comes to, and what to do about the gravest. */
function gravestOf(all: readonly Looked[]): Looked | undefined {
	const state = STATES.find((one) => all.some((looked) => looked.state === one));
	const gravest = all.find((looked) => looked.state === state);
	return gravest && { ...gravest, found: all.map(({ found }) => found).join(" ") };
}
