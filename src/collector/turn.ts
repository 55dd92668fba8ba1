import { existsSync } from "node:fs";
import { AppError } from "../errors.ts";
import { holdLock } from "../ledger/sqlite.ts";
import { type Home, makeHome } from "./home.ts";
import { refuseForeignFolder } from "./own-files.ts";

/** Lets go of a lock. */
export type Release = () => void;

/** A collect that waits for its turn looks this often, and gives up after so long, in ms. */
const LOOK_EVERY = 400;
const PATIENCE = 60 * 60_000;

/**
 * Runs `work` while no other process collects into the same home.
 *
 * @param release what lets go of the lock, if it is held already
 * @throws AppError `locked`
 */
export async function alone<Result>(
	home: Home,
	work: () => Promise<Result>,
	release: Release = takeLock(home),
): Promise<Result> {
	try {
		return await work();
	} finally {
		release();
	}
}

/**
 * Waits until it is time for a collect that something triggered: first `delay` ms, in which further triggers may
 * come, then for a collect that is running, because it may have passed by what is new already. Of all who are told to
 * wait only one does, and it counts as waiting until it has the turn: so whatever comes before that is in what it
 * collects, and whatever comes later waits anew.
 *
 * @returns what ends the turn, or undefined where another process is waiting
 * @throws AppError `locked` if the running collect does not end, `ledger_unwritable`, `invalid_config` for a home of
 *   somebody else
 */
export async function awaitTurn(home: Home, delay: number): Promise<Release | undefined> {
	makeHome(home);
	refuseForeignFolder(home.path);
	const stopWaiting = holdLock(home.pending);
	if (!stopWaiting) return undefined;
	try {
		await Bun.sleep(delay);
		return await awaitLock(home);
	} finally {
		stopWaiting();
	}
}

async function awaitLock(home: Home): Promise<Release> {
	for (let waited = 0; waited < PATIENCE; waited += LOOK_EVERY) {
		// Somebody may have deleted it in the meantime.
		makeHome(home);
		const release = holdLock(home.lock);
		if (release) return release;
		await Bun.sleep(LOOK_EVERY);
	}
	return takeLock(home);
}

function takeLock({ lock }: Home): Release {
	const release = holdLock(lock);
	if (release) return release;
	throw new AppError(
		"locked",
		"Another collect is running on this machine.",
		"Nothing is lost. Try again when it has finished.",
	);
}

/** Whether a collect is running, as far as that can be seen. Nothing is made. */
export function isCollecting({ lock }: Home): boolean {
	if (!existsSync(lock)) return false;
	try {
		const release = holdLock(lock);
		release?.();
		return release === undefined;
	} catch (error) {
		// Where nothing can be written nobody collects.
		if (error instanceof AppError) return false;
		throw error;
	}
}
