import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { saveRetentionRules } from "../../ledger/retention.ts";
import type { RetentionRules } from "../../usage/retention.ts";
import { invalidFields, ProblemError } from "../errors.ts";
import { type By, expectAdmin } from "./people.ts";

/**
 * An admin settles for how many months single responses are kept of who chose nothing, and of anybody at the most.
 *
 * @throws ProblemError where the first is more than the second
 */
export async function settleRetention(
	db: Database,
	{ usual, most }: RetentionRules,
	{ admin, now, address }: By,
): Promise<void> {
	if (most !== null && usual !== null && usual > most) {
		throw new ProblemError(invalidFields("invalid_body", ["default_months"]));
	}
	await db.transaction(async (tx) => {
		const { id, user } = await expectAdmin(tx, admin);
		await saveRetentionRules(tx, { usual, most });
		const detail = { by: id, default: usual, most };
		await saveAudit(tx, { user, action: "retention.rules", detail, address }, now);
	});
}
