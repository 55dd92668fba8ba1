import type { Database } from "../../src/ledger/database.ts";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { listBlocks } from "../../src/reports/blocks.ts";
import { listDays } from "../../src/reports/days.ts";
import type { UsageRow } from "../../src/reports/grouped.ts";
import { listModels } from "../../src/reports/models.ts";
import { listProjects } from "../../src/reports/projects.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import { findTotals } from "../../src/reports/totals.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import type { Usage } from "../../src/usage/usage.ts";
import type { NaiveCount, NaiveSum } from "./naive-count.ts";

const ALL_OF_UTC: UsageFilter = { zone: "UTC", mode: "calculate" };

/** What the product's reports say, in the shape of the naive count, to be compared with it whole. */
export async function countByReports(
	db: Database,
	lines: number,
	user: number = LOCAL_USER,
): Promise<NaiveCount> {
	const asker = (await findUser(db, user)) ?? { id: user, zone: "UTC", horizon: 0 };
	const by = <Row extends UsageRow>(rows: Row[], name: (row: Row) => string) =>
		Object.fromEntries(rows.map((row) => [name(row), countersOf(row)]));
	const blocks = await listBlocks(db, asker, ALL_OF_UTC, 0);
	return {
		lines,
		total: countersOf(await findTotals(db, asker, ALL_OF_UTC)),
		days: by(await listDays(db, asker, ALL_OF_UTC), ({ day }) => day),
		sessions: by(await listSessions(db, asker, ALL_OF_UTC), ({ session }) => session),
		projects: by(await listProjects(db, asker, ALL_OF_UTC), ({ project }) => project),
		models: by(await listModels(db, asker, ALL_OF_UTC), ({ model }) => model),
		blocks: Object.fromEntries(
			blocks.map((block) => [
				iso(block.start),
				{ ...countersOf(block), first: iso(block.firstAt), last: iso(block.lastAt) },
			]),
		),
	};
}

function countersOf(usage: Usage): NaiveSum {
	return {
		responses: Number(usage.responses),
		input: Number(usage.input),
		output: Number(usage.output),
		cacheWrite5m: Number(usage.cacheWrite5m),
		cacheWrite1h: Number(usage.cacheWrite1h),
		cacheRead: Number(usage.cacheRead),
		webSearches: Number(usage.webSearches),
	};
}

function iso(at: number): string {
	return new Date(at).toISOString();
}
