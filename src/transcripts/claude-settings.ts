import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** After how many days Claude Code deletes a transcript, and the file that says so; by itself after 30. */
export type CleanUp = { days: number; from: string | undefined };

/** What Claude Code does without a setting. */
const DEFAULT_CLEAN_UP_DAYS = 30;

/** What stands in a settings file that is there; `wrong`: what of it cannot be understood, going on after its path. */
export type ClaudeSettings = { path: string; fields: Readonly<Record<string, unknown>>; wrong?: string };

/** Where whoever looks after the machine says what holds for all of its people. */
const MANAGED: Partial<Record<NodeJS.Platform, string>> = {
	linux: "/etc/claude-code/managed-settings.json",
	darwin: "/Library/Application Support/ClaudeCode/managed-settings.json",
	win32: "C:\\Program Files\\ClaudeCode\\managed-settings.json",
};

const MANAGED_SETTINGS = MANAGED[process.platform];

/**
 * The settings files that hold for a Claude directory: its own, what is local to it, and the machine's.
 *
 * @param managed path of the machine's
 */
export function readClaudeSettings(
	configDir: string,
	managed: string | undefined = MANAGED_SETTINGS,
): ClaudeSettings[] {
	const own = [join(configDir, "settings.json"), join(configDir, "settings.local.json")];
	return [...own, ...(managed === undefined ? [] : [managed])]
		.map(readSettings)
		.filter((settings) => settings !== undefined);
}

/**
 * How long transcripts are kept. What the machine's settings say goes before all others, of which the shortest time is
 * taken: a session that was started beside any of them cleans up for all.
 */
export function findCleanUp(
	settings: readonly ClaudeSettings[],
	managed: string | undefined = MANAGED_SETTINGS,
): CleanUp {
	const told = settings.flatMap(({ path, fields }) => {
		const { cleanupPeriodDays: days } = fields;
		return isDays(days) ? [{ days, from: path }] : [];
	});
	const [shortest] = told.toSorted((a, b) => a.days - b.days);
	return (
		told.find(({ from }) => from === managed) ?? shortest ?? { days: DEFAULT_CLEAN_UP_DAYS, from: undefined }
	);
}

function isDays(value: unknown): value is number {
	return typeof value === "number" && value >= 0;
}

/** A pipe is not waited for. */
function readSettings(path: string): ClaudeSettings | undefined {
	try {
		const stats = statSync(path, { throwIfNoEntry: false });
		if (!stats) return undefined;
		if (!stats.isFile()) return { path, fields: {}, wrong: "is no file" };
		const fields: unknown = JSON.parse(readFileSync(path, "utf8"));
		if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
			return { path, fields: {}, wrong: "holds no object" };
		}
		const { cleanupPeriodDays: days } = fields as Record<string, unknown>;
		const isSound = days === undefined || isDays(days);
		return {
			path,
			fields: fields as Record<string, unknown>,
			...(isSound ? {} : { wrong: "has a cleanupPeriodDays that is no number of days" }),
		};
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		// Nothing of what stands in it is told.
		return { path, fields: {}, wrong: code === undefined ? "is not valid JSON" : `cannot be read (${code})` };
	}
}
