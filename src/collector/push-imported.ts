import type { Database, Reader } from "../ledger/database.ts";
import { listImportedTotals } from "../ledger/imported-totals.ts";
import type { PushTarget } from "../ledger/push-targets.ts";
import { forgetSentKind, listSentTotals, type SentKind } from "../ledger/sent-totals.ts";
import type { TotalKind } from "../usage/granularity.ts";
import { type Privacy, veilProject } from "../usage/privacy.ts";
import {
	blockRecordOf,
	dayRecordOf,
	type ReportedSession,
	sessionRecordOf,
} from "../usage/reported-total.ts";
import type { SentTotal } from "../usage/sent-total.ts";
import { findKnownTarget, type TargetHint } from "./preview.ts";
import type { PushOptions } from "./push.ts";
import { pushTotals } from "./push-totals.ts";
import { type DueTotal, digestOf, dueOf, lotsOf, type TotalsPlan } from "./totals-plan.ts";
import type { PushStop } from "./waiting.ts";

/** Which of a ledger's imported totals may go. */
export type ImportedOptions = {
	/** Number of the user in the ledger. */
	user: number;
	kinds: readonly TotalKind[];
	privacy: Privacy;
	/** Older ones stay, epoch ms. */
	since?: number | undefined;
};

/** What a push of imported totals came to, in totals. `setAside`: refused by the server. */
export type ImportedResult = { sent: number; setAside: number; unsent: number; stop: PushStop | undefined };

/**
 * Sends a server the imported totals that it does not have as they are. Where it has all the network is not touched.
 *
 * @returns undefined where there is none that may go: most people never imported anything
 */
export async function pushImported(
	db: Database,
	options: PushOptions & Pick<ImportedOptions, "kinds">,
): Promise<ImportedResult | undefined> {
	const result: ImportedResult = { sent: 0, setAside: 0, unsent: 0, stop: undefined };
	const imported = await listMayGo(db, { ...options, user: options.user.id });
	const kinds = options.kinds.filter((kind) => imported[kind].length > 0);
	if (kinds.length === 0) return undefined;
	for (const kind of kinds) {
		const totals = imported[kind];
		const noted = notedAs(kind);
		const pushed = await pushTotals(
			db,
			{ ...options, kind },
			{
				noted,
				isEmpty: async () => false,
				plan: (target) => planImported(db, noted, totals, target),
				forgetSent: (tx, target) => forgetSentKind(tx, target, noted),
			},
		);
		result.sent += pushed.sent;
		result.unsent += pushed.unsent;
		for (const count of Object.values(pushed.setAside)) result.setAside += count;
		result.stop = pushed.stop;
		if (result.stop) break;
	}
	return result;
}

/** What a push of imported totals would send if it began now and all went well, lot by lot, one kind after the other. */
export async function previewImported(
	db: Reader,
	options: ImportedOptions & TargetHint & { resend?: boolean | undefined },
): Promise<DueTotal[][]> {
	const target = options.resend ? undefined : await findKnownTarget(db, options.user, options);
	const imported = await listMayGo(db, options);
	const plans = options.kinds.map((kind) => planImported(db, notedAs(kind), imported[kind], target));
	return (await Promise.all(plans)).flatMap(({ due }) => lotsOf(due));
}

function notedAs(kind: TotalKind): SentKind {
	return `imported ${kind}`;
}

async function planImported(
	db: Reader,
	noted: SentKind,
	totals: readonly DueTotal[],
	target: PushTarget | undefined,
): Promise<TotalsPlan> {
	const sent = target ? await listSentTotals(db, target.id, noted) : [];
	return { found: totals.length, due: dueOf(totals, sent) };
}

/**
 * Imported totals as they may leave the machine. Days and blocks do not tell projects, so where any is ignored they all
 * stay, and so do sessions of which it is not known where they were; a sum of a folder has the folder's path for its name,
 * which only goes where paths go.
 */
async function listMayGo(
	db: Reader,
	{ user, privacy, since = 0 }: ImportedOptions,
): Promise<Record<TotalKind, DueTotal[]>> {
	const { days, sessions, blocks } = await listImportedTotals(db, user, since);
	const isMixed = privacy.rules?.ignoresAny === true;
	const named = sessions.filter(
		({ session, project }) =>
			(privacy.setting === "full" || SESSION_ID.test(session)) &&
			!(isMixed && (project === null || !TELLS_PLACE.test(project) || privacy.rules?.isIgnored(project))),
	);
	return {
		daily: isMixed ? [] : days.map((row) => asDue(row.label, `${row.day}`, dayRecordOf(row))),
		session: named.map((row) => dueSession(row, privacy)),
		blocks: isMixed ? [] : blocks.map((row) => asDue(row.label, row.block, blockRecordOf(row))),
	};
}

/** Of a session or of one of its agents. */
const SESSION_ID = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|agent-[0-9a-f]+)$/i;

/**
 * A whole path, or the name of Claude Code's folder for one. Other programs also knew the last part alone, or a file's
 * place below such a folder, and no rule is found by these.
 */
const TELLS_PLACE = /^(?:\/|[a-z]:[\\/]|\\\\|(?:-|[a-z]--)[^\\/]*$)/i;

/** It stays the same whatever its project is called elsewhere. */
function dueSession(row: ReportedSession, privacy: Privacy): DueTotal {
	const project = veilProject(row.project ?? undefined, privacy) ?? null;
	const told = JSON.stringify(sessionRecordOf(row, row.project));
	return asDue(row.label, row.session, sessionRecordOf(row, project), told);
}

function asDue(label: string, name: string, record: object, told = JSON.stringify(record)): DueTotal {
	const total: SentTotal = { label, name, record, told };
	return { ...total, digest: digestOf(told) };
}
