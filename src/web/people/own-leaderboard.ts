import { parseShownName } from "../../account/shown-name.ts";
import { expectAccount } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
import { findPreferences, joinLeaderboard, leaveLeaderboard } from "../../ledger/preferences.ts";
import { raiseRevision } from "../../ledger/users.ts";
import { invalidFields, type Problem, ProblemError } from "../errors.ts";
import type { Arrival } from "../route.ts";
import { NAME_TAKEN } from "./own-name.ts";

type When = Pick<Arrival, "now" | "address">;

export const NO_LEADERBOARD: Problem = {
	status: 404,
	code: "leaderboard_off",
	title: "There is no leaderboard here",
	sentence: "No admin of this server has turned the leaderboard on.",
	hint: "Ask one of them, if people here want to compare.",
};

/**
 * Lets others see what a person used, under a name that the person chose; an older one where none is given.
 *
 * @throws ProblemError
 */
export async function joinBoard(
	db: Database,
	user: number,
	typed: string | undefined,
	{ now, address }: When,
): Promise<void> {
	await db.transaction(async (tx) => {
		await expectAccount(tx, user);
		const { leaderboard } = await findInstanceSettings(tx);
		if (!leaderboard) throw new ProblemError(NO_LEADERBOARD);
		const before = await findPreferences(tx, user);
		const name = parseShownName(typed ?? before.leaderboardName ?? "");
		if (!name) throw new ProblemError(invalidFields("invalid_body", ["display_name"]));
		if (!(await joinLeaderboard(tx, user, name, now))) throw new ProblemError(NAME_TAKEN);
		await raiseRevision(tx, user);
		const isIn = before.leaderboardAt !== null;
		if (isIn && before.leaderboardName === name.text) return;
		// The name itself stays out of the log: it is the person's to give up.
		const action = isIn ? "leaderboard.renamed" : "leaderboard.joined";
		await saveAudit(tx, { user, action, address }, now);
	});
}

/**
 * Nobody sees the person on the leaderboard any more, from this moment on.
 *
 * @param typed the name for another time; undefined leaves it as it is, null forgets it
 * @throws ProblemError
 */
export async function leaveBoard(
	db: Database,
	user: number,
	typed: string | null | undefined,
	{ now, address }: When,
): Promise<void> {
	const name = typed == null ? null : parseShownName(typed);
	if (name === undefined) throw new ProblemError(invalidFields("invalid_body", ["display_name"]));
	await db.transaction(async (tx) => {
		await expectAccount(tx, user);
		const before = await findPreferences(tx, user);
		await leaveLeaderboard(tx, user, typed === undefined ? before.leaderboardName : (name?.text ?? null));
		await raiseRevision(tx, user);
		if (before.leaderboardAt === null) return;
		await saveAudit(tx, { user, action: "leaderboard.left", address }, now);
	});
}
