import type { Account } from "../../account/account.ts";
import { findAccountById } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { findInstanceSettings, saveInstanceSetting } from "../../ledger/instance-settings.ts";
import { findPreferences, saveExclusion } from "../../ledger/preferences.ts";
import { raiseRevision } from "../../ledger/users.ts";
import { NOT_FOUND, ProblemError } from "../errors.ts";
import { type By, expectAdmin } from "./people.ts";

/** An admin turns the leaderboard on or off for everyone. */
export async function switchBoard(db: Database, isOn: boolean, { admin, now, address }: By): Promise<void> {
	await db.transaction(async (tx) => {
		await expectAdmin(tx, admin);
		const { leaderboard } = await findInstanceSettings(tx);
		if (leaderboard === isOn) return;
		await saveInstanceSetting(tx, "leaderboard", isOn);
		const detail = { by: admin.id, setting: "leaderboard", value: isOn ? "on" : "off" };
		await saveAudit(tx, { action: "settings.changed", detail, address }, now);
	});
}

/**
 * An admin leaves somebody out of the leaderboard, or lets the person in again.
 *
 * @param id of the account
 * @returns the account, and since when it is left out
 * @throws ProblemError
 */
export async function excludeFromBoard(
	db: Database,
	id: string,
	isExcluded: boolean,
	{ admin, now, address }: By,
): Promise<{ account: Account; excludedAt: number | null }> {
	return db.transaction(async (tx) => {
		await expectAdmin(tx, admin);
		const account = await findAccountById(tx, id);
		if (!account) throw new ProblemError(NOT_FOUND);
		const { user } = account;
		const before = (await findPreferences(tx, user)).leaderboardExcludedAt;
		if ((before !== null) === isExcluded) return { account, excludedAt: before };
		const excludedAt = isExcluded ? now : null;
		await saveExclusion(tx, user, excludedAt);
		// The person's own pages tell it.
		await raiseRevision(tx, user);
		const action = isExcluded ? "leaderboard.excluded" : "leaderboard.included";
		await saveAudit(tx, { user, action, detail: { by: admin.id }, address }, now);
		return { account, excludedAt };
	});
}
