import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { type ModelUsage, sumModels } from "../usage/usage.ts";
import { SUMS } from "./grouped.ts";
import { type Asker, partsBetween } from "./source.ts";

/** Since when and until when a block was used, epoch ms, both included. */
type Extent = { start: number; firstAt: number; lastAt: number };

/**
 * What each model used in some blocks, of what a filter's names and mode let through: by the block's start, the dearest
 * first. Blocks in which nothing is left are not there. Reads the responses themselves.
 *
 * @param blocks oldest first
 */
export async function listBlockModels(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	blocks: readonly Extent[],
): Promise<Map<number, ModelUsage[]>> {
	const source = partsBetween(asker, filter, blocks[0]?.firstAt ?? 0, blocks.at(-1)?.lastAt ?? 0);
	const moments = await db.all<ModelUsage & { at: number }>(
		`${source.sql}
		select used.at, models.name as model, ${SUMS}
		from used
		join models on models.id = used.model
		group by used.at, models.id
		order by used.at, models.name`,
		source.parameters,
	);
	const found = new Map<number, ModelUsage[]>();
	let next = 0;
	for (const { start, lastAt } of blocks) {
		const first = next;
		while ((moments[next]?.at ?? Number.POSITIVE_INFINITY) <= lastAt) next++;
		const models = sumModels(moments.slice(first, next));
		if (models.length > 0) found.set(start, models);
	}
	return found;
}
