import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { KeptName } from "../../config.ts";
import { AppError } from "../../errors.ts";
import { cleanName } from "../../usage/event.ts";
import { GRANULARITIES } from "../../usage/granularity.ts";
import { PRIVACY_SETTINGS } from "../../usage/privacy.ts";

/** A value as it is kept, and what people should know of it. */
export type CheckedSetting = { value: string; warnings: string[] };

/**
 * Checks the value of a setting before it is kept.
 *
 * @param userHome what `~` stands for
 * @throws AppError `usage` for a value that it cannot have
 */
export function checkSetting(name: KeptName, value: string, userHome: string): CheckedSetting {
	if (value.trim() === "") {
		throw new AppError(
			"usage",
			`${name} cannot be empty.`,
			`To forget what is kept, run promptpulse config unset ${name}.`,
		);
	}
	return CHECKS[name](value, userHome);
}

const CHECKS: Record<KeptName, (value: string, userHome: string) => CheckedSetting> = {
	machineLabel(value) {
		if (cleanName(value) === value) return { value, warnings: [] };
		throw new AppError(
			"usage",
			"This cannot be what a machine is called.",
			"Use at most 256 characters, none of which is a line break or another control character.",
		);
	},

	projectPrivacy(value) {
		if (PRIVACY_SETTINGS.some((known) => known === value)) return { value, warnings: [] };
		throw new AppError(
			"usage",
			`${JSON.stringify(value)} is no setting of projectPrivacy.`,
			`Take one of ${PRIVACY_SETTINGS.join(", ")}.`,
		);
	},

	granularity(value) {
		if (GRANULARITIES.some((known) => known === value)) return { value, warnings: [] };
		throw new AppError(
			"usage",
			`${JSON.stringify(value)} is nothing that can be sent.`,
			`Take one of ${GRANULARITIES.join(", ")}.`,
		);
	},

	claudeConfigDir(value, userHome) {
		const given = value.split(",").map((dir) => dir.trim());
		const dirs = given.filter((dir) => dir !== "").map((dir) => absolute(dir, userHome));
		if (dirs.length === 0) {
			throw new AppError(
				"usage",
				"claudeConfigDir names no folder.",
				"Name one, or several separated by commas.",
			);
		}
		const missing = dirs.filter((dir) => !isFolder(dir));
		return {
			value: dirs.join(","),
			warnings: missing.map((dir) => `There is no folder ${dir} yet. It is looked for at each collect.`),
		};
	},
};

/** What is kept holds wherever promptpulse is started. */
function absolute(dir: string, userHome: string): string {
	return /^~(?=$|[/\\])/.test(dir) ? join(userHome, dir.slice(1)) : resolve(dir);
}

function isFolder(path: string): boolean {
	try {
		return statSync(path).isDirectory();
	} catch {
		// Where nothing can be seen nothing is.
		return false;
	}
}
