import { expectAccount } from "../../ledger/accounts.ts";
import type { Database } from "../../ledger/database.ts";
import { savePlan } from "../../ledger/preferences.ts";
import { raiseRevision } from "../../ledger/users.ts";
import { OTHER_PLAN, type PlanId } from "../../usage/plans.ts";

/**
 * Notes which plan a person pays for, so that pages compare usage with its price.
 *
 * @param cents a month, of another plan than the listed ones
 */
export async function choosePlan(
	db: Database,
	user: number,
	plan: PlanId | null,
	cents: number | null,
): Promise<void> {
	await db.transaction(async (tx) => {
		await expectAccount(tx, user);
		await savePlan(tx, user, { plan, planCents: plan === OTHER_PLAN ? cents : null });
		// Open pages show it.
		await raiseRevision(tx, user);
	});
}
