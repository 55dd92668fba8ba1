import { accessSync, constants } from "node:fs";
import { isSystemError } from "../../collector/system-error.ts";
import type { Unreadable } from "../../transcripts/paths.ts";
import { counted } from "../screen/format.ts";
import { type Check, failed, type Looked, passed, warning } from "./check.ts";
import { type ClaudeDirectory, listHidden } from "./claude-directories.ts";
import type { Scene } from "./scene.ts";

/** Where usage comes from. */
export const TRANSCRIPT_CHECKS: readonly Check[] = [
	{
		name: "Claude directories",
		why: "Only transcripts in these directories are counted.",
		look: lookAtDirectories,
	},
	{
		name: "unreadable files",
		why: "The usage in them is missing until they can be read.",
		look: lookAtUnreadable,
	},
];

const RIGHT_TO_READ = "Give yourself the right to read them (chmod u+rX), and run promptpulse collect.";
/** What macOS forbids is no matter of rights. */
const FULL_DISK_ACCESS =
	"Give yourself the right to read them; on macOS let the terminal or promptpulse itself have Full Disk Access, in Privacy & Security. Then run promptpulse collect.";
/** More names would hide what is to be done. */
const MOST_NAMED = 3;

async function lookAtDirectories(scene: Scene): Promise<Looked> {
	const directories = await scene.claude();
	const found = directories.map(sentenceOf).join("; ");
	const missing = directories.filter(isMissing);
	if (missing.length > 0 && directories.some(({ isNamed }) => isNamed)) {
		return failed(
			found,
			"Correct CLAUDE_CONFIG_DIR, or see that the disk with the directory is there: it names directories whose projects hold the transcripts.",
		);
	}
	const transcripts = directories.reduce((sum, { plan }) => sum + (plan?.files ?? 0), 0);
	if (transcripts === 0) {
		return warning(
			found,
			"Use Claude Code once; if it keeps its transcripts elsewhere, name its directory in CLAUDE_CONFIG_DIR.",
		);
	}
	return passed(found);
}

function isMissing({ plan, sameAs }: ClaudeDirectory): boolean {
	return plan === undefined && sameAs === undefined;
}

function sentenceOf(directory: ClaudeDirectory): string {
	const { path, plan, sameAs } = directory;
	if (sameAs !== undefined) return `${path}: the same as ${sameAs}`;
	if (plan === undefined) return `${path}: no transcripts there`;
	return `${path}: ${counted(plan.files, "transcript")}`;
}

async function lookAtUnreadable(scene: Scene): Promise<Looked> {
	const plans = (await scene.claude()).flatMap(({ plan }) => (plan ? [plan] : []));
	const unreadable = [
		...listHidden(scene),
		...plans.flatMap((plan) => plan.unreadable),
		// What has not changed was read already.
		...plans.flatMap(({ changed }) => changed.flatMap(({ file }) => closedTo(file.path))),
	];
	if (unreadable.length > 0) {
		const named = unreadable.slice(0, MOST_NAMED).map(({ path, reason }) => `${path} (${reason})`);
		return failed(
			`${counted(unreadable.length, "file or folder", "files or folders")}: ${listOf(named, unreadable.length)}`,
			unreadable.some(({ reason }) => reason === "EPERM") ? FULL_DISK_ACCESS : RIGHT_TO_READ,
		);
	}
	const notFollowed = plans.flatMap((plan) => plan.notFollowed);
	if (notFollowed.length > 0) {
		return warning(
			`None, but links out of the transcripts are not followed: ${listOf(notFollowed.slice(0, MOST_NAMED), notFollowed.length)}`,
			"To count what they lead to, name that place in CLAUDE_CONFIG_DIR.",
		);
	}
	return passed("None.");
}

function listOf(named: readonly string[], all: number): string {
	const more = all - named.length;
	return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

/** What is gone by now is no trouble. */
function closedTo(path: string): Unreadable[] {
	try {
		accessSync(path, constants.R_OK);
		return [];
	} catch (error) {
		if (!isSystemError(error)) throw error;
		return error.code === "ENOENT" ? [] : [{ path, reason: error.code }];
	}
}
