import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMachineUuid } from "../account/machine.ts";
import { AppError } from "../errors.ts";
import { builtInPrices, createPriceBook, type PriceBook } from "../usage/price.ts";
import { parsePriceTable } from "../usage/price-table.ts";

/** The folder where a machine keeps what is its own. */
export type Home = {
	path: string;
	ledger: string;
	/** Held by the process that collects. */
	lock: string;
	/** Held by the process that waits for its turn to collect. */
	pending: string;
	/** What the last collect came to. */
	lastRun: string;
	/** Server and key. */
	config: string;
	/** What hides the names of projects that leave the machine. */
	secret: string;
};

export function homeAt(path: string): Home {
	return {
		path,
		ledger: join(path, "ledger.db"),
		lock: join(path, "collect.lock"),
		pending: join(path, "pending.lock"),
		lastRun: join(path, "last-run.json"),
		config: join(path, "config.json"),
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
 * The machine's identity, made on first use.
 *
 * @throws AppError `invalid_config` if the file is there and says something else, `ledger_unwritable`
 */
export function machineUuid(home: Home): string {
	const path = join(home.path, "machine.json");
	if (!existsSync(path)) {
		const uuid = crypto.randomUUID();
		writing(home, () => writeAside(path, `${JSON.stringify({ id: uuid })}\n`));
		return uuid;
	}
	const { id } = readJson(path) as { id?: unknown };
	if (isMachineUuid(id)) return id;
	throw new AppError(
		"invalid_config",
		`${path} has no machine id in it.`,
		"Move it away: a new id is made, and nothing that was counted is lost or counted twice.",
	);
}

/**
 * The prices in force: the built-in ones, and over them those of the user's own `prices.json`.
 *
 * @throws AppError `invalid_config`
 */
export function readPrices(home: Home): PriceBook {
	const path = join(home.path, "prices.json");
	const own = existsSync(path) ? [{ ...parsePriceTable(readJson(path), path), isOwn: true }] : [];
	let made: PriceBook | undefined;
	const book = () => {
		made ??= createPriceBook(...builtInPrices(), ...own);
		return made;
	};
	return {
		find: (model) => book().find(model),
		list: () => book().list(),
		originsOf: (model) => book().originsOf(model),
	};
}

/** @throws AppError `invalid_config` */
export function readJson(path: string): unknown {
	try {
		return JSON.parse(readFileSync(path, "utf8")) ?? {};
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
 * Writes a file so that there is always the old one or the new one, readable by its owner alone.
 *
 * @param flush waits until it is on the disk: without that a power cut may leave an empty one
 */
export function writeAside(path: string, text: string, flush = true): void {
	const aside = `${path}.${process.pid}`;
	try {
		writeFileSync(aside, text, { mode: 0o600, flush });
		chmodSync(aside, 0o600);
		renameSync(aside, path);
	} catch (error) {
		rmSync(aside, { force: true });
		throw error;
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
