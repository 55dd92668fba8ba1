import { existsSync } from "node:fs";
import { platform } from "node:os";
import type { Machine } from "../account/machine.ts";
import { type Collected, collect } from "../collector/collect.ts";
import { type Home, homeAt, machineUuid } from "../collector/home.ts";
import { readPrices } from "../collector/own-prices.ts";
import { alone, type Release } from "../collector/turn.ts";
import { AppError } from "../errors.ts";
import type { Database } from "../ledger/database.ts";
import { isUnmade, openLedger, openLedgerReadOnly } from "../ledger/open.ts";
import { findUser, type LedgerUser, LOCAL_USER } from "../ledger/users.ts";
import { findRoots } from "../transcripts/paths.ts";
import { VERSION } from "../version.ts";
import type { Context } from "./context.ts";
import { ownHome } from "./own-home.ts";
import { Progress } from "./screen/progress.ts";

/** A ledger that is open for questions. */
export type OpenUsage = {
	db: Database;
	user: LedgerUser;
	/** What was collected on the way, if anything was, and the machine that did. */
	collected?: Collected | undefined;
	machine?: Machine | undefined;
	/** Places where transcripts were looked for. */
	looked: string[];
};

/**
 * Brings the machine's ledger to date.
 *
 * @param turn what ends the turn to collect, if it has come already
 * @param then what else belongs into the turn
 * @throws AppError `locked`, `ledger_unwritable`, `ledger_damaged`, `schema_newer`, `invalid_config`
 */
export async function collectUsage(
	context: Context,
	full: boolean,
	turn?: Release,
	then?: (usage: OpenUsage) => Promise<void>,
): Promise<OpenUsage> {
	const home = ownHome(context);
	const work = async () => {
		const uuid = machineUuid(home);
		const db = await openLedger(home.ledger, context.now());
		const usage = await collectInto(context, home, db, uuid, full);
		try {
			await then?.(usage);
			return usage;
		} catch (error) {
			await db.close();
			throw error;
		}
	};
	return alone(home, work, turn);
}

/**
 * Opens the machine's ledger to report from it, brought to date if it can be. Where it cannot, another collect is at
 * work or nothing can be written there, people get what there is, and are told.
 */
export async function openUsage(context: Context, wantsCollect: boolean): Promise<OpenUsage> {
	const home = homeAt(context.config.home);
	try {
		if (wantsCollect) return await collectUsage(context, false);
		ownHome(context);
		return await asItStands(context, await openLedger(home.ledger, context.now()));
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		if (error.code === "locked") {
			context.terminal.err("Another collect is running: these are the figures up to the last one.");
			return asItStands(context, await openLedger(home.ledger, context.now()));
		}
		if (error.code === "ledger_unwritable") return withoutWriting(context, home, error, wantsCollect);
		throw error;
	}
}

async function withoutWriting(
	context: Context,
	home: Home,
	reason: AppError,
	wantsCollect: boolean,
): Promise<OpenUsage> {
	const kept = await openForReading(home, context.now());
	if (kept) {
		const opened = await asItStands(context, kept);
		context.terminal.err(`${reason.message} These are the figures up to the last collect. ${reason.hint}`);
		return opened;
	}
	const db = await openLedger(":memory:", context.now());
	if (!wantsCollect) return asItStands(context, db);
	const opened = await collectInto(context, home, db, crypto.randomUUID(), false);
	context.terminal.err(
		`${reason.message} These are the figures of the transcripts alone; nothing was kept. ${reason.hint}`,
	);
	return opened;
}

/**
 * Opens what was kept, undefined where nothing was. A full disk hinders nobody from reading, and what was written last
 * may stand beside the ledger still.
 */
export async function openForReading(home: Home, now: number): Promise<Database | undefined> {
	if (!existsSync(home.ledger)) return undefined;
	try {
		return await openLedger(home.ledger, now);
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== "ledger_unwritable") throw error;
		return (await isUnmade(home.ledger)) ? undefined : openLedgerReadOnly(home.ledger);
	}
}

async function asItStands({ config }: Context, db: Database): Promise<OpenUsage> {
	const user = (await findUser(db, LOCAL_USER)) ?? { id: LOCAL_USER, zone: config.zone, horizon: 0 };
	return { db, user, looked: rootsOf(config).looked };
}

async function collectInto(
	context: Context,
	home: Home,
	db: Database,
	uuid: string,
	full: boolean,
): Promise<OpenUsage> {
	const { config, terminal, now } = context;
	const progress = new Progress(terminal);
	const { roots, looked, unreadable } = rootsOf(config);
	const machine: Machine = {
		uuid,
		label: config.machineLabel,
		os: platform(),
		client: VERSION,
		get zone() {
			return config.zone;
		},
	};
	try {
		const collected = await collect(db, {
			machine,
			get zone() {
				return config.zone;
			},
			prices: readPrices(home),
			roots,
			full,
			now: now(),
			progress: progress.show,
		});
		collected.scan.unreadable.unshift(...unreadable);
		return { db, user: collected.user, collected, machine, looked };
	} catch (error) {
		await db.close();
		throw error;
	} finally {
		progress.end();
	}
}

function rootsOf({ claudeConfigDir, xdgConfigHome, userHome }: Context["config"]) {
	return findRoots({ claudeConfigDir, xdgConfigHome, home: userHome });
}
