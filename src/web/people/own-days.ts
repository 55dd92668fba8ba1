import { expectPerson, saveOwnZone } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { saveWeekStart } from "../../ledger/preferences.ts";
import { retimeReport } from "../../ledger/report-times.ts";
import { raiseRevision } from "../../ledger/users.ts";
import { weekdayId } from "../../usage/weekdays.ts";
import { type Arrival, accountOf, type Viewer } from "../route.ts";

type When = Pick<Arrival, "now" | "address">;

/** Counts a person's days in another zone from now on, those that are over too. Reports come by its clock. */
export async function changeZone(
	db: Database,
	viewer: Viewer,
	zone: string,
	{ now, address }: When,
): Promise<void> {
	const { user } = accountOf(viewer);
	await db.transaction(async (tx) => {
		await saveOwnZone(tx, user, zone);
		await retimeReport(tx, { user, zone }, now);
		await raiseRevision(tx, user);
		await saveAudit(tx, { user, action: "account.zone", detail: { zone }, address }, now);
	});
}

/**
 * Begins a person's weeks on another day, those that are over too. Weekly reports come on it.
 *
 * @param weekStart 0 is Monday
 */
export async function changeWeekStart(
	db: Database,
	viewer: Viewer,
	weekStart: number,
	{ now, address }: When,
): Promise<void> {
	const { user } = accountOf(viewer);
	await db.transaction(async (tx) => {
		// The zone may be another one by now than when the person was let in.
		const { zone } = await expectPerson(tx, user);
		await saveWeekStart(tx, user, weekStart);
		await retimeReport(tx, { user, zone }, now);
		await raiseRevision(tx, user);
		const detail = { weekStart: weekdayId(weekStart) };
		await saveAudit(tx, { user, action: "account.week", detail, address }, now);
	});
}
