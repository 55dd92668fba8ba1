import type { Reader, Value } from "../../src/ledger/database.ts";

/** Lists that come with the question, and views, of whose tables the plan tells apart. */
const MAY_BE_SCANNED =
	/^(?:SCAN (?:(?:parts|\(subquery-\d+\)|\d+ CONSTANT ROWS?|CONSTANT ROW)$|\w+ VIRTUAL TABLE)|SEARCH \(subquery-\d+\))/;

/** The steps of a question's plan that look at every row of a table. */
export async function scansIn(db: Reader, sql: string, parameters: readonly Value[]): Promise<string[]> {
	const plan = await db.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
	// A search without a condition looks at everything too: for the largest of a column, say.
	const scans = plan
		.map(({ detail }) => detail)
		.filter((detail) => /^SCAN|^SEARCH (?!.*\(.+[=<>])/.test(detail));
	return scans.filter((detail) => !MAY_BE_SCANNED.test(detail) && !isFoundAlready(detail, sql));
}

/** What the question itself has found before, under a name: of that every row is wanted. */
function isFoundAlready(detail: string, sql: string): boolean {
	const name = /^SCAN (\w+)/.exec(detail)?.[1];
	if (name === undefined) return false;
	return new RegExp(`\\b${name}\\b(?: \\([^)]*\\))? as (?:materialized )?\\(`).test(sql);
}
