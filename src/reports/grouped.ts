import type { Reader, Value } from "../ledger/database.ts";
import { byCost, type ModelUsage, sumUsage, type Usage } from "../usage/usage.ts";
import type { Source } from "./source.ts";

/** What a group used, in all and model by model, the dearest first. */
export type UsageRow = Usage & { models: ModelUsage[] };

/** Sums over `used`, named as {@link Usage} has them. */
export const SUMS = `
	sum(used.input) as input,
	sum(used.output) as output,
	sum(used.cache_write_5m) as cacheWrite5m,
	sum(used.cache_write_1h) as cacheWrite1h,
	sum(used.cache_read) as cacheRead,
	sum(used.web_searches) as webSearches,
	sum(used.cost) as costNanoUsd,
	sum(used.responses) as responses,
	sum(used.unpriced) as unpriced`;

/** How a report cuts usage: an SQL expression for each column that tells groups apart. */
export type Grouping<Key> = { key: { [Column in keyof Key]: string }; joins?: string };

/** Sums usage by the columns of `grouping.key`. Groups come in ascending order of these, left to right. */
export async function groupUsage<Key extends Record<string, Value>>(
	db: Reader,
	source: Source,
	grouping: Grouping<Key>,
): Promise<(Key & UsageRow)[]> {
	const names = Object.keys(grouping.key);
	const columns = Object.entries<string>(grouping.key).map(
		([name, expression]) => `${expression} as ${name}`,
	);
	// By place in the list: a name might be that of a column of the joined tables.
	const places = names.map((_, i) => i + 1).join(", ");
	const rows = await db.all<Key & ModelUsage>(
		`${source.sql}
		select ${columns.join(", ")}, models.name as model, ${SUMS}
		from used
		join models on models.id = used.model
		${grouping.joins ?? ""}
		group by ${places}, models.id
		order by ${places}, models.name`,
		source.parameters,
	);
	const groups: { key: Key; models: ModelUsage[] }[] = [];
	for (const row of rows) {
		// Those of a group come one after the other.
		const last = groups.at(-1);
		const isSame = last !== undefined && names.every((name) => last.key[name] === row[name]);
		if (isSame) last.models.push(asModelUsage(row));
		else groups.push({ key: pick<Key>(row, names), models: [asModelUsage(row)] });
	}
	return groups.map(({ key, models }) => ({ ...key, ...sumUsage(models), models: models.sort(byCost) }));
}

function pick<Key>(row: Record<string, unknown>, names: readonly string[]): Key {
	return Object.fromEntries(names.map((name) => [name, row[name]])) as Key;
}

/** Exactly the fields of a model's usage, without the group's. */
function asModelUsage(row: ModelUsage): ModelUsage {
	return {
		model: row.model,
		input: row.input,
		output: row.output,
		cacheWrite5m: row.cacheWrite5m,
		cacheWrite1h: row.cacheWrite1h,
		cacheRead: row.cacheRead,
		webSearches: row.webSearches,
		costNanoUsd: row.costNanoUsd,
		responses: row.responses,
		unpriced: row.unpriced,
	};
}
