import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { Exact } from "../usage/usage.ts";
import { type Asker, type Dimension, sessionDaysOf, usedBy } from "./source.ts";

/** What days can be told of. */
export const DAYS_OF = ["project", "branch", "model", "machine", "session"] as const;

export type DaysOf = (typeof DAYS_OF)[number];

/** What one project, branch, model, machine or session cost on one day, as a number, on which it was used. */
export type DayCostRow = { id: string; day: number; costNanoUsd: Exact };

type Key = { dimensions: readonly Dimension[]; names: readonly string[]; joins: string };

const PROJECTS = "join project_names as projects on projects.id = used.project";

const KEYS: Record<DaysOf, Key> = {
	project: { dimensions: ["project"], names: ["projects.name"], joins: PROJECTS },
	branch: {
		dimensions: ["project", "branch"],
		names: ["projects.name", "branches.name"],
		joins: `${PROJECTS} join branches on branches.id = used.branch`,
	},
	model: { dimensions: [], names: ["models.name"], joins: "join models on models.id = used.model" },
	machine: {
		dimensions: ["machine"],
		names: ["machines.uuid"],
		joins: "join machine_names as machines on machines.id = used.machine",
	},
	session: {
		dimensions: [],
		names: ["sessions.name"],
		joins: "join sessions on sessions.id = used.session",
	},
};

/** Tells apart what {@link listDayCosts} is about: by the project's name, or this and the branch's, and so on. */
export function dayCostId(...names: string[]): string {
	return JSON.stringify(names);
}

/** Costs day by day, of few days: all that a short picture of each needs, in one question. */
export async function listDayCosts(
	db: Reader,
	asker: Asker,
	filter: UsageFilter & { since: number; until: number },
	of: DaysOf,
): Promise<DayCostRow[]> {
	const { dimensions, names, joins } = KEYS[of];
	const source =
		of === "session" ? sessionDaysOf(asker, filter) : await usedBy(db, asker, filter, ["day", ...dimensions]);
	const [first, second = "''"] = names;
	const rows = await db.all<{ first: string; second: string; day: number; costNanoUsd: Exact }>(
		`${source.sql}
		select ${first} as first, ${second} as second, used.day, sum(used.cost) as costNanoUsd
		from used
		${joins}
		group by 1, 2, 3
		order by 1, 2, 3`,
		source.parameters,
	);
	return rows.map(({ first, second, day, costNanoUsd }) => ({
		id: names.length === 1 ? dayCostId(first) : dayCostId(first, second),
		day,
		costNanoUsd,
	}));
}
