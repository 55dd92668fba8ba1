import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { byCost, sumUsage } from "../usage/usage.ts";
import type { UsageRow } from "./grouped.ts";
import { listModels } from "./models.ts";
import type { Asker } from "./source.ts";

/** All usage that a filter lets through, in one row. */
export async function findTotals(db: Reader, asker: Asker, filter: UsageFilter): Promise<UsageRow> {
	const models = (await listModels(db, asker, filter)).flatMap((row) => row.models);
	return { ...sumUsage(models), models: models.sort(byCost) };
}
