import ledger from "../migrations/0001_ledger.sql" with { type: "text" };
import people from "../migrations/0002_people.sql" with { type: "text" };
import reported from "../migrations/0003_reported.sql" with { type: "text" };
import pushSince from "../migrations/0004_push-since.sql" with { type: "text" };
import jobs from "../migrations/0005_jobs.sql" with { type: "text" };
import names from "../migrations/0006_names.sql" with { type: "text" };
import preferences from "../migrations/0007_preferences.sql" with { type: "text" };
import rights from "../migrations/0008_rights.sql" with { type: "text" };
import sentTotals from "../migrations/0009_sent-totals.sql" with { type: "text" };
import totalsByMachine from "../migrations/0010_totals-by-machine.sql" with { type: "text" };

/** A step of the schema, in order, forward only. */
export type Migration = { version: number; name: string; sql: string };

/** Every file of `migrations/`; a test compares the list with the folder. */
export const migrations: readonly Migration[] = [
	{ version: 1, name: "0001_ledger.sql", sql: ledger },
	{ version: 2, name: "0002_people.sql", sql: people },
	{ version: 3, name: "0003_reported.sql", sql: reported },
	{ version: 4, name: "0004_push-since.sql", sql: pushSince },
	{ version: 5, name: "0005_jobs.sql", sql: jobs },
	{ version: 6, name: "0006_names.sql", sql: names },
	{ version: 7, name: "0007_preferences.sql", sql: preferences },
	{ version: 8, name: "0008_rights.sql", sql: rights },
	{ version: 9, name: "0009_sent-totals.sql", sql: sentTotals },
	{ version: 10, name: "0010_totals-by-machine.sql", sql: totalsByMachine },
];
