import type { Reader } from "../ledger/database.ts";
import type { Exact } from "../usage/usage.ts";
import type { Asker } from "./source.ts";

/**
 * What was imported from one program about one machine. `days` that still count are `counting`; `at`: when any of it
 * came last, epoch ms.
 */
export type ImportRow = {
	source: string;
	label: string;
	days: number;
	sessions: number;
	blocks: number;
	counting: number;
	firstDay: number | null;
	lastDay: number | null;
	/** Of the days that count. */
	costNanoUsd: Exact;
	at: number;
};

/** What was imported, by program and machine. What clients sent is none of it. */
export async function listImports(
	db: Reader,
	{ id }: Asker,
	sources: readonly string[],
): Promise<ImportRow[]> {
	return db.all<ImportRow>(
		`with imported as (
			select source, label, 'day' as kind, day, superseded, cost, received_at as at from reported_days where user = ?
			union all
			select source, label, 'session', null, 0, 0, received_at from reported_sessions where user = ?
			union all
			select source, label, 'block', null, 0, 0, received_at from reported_blocks where user = ?
		)
		select
			source, label,
			sum(kind = 'day') as days, sum(kind = 'session') as sessions, sum(kind = 'block') as blocks,
			sum(kind = 'day' and superseded = 0) as counting,
			min(day) as firstDay, max(day) as lastDay,
			sum(iif(superseded = 0, cost, 0)) as costNanoUsd,
			max(at) as at
		from imported
		where source in (select value from json_each(?))
		group by source, label
		order by source, label`,
		[id, id, id, JSON.stringify(sources)],
	);
}
