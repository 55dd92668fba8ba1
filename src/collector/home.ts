import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isMachineUuid } from "../account/machine.ts";
import { AppError } from "../errors.ts";
import {
	closeToOthers,
	type Exposure,
	isShared,
	lookAt,
	readText,
	refuseForeignFile,
	refuseForeignFolder,
	writeOnce,
} from "./own-files.ts";

/** The folder where a machine keeps what is its own. */
export type Home = {
	path: string;
	ledger: string;
	/** Held by the process that collects. */
	lock: string;
	/** Held by the process that waits for its turn to collect. */
	pending: string;
	/** The machine's id. */
	machine: string;
	/** What the last collect came to. */
	lastRun: string;
	/** Since when a scheduler is told to collect. */
	schedule: string;
	/** What collects by the clock have to say, and what they had to say before that. */
	log: string;
	formerLog: string;
	/** Settings, server and key. */
	config: string;
	/** Held by the process that changes them. */
	configLock: string;
	/** What hides the names of projects that leave the machine. */
	secret: string;
};

export function homeAt(path: string): Home {
	return {
		path,
		ledger: join(path, "ledger.db"),
		lock: join(path, "collect.lock"),
		pending: join(path, "pending.lock"),
		machine: join(path, "machine.json"),
		lastRun: join(path, "last-run.json"),
		schedule: join(path, "schedule.json"),
		log: join(path, "collect.log"),
		formerLog: join(path, "collect.log.1"),
		config: join(path, "config.json"),
		configLock: join(path, "config.lock"),
		secret: join(path, "secret.json"),
	};
}

/**
 * Makes the folder, for its owner alone.
 *
 * @throws AppError `ledger_unwritable`
 */
export function makeHome(home: Home): void {
	writing(home, () => {
		mkdirSync(home.path, { recursive: true, mode: 0o700 });
	});
}

/**
 * Makes the folder, or takes from everybody else what they may do with the one that is there. What lies in it is closed
 * to them too, for the folder may have been open until now.
 *
 * @returns whether others could look into the folder
 * @throws AppError `ledger_unwritable`, `invalid_config` for a folder or a file of somebody else
 */
export function closeHome(home: Home): Exposure {
	makeHome(home);
	refuseForeignFolder(home.path);
	for (const path of ownFiles(home)) {
		const stats = lookAt(path);
		if (!stats) continue;
		refuseForeignFile(path, stats, "move it away: another one is made.");
		closeToOthers(path, stats);
	}
	const folder = writing(home, () => statSync(home.path));
	return isShared(home.path, folder) ? "no" : closeToOthers(home.path, folder);
}

/** What only this program writes. `config.json` tells whoever reads it in what state it was. */
export function ownFiles(home: Home): string[] {
	const { ledger, lock, pending, configLock, lastRun, schedule, log, formerLog, machine, secret } = home;
	const ofLedger = [ledger, `${ledger}-wal`, `${ledger}-shm`];
	return [...ofLedger, lock, pending, configLock, lastRun, schedule, log, formerLog, machine, secret];
}

/**
 * The machine's identity, made on first use.
 *
 * @throws AppError `invalid_config` if the file is there and says something else, `ledger_unwritable`
 */
export function machineUuid(home: Home): string {
	const path = home.machine;
	if (!existsSync(path)) {
		writing(home, () => writeOnce(path, `${JSON.stringify({ id: crypto.randomUUID() })}\n`));
	}
	const { id } = readJson(path) as { id?: unknown };
	if (isMachineUuid(id)) return id;
	throw new AppError(
		"invalid_config",
		`${path} has no machine id in it.`,
		"Move it away: a new id is made, and nothing that was counted is lost or counted twice.",
	);
}

/** @throws AppError `invalid_config` */
export function readJson(path: string): unknown {
	try {
		return JSON.parse(readText(path)) ?? {};
	} catch (error) {
		throw new AppError(
			"invalid_config",
			`${path} cannot be read: ${error instanceof Error ? error.message : error}.`,
			"Correct the file or move it away.",
			{ cause: error },
		);
	}
}

/**
 * Says of what cannot be written in the home what to do about it.
 *
 * @throws AppError `ledger_unwritable`
 */
export function writing<Result>(home: Home, write: () => Result): Result {
	try {
		return write();
	} catch (error) {
		throw new AppError(
			"ledger_unwritable",
			`${home.path} cannot be written (${error instanceof Error ? error.message : error}).`,
			"Check that the disk has room and that the folder is yours, or name another one in PROMPTPULSE_HOME.",
			{ cause: error },
		);
	}
}
