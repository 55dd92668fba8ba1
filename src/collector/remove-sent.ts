import type { Database } from "../ledger/database.ts";
import type { ImportedFrom } from "../ledger/import-totals.ts";
import { listSentImports, type SentImport } from "../ledger/imported-totals.ts";
import { findAccount, hasTarget } from "../ledger/push-targets.ts";
import { forgetSent } from "../ledger/sent-totals.ts";
import { dayText } from "../usage/day.ts";
import type { TotalKind } from "../usage/granularity.ts";
import { dollars } from "../usage/usage.ts";
import type { Trouble } from "./ask-server.ts";
import type { Server } from "./server.ts";

/** So many go at once. */
const MOST_TOTALS = 500;

/** How many totals a server removed, and how it answered where it did not remove all. */
export type RemovedThere = { removed: number; trouble: Trouble | undefined };

/**
 * Has a server remove what was imported and sent to it, under whatever key. What it has removed is noted after each
 * answer, so this can be ended and done again at any moment.
 */
export async function removeSent(
	db: Database,
	server: Server,
	user: number,
	from: ImportedFrom,
): Promise<RemovedThere> {
	if (!(await hasTarget(db, user, server.address))) return { removed: 0, trouble: undefined };
	const account = await server.findAccount();
	if (account.kind !== "ok") return { removed: 0, trouble: account };
	const known = await findAccount(db, user, server.address, account.body.id);
	return known ? removeFrom(db, server, user, known.id, from) : { removed: 0, trouble: undefined };
}

async function removeFrom(
	db: Database,
	server: Server,
	user: number,
	target: number,
	from: ImportedFrom,
): Promise<RemovedThere> {
	const sent = await listSentImports(db, user, target, from);
	let removed = 0;
	for (const kind of ["daily", "session", "blocks"] as const) {
		for (let first = 0; first < sent[kind].length; first += MOST_TOTALS) {
			const lot = sent[kind].slice(first, first + MOST_TOTALS);
			const answer = await server.removeTotals(
				kind,
				lot.map((total) => recordOf(kind, total)),
			);
			if (answer.kind !== "ok") return { removed, trouble: answer };
			removed += answer.body;
			const names = lot.map(({ label, name }) => [label, `${name}`] as const);
			await db.transaction((tx) => forgetSent(tx, target, `imported ${kind}`, names));
		}
	}
	return { removed, trouble: undefined };
}

function recordOf(kind: TotalKind, { label, machines, name, total, costNanoUsd }: SentImport): object {
	return {
		machine_id: label,
		...(machines.length > 0 && { machines }),
		name: kind === "daily" ? dayText(Number(name)) : name,
		total_tokens: total,
		total_cost: dollars(costNanoUsd),
	};
}
