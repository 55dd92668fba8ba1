import type { Account } from "../../account/account.ts";
import { noteHourly } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import type { Arrival, Route } from "../route.ts";

/** Who reads of other people is noted before it is told; where it cannot be noted, nothing is told. */
export async function noteRead(
	db: Database,
	{ user }: Account,
	{ path }: Pick<Route, "path">,
	{ now, address }: Pick<Arrival, "now" | "address">,
): Promise<void> {
	await noteHourly(db, { user, action: "admin.read", detail: { path }, address }, now);
}
