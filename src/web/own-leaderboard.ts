import { parseShownName } from "../account/shown-name.ts";
import { expectAccount } from "../ledger/accounts.ts";
import type { Database } from "../ledger/database.ts";
import { findInstanceSettings } from "../ledger/instance-settings.ts";
import { findPreferences, joinLeaderboard, leaveLeaderboard } from "../ledger/preferences.ts";
import { raiseRevision } from "../ledger/users.ts";
import { invalidFields, type Problem, ProblemError } from "./errors.ts";

export const NO_LEADERBOARD: Problem = {
	status: 404,
	code: "leaderboard_off",
	title: "There is no leaderboard here",
	sentence: "No admin of this server has turned it on.",
	hint: "Ask one of them, if people here want to compare.",
};

const NAME_TAKEN: Problem = {
	status: 409,
	code: "name_taken",
	title: "This name is taken",
	sentence: "Somebody else is known here by this name, or by one that looks the same.",
	hint: "Choose another one.",
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
	now: number,
): Promise<void> {
	await db.transaction(async (tx) => {
		await expectAccount(tx, user);
		const { leaderboard } = await findInstanceSettings(tx);
		if (!leaderboard) throw new ProblemError(NO_LEADERBOARD);
		const name = parseShownName(typed ?? (await findPreferences(tx, user)).leaderboardName ?? "");
		if (!name) throw new ProblemError(invalidFields("invalid_body", ["display_name"]));
		if (!(await joinLeaderboard(tx, user, name, now))) throw new ProblemError(NAME_TAKEN);
		await raiseRevision(tx, user);
	});
}

/**
 * Nobody sees the person on the leaderboard any more, from this moment on.
 *
 * @param typed the name for another time; undefined leaves it as it is, null forgets it
 * @throws ProblemError
 */
export async function leaveBoard(db: Database, user: number, typed?: string | null): Promise<void> {
	const name = typed == null ? null : parseShownName(typed);
	if (name === undefined) throw new ProblemError(invalidFields("invalid_body", ["display_name"]));
	await db.transaction(async (tx) => {
		await expectAccount(tx, user);
		const kept =
			typed === undefined ? (await findPreferences(tx, user)).leaderboardName : (name?.text ?? null);
		await leaveLeaderboard(tx, user, kept);
		await raiseRevision(tx, user);
	});
}
