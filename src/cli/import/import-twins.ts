import type { Reader } from "../../ledger/database.ts";
import { listTwins } from "../../ledger/imported-totals.ts";
import { listMachineDays } from "../../reports/machine-days.ts";
import type { Asker } from "../../reports/source.ts";
import type { ReportedDay } from "../../usage/reported-total.ts";
import { totalTokens } from "../../usage/usage.ts";

/** A machine that has the very same days under another name, and how many. */
type Twin = { label: string; days: number };

/** Machines of which the same days are here already, read from transcripts or imported: they would count twice. */
export async function findTwins(
	db: Reader,
	user: Asker,
	days: readonly ReportedDay[],
): Promise<readonly Twin[]> {
	const read = await listReadTwins(db, user, days);
	const imported = await listTwins(db, user.id, days);
	return [...read, ...imported.filter(({ label }) => read.every((twin) => twin.label !== label))];
}

async function listReadTwins(db: Reader, user: Asker, days: readonly ReportedDay[]): Promise<Twin[]> {
	if (days.length === 0) return [];
	const known = await listMachineDays(db, user, { zone: user.zone, mode: "calculate" });
	const labels = Map.groupBy(days, ({ day, total }) => `${day} ${total}`);
	const twins = known.filter((one) => {
		const same = labels.get(`${one.day} ${totalTokens(one)}`);
		return same?.every(({ label }) => label !== one.label);
	});
	return [...Map.groupBy(twins, ({ label }) => label)].map(([label, { length }]) => ({
		label,
		days: length,
	}));
}
