import { existsSync } from "node:fs";
import { findSqliteVersion } from "../../ledger/soundness.ts";
import { VERSION } from "../../version.ts";
import { type Check, failed, type Looked, passed, warning } from "./check.ts";

/** The program itself. */
export const PROGRAM_CHECKS: readonly Check[] = [
	{
		name: "program",
		why: "What runs it later, such as a scheduler or a hook, starts the file that this one was started from.",
		look: lookAtProgram,
	},
	{
		name: "SQLite",
		why: "The ledger's questions need SQLite 3.38 or newer.",
		look: async () => judgeSqlite(await findSqliteVersion()),
	},
];

function lookAtProgram(): Looked {
	const { execPath, platform, arch } = process;
	const found = `promptpulse ${VERSION} for ${platform} ${arch}, run by Bun ${Bun.version}: ${execPath}`;
	if (existsSync(execPath)) return passed(found);
	return warning(
		`${found}, which is not there any more.`,
		"It was replaced or removed while it ran: run promptpulse doctor again, from where promptpulse is now.",
	);
}

/** @param version such as `3.54.1` */
export function judgeSqlite(version: string): Looked {
	const isNew = /^\d+\.\d+\.\d+$/.test(version) && Bun.semver.order(version, "3.38.0") >= 0;
	if (isNew) return passed(version);
	return failed(version, "Use a newer promptpulse; where the system lends it SQLite, a newer system.");
}
