import { findServer } from "../../collector/credentials.ts";
import { findHeldBack } from "../../collector/held-back.ts";
import { type Home, homeAt } from "../../collector/home.ts";
import { type LastRun, readLastRun } from "../../collector/last-run.ts";
import { readProjectRules } from "../../collector/project-rules.ts";
import { isCollecting } from "../../collector/turn.ts";
import { summarizeSkipped } from "../../ledger/files.ts";
import { countResponsesOf } from "../../ledger/ignored-projects.ts";
import {
	listSetAside,
	type SetAsideRow,
	summarizeUnsent,
	type UnsentSummary,
} from "../../ledger/push-targets.ts";
import { LOCAL_USER } from "../../ledger/users.ts";
import { findFirstDay } from "../../reports/first-use.ts";
import { findTotals } from "../../reports/totals.ts";
import { dayText } from "../../usage/day.ts";
import type { Granularity } from "../../usage/granularity.ts";
import type { ProjectRules } from "../../usage/project-rules.ts";
import type { Exact } from "../../usage/usage.ts";
import type { Context } from "../context.ts";
import { openForReading } from "../open-usage.ts";
import { readSetup, type SetupState } from "../setup/read-setup.ts";
import { readGranularity } from "./granularity.ts";

/** What the ledger tells of itself. */
export type Kept = {
	responses: Exact;
	/** The local day of the first one. */
	since: string | undefined;
	unsent: UnsentSummary;
	/** Responses of projects that are ignored: they stay here. */
	ignored: Exact;
	setAside: SetAsideRow[];
	/** Lines that could not be counted, by reason, in the transcripts that are there still. */
	skipped: Record<string, number>;
};

/** How it stands with collecting. */
export type Status = {
	/** The folder. */
	home: string;
	isCollecting: boolean;
	lastRun: LastRun | undefined;
	/** What starts a collect by itself. */
	setup: SetupState;
	/** The address of the server that usage is sent to, if one is set. */
	server: string | undefined;
	/** What is sent there. */
	granularity: Granularity;
	/** Undefined while there is no ledger. */
	kept: Kept | undefined;
};

/**
 * Looks how it stands with collecting. Nothing is made, and nobody is waited for.
 *
 * @throws AppError as opening a ledger does, and `invalid_config`
 */
export async function readStatus(context: Context): Promise<Status> {
	const { config, now } = context;
	const home = homeAt(config.home);
	const { server, since } = findServer(home, config);
	const granularity = readGranularity(context, undefined);
	const rules = readProjectRules(home, config.userHome);
	const sent = { rules, since, isTotals: granularity !== "all" };
	return {
		home: home.path,
		isCollecting: isCollecting(home),
		lastRun: readLastRun(home),
		setup: await readSetup(context),
		server,
		granularity,
		kept: await readKept(home, config.zone, sent, now()),
	};
}

async function readKept(
	home: Home,
	zone: string,
	{ rules, since, isTotals }: { rules: ProjectRules; since: number | undefined; isTotals: boolean },
	now: number,
): Promise<Kept | undefined> {
	const db = await openForReading(home, now);
	if (!db) return undefined;
	try {
		const asker = { id: LOCAL_USER, zone };
		const firstDay = await findFirstDay(db, asker, { zone });
		const heldBack = await findHeldBack(db, LOCAL_USER, { rules }, since);
		return {
			responses: (await findTotals(db, asker, { zone, mode: "calculate" })).responses,
			since: firstDay === undefined ? undefined : dayText(firstDay),
			unsent: await summarizeUnsent(db, LOCAL_USER, now, heldBack, isTotals),
			ignored: await countResponsesOf(db, LOCAL_USER, heldBack.projects ?? []),
			setAside: await listSetAside(db),
			skipped: await summarizeSkipped(db),
		};
	} finally {
		await db.close();
	}
}
