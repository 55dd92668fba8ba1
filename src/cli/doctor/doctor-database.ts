import { dirname } from "node:path";
import { homeAt, makeHome } from "../../collector/home.ts";
import { AppError, type ErrorCode } from "../../errors.ts";
import type { Finding, Hearer } from "../../ledger/checks/check.ts";
import { checkFile, FILE_CHECKS, CLEARED as FILE_CLEARED } from "../../ledger/checks/file-checks.ts";
import { CLEARED as CLOUD_CLEARED, checkCloud, listCloudChecks } from "../../ledger/cloud/checks.ts";
import { IDLE_CHECK } from "../../ledger/cloud/connection-checks.ts";
import { parseCloudUrl } from "../../ledger/cloud/connection-string.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { CHECKS_FAILED, DONE, exitCodeOf } from "../exit-code.ts";
import type { Terminal } from "../screen/terminal.ts";
import { type DatabasePlace, placeOf, readPool } from "../server/server-database.ts";
import { checkLines, findingsJson, leftOutLine, sumUp } from "./database-checks.ts";
import { startHolder } from "./lock-holder.ts";

/** `database`: where, or true for what the environment names. */
export type DatabaseDoctorFlags = { database: string | true; quick?: boolean; json?: boolean };

/** What removes all that checks made. */
const CLEARING = [CLOUD_CLEARED.name, FILE_CLEARED.name];

/** How long a connection lies idle, in ms. */
const IDLE_MS = 60_000;

/**
 * `promptpulse doctor --database [PLACE]`: tries out whether a database is what is taken for granted of it. The ledger in
 * it is neither read nor written.
 *
 * @throws AppError `invalid_config`, `interrupted`
 */
export async function examineDatabase(context: Context, flags: DatabaseDoctorFlags): Promise<number> {
	const { config, terminal } = context;
	const { database, quick = false, json = false } = flags;
	const place = placeOf(config, database === true ? undefined : database);
	if (!json) terminal.out(`${place.name}\n`);
	const hearer = json ? { tell() {} } : checkLines(terminal);
	const looked = await stoppable((signal) => look(context, place, { quick, hearer, signal }));
	if (json) tellJson(terminal, looked);
	else tell(terminal, looked);
	return exitCodeFor(looked.findings);
}

/** `checks`: how many there were to be made. `leftOut`: the name of one that was not wanted. */
type LookedAt = { findings: Finding[]; checks: number; leftOut?: string | undefined };

type Wish = { quick: boolean; hearer: Hearer; signal: AbortSignal };

async function look(
	{ config, now }: Context,
	place: DatabasePlace,
	{ quick, hearer, signal }: Wish,
): Promise<LookedAt> {
	if (place.kind === "cloud") {
		const idleMs = quick ? undefined : IDLE_MS;
		const { maxConnections } = readPool(config);
		const options = { maxConnections, idleMs, now, signal };
		return {
			findings: await checkCloud(parseCloudUrl(place.url), options, hearer),
			checks: listCloudChecks(idleMs).length,
			leftOut: quick ? IDLE_CHECK.name : undefined,
		};
	}
	if (dirname(place.path) === config.home) makeHome(homeAt(config.home));
	const findings = await checkFile(place.path, { startWriter: startHolder, now, signal }, hearer);
	return { findings, checks: FILE_CHECKS };
}

function tell(terminal: Terminal, { findings, checks, leftOut }: LookedAt): void {
	if (leftOut !== undefined) terminal.out(leftOutLine(leftOut, "--quick"));
	terminal.out("");
	for (const line of sumUp(findings, checks)) terminal.out(line);
}

function tellJson(terminal: Terminal, { findings, leftOut }: LookedAt): void {
	terminal.out(jsonText(findingsJson(findings)));
	if (leftOut !== undefined) terminal.err(`Left out by --quick: ${leftOut}.`);
}

/** What ends the command by itself, when other commands meet it, ends this one in the same way. */
const NOT_OPENED: readonly ErrorCode[] = ["database_unreachable", "database_refused", "ledger_unwritable"];

function exitCodeFor(findings: readonly Finding[]): number {
	const failed = findings.filter(({ passed }) => !passed);
	if (failed.length === 0) return DONE;
	const errors = failed.map(({ error }) => error).filter((error) => error instanceof AppError);
	const known = errors.find(({ code }) => NOT_OPENED.includes(code));
	return known === undefined ? CHECKS_FAILED : exitCodeOf(known);
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * The first signal ends the checks, and what they made is removed; a second one does not wait for that.
 *
 * @throws AppError `interrupted`
 */
async function stoppable(work: (signal: AbortSignal) => Promise<LookedAt>): Promise<LookedAt> {
	const stopping = new AbortController();
	const stop = () => {
		for (const signal of SIGNALS) process.off(signal, stop);
		stopping.abort();
	};
	for (const signal of SIGNALS) process.on(signal, stop);
	try {
		const looked = await work(stopping.signal);
		if (stopping.signal.aborted) throw stopped(looked.findings);
		return looked;
	} finally {
		for (const signal of SIGNALS) process.off(signal, stop);
	}
}

function stopped(findings: readonly Finding[]): AppError {
	const left = findings.find((finding) => !finding.passed && CLEARING.includes(finding.check));
	if (left === undefined) {
		return new AppError(
			"interrupted",
			"The checks were stopped before their end, and what they had made was removed.",
			"Run the same command again to have all of them.",
		);
	}
	return new AppError(
		"interrupted",
		`The checks were stopped before their end, and what they had made could not be removed: ${left.detail}`,
		left.hint,
	);
}
