import type { Reader } from "../ledger/database.ts";
import { findKnownTarget, type TargetHint } from "./preview.ts";
import { type DueTotal, lotsOf, planTotals, type TotalsOptions } from "./totals-plan.ts";

/** What a push of totals would send if it began now and all went well, lot by lot. Nothing is sent and nothing is noted. */
export async function previewTotals(
	db: Reader,
	options: TotalsOptions & TargetHint & { resend?: boolean | undefined },
): Promise<DueTotal[][]> {
	const target = await findKnownTarget(db, options.user.id, options);
	const plan = await planTotals(db, options, target, options.resend ?? false);
	return lotsOf(plan?.due ?? []);
}
