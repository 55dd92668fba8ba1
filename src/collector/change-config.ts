import { rmSync } from "node:fs";
import { AppError } from "../errors.ts";
import { holdLock } from "../ledger/sqlite.ts";
import { type ConfigFields, readConfigFile } from "./config-file.ts";
import { type Home, makeHome, writing } from "./home.ts";
import { writeAside } from "./own-files.ts";

/**
 * Changes `config.json`; nobody else changes it meanwhile. A file in which nothing is left goes.
 *
 * @param change makes of all fields what they shall be; those it does not know have to stay. Undefined leaves all as it is
 * @throws AppError `invalid_config`, `ledger_unwritable`, `locked`, and what `change` throws
 */
export function changeConfigFile(
	home: Home,
	change: (fields: ConfigFields) => Record<string, unknown> | undefined,
): void {
	makeHome(home);
	const release = takeLock(home);
	try {
		const fields = change(readConfigFile(home));
		if (fields === undefined) return;
		const isEmpty = Object.values(fields).every((value) => value === undefined);
		writing(home, () => {
			if (isEmpty) rmSync(home.config, { force: true });
			else writeAside(home.config, `${JSON.stringify(fields, null, "\t")}\n`);
		});
	} finally {
		release();
	}
}

/** A lock is tried for a tenth of a second; whoever changes the file has it for less. */
const TRIES = 50;

function takeLock({ configLock }: Home): () => void {
	for (let tries = 0; tries < TRIES; tries++) {
		const release = holdLock(configLock);
		if (release) return release;
	}
	throw new AppError(
		"locked",
		"Another command is changing the settings of this machine.",
		"Nothing was changed. Try again when it has finished.",
	);
}
