import { saveOwnZone } from "../ledger/accounts.ts";
import { saveAudit } from "../ledger/audit-log.ts";
import type { Database } from "../ledger/database.ts";
import { findReportChoice } from "../ledger/report-times.ts";
import { raiseRevision } from "../ledger/users.ts";
import { chooseReports } from "./own-mail.ts";
import { type Arrival, accountOf, type Viewer } from "./route.ts";

/** Counts a person's days in another zone from now on, those that are over too. Reports come by its clock. */
export async function changeZone(
	db: Database,
	viewer: Viewer,
	zone: string,
	{ now, address }: Pick<Arrival, "now" | "address">,
): Promise<void> {
	const { user } = accountOf(viewer);
	await db.transaction(async (tx) => {
		await saveOwnZone(tx, user, zone);
		const choice = await findReportChoice(tx, user);
		if (choice.every !== null) await chooseReports(tx, { user, zone }, choice, now);
		await raiseRevision(tx, user);
		await saveAudit(tx, { user, action: "account.zone", detail: { zone }, address }, now);
	});
}
