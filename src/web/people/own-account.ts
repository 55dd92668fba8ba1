import { expectAccount } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { type Erasure, eraseAccount, finishErasure } from "../../ledger/erase.ts";
import { findRetentionChoice, findRetentionRules, saveRetentionChoice } from "../../ledger/retention.ts";
import { invalidFields, type Problem, ProblemError } from "../errors.ts";
import { type Arrival, accountOf, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { within } from "../within.ts";
import { isFresh } from "./own-keys.ts";

/** How long an answer waits, in ms, for all of a person's usage to be gone; the rest goes while nobody waits. */
const WAITED = 5_000;

export const LOG_IN_AGAIN: Problem = {
	status: 403,
	code: "log_in_again",
	title: "Log in again",
	sentence: "An account is erased within 15 minutes of a log-in.",
	hint: "Log out, log in again, and erase it then.",
};

export const OWNER_STAYS: Problem = {
	status: 409,
	code: "owner_stays",
	title: "The owner stays as long as there are others",
	sentence: "This account owns the server, and other people have accounts on it.",
	hint: "Have whoever runs the server name another owner: promptpulse user erase NAME --heir OTHER --yes.",
};

/**
 * Erases the account of who asks, and all that is kept of it, for good. At once nothing of it opens anything any more.
 *
 * @param confirm the user name, to say that it is meant
 * @throws ProblemError
 */
export async function eraseOwnAccount(
	{ db, report, isClosing }: Pick<ServerOptions, "db" | "report" | "isClosing">,
	viewer: Viewer,
	confirm: unknown,
	{ now, requestId }: Pick<Arrival, "now" | "requestId">,
): Promise<void> {
	const { id, username, user } = accountOf(viewer);
	if (!viewer.key && !isFresh(viewer, now)) throw new ProblemError(LOG_IN_AGAIN);
	if (confirm !== username) throw new ProblemError(invalidFields("invalid_body", ["confirm"]));
	await db.transaction(async (tx) => {
		const account = await expectAccount(tx, user);
		const done = await eraseAccount(tx, account, { by: "self" }, now);
		if (done === "owner") throw new ProblemError(OWNER_STAYS);
	});
	const erasure: Erasure = { user, account: id, begunAt: now };
	// What is not done here, the server's clock sees to.
	const rest = finishErasure(db, erasure, isClosing).catch((error) => report(error, requestId));
	await within(WAITED, rest);
}

/**
 * Settles for how many months a person's single responses are kept; the server's daily round goes by it.
 *
 * @param months null: for good
 * @throws ProblemError `beyond_rules` where the server keeps nothing for so long
 */
export async function chooseRetention(
	db: Database,
	viewer: Viewer,
	months: number | null,
	{ now, address }: Pick<Arrival, "now" | "address">,
): Promise<void> {
	const { user } = accountOf(viewer);
	await db.transaction(async (tx) => {
		const [before, { most }] = await Promise.all([
			findRetentionChoice(tx, user),
			findRetentionRules(tx),
			expectAccount(tx, user),
		]);
		if (most !== null && (months === null || months > most)) throw new ProblemError(beyondRules(most));
		await saveRetentionChoice(tx, user, months ?? 0);
		const detail = { before, months: months ?? 0 };
		await saveAudit(tx, { user, action: "retention", detail, address }, now);
	});
}

function beyondRules(most: number): Problem {
	return {
		status: 422,
		code: "beyond_rules",
		title: "This server keeps less",
		sentence: `This server keeps single responses of nobody for longer than ${most === 1 ? "a month" : `${most} months`}.`,
		hint: "Choose a shorter time, or ask one of its admins.",
		fields: ["months"],
	};
}
