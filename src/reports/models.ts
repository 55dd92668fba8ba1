import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, usedBy } from "./source.ts";

export type ModelRow = UsageRow & { model: string };

/** Models with usage, by name. */
export async function listModels(db: Reader, asker: Asker, filter: UsageFilter): Promise<ModelRow[]> {
	const source = await usedBy(db, asker, filter, []);
	const rows = await groupUsage<{ name: string }>(db, source, { key: { name: "models.name" } });
	return rows.map(({ name, ...usage }) => ({ ...usage, model: name }));
}
