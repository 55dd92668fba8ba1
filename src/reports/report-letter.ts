import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { Period } from "../usage/period.ts";
import { periodUntil, type ReportFrequency } from "../usage/report-times.ts";
import { byCost, type ModelUsage, sumUsage, type Usage } from "../usage/usage.ts";
import { weekdayOf } from "../usage/weekdays.ts";
import { listDays } from "./days.ts";
import { listKnownNames } from "./first-use.ts";
import { listModels } from "./models.ts";
import { listProjects } from "./projects.ts";
import { listSessionTimes } from "./session-times.ts";
import type { Asker } from "./source.ts";

/** What a report by mail tells: a day, week or month, and the one before. */
export type ReportLetter = {
	every: ReportFrequency;
	period: Period;
	zone: string;
	usage: Usage;
	before: Usage;
	sessions: number;
	activeDays: number;
	/** The dearest, by the names that their owner gave them; hidden ones are left out. */
	projects: { name: string; usage: Usage }[];
	/** How many there are, the listed ones among them. */
	projectCount: number;
	/** The dearest first. */
	models: ModelUsage[];
};

const MOST_PROJECTS = 5;

export async function readReportLetter(
	db: Reader,
	asker: Asker,
	{ every, period }: { every: ReportFrequency; period: Period },
): Promise<ReportLetter> {
	const filterOf = (days: Period): UsageFilter => ({ ...days, zone: asker.zone, mode: "calculate" });
	const filter = filterOf(period);
	const periodBefore = periodUntil(every, period.since - 1, weekdayOf(period.since));
	const [known, models, before, days, projects, sessions] = await Promise.all([
		listKnownNames(db, asker),
		listModels(db, asker, filter),
		listModels(db, asker, filterOf(periodBefore)),
		listDays(db, asker, filter),
		listProjects(db, asker, filter),
		listSessionTimes(db, asker, filter),
	]);
	const hidden = new Set(known.aside?.projects.map(({ name }) => name));
	const listed = projects.filter(({ project }) => !hidden.has(project));
	return {
		every,
		period,
		zone: asker.zone,
		usage: sumUsage(models),
		before: sumUsage(before),
		sessions: sessions.length,
		activeDays: days.length,
		projects: listed
			.toSorted((a, b) => Number(b.costNanoUsd) - Number(a.costNanoUsd) || (a.project < b.project ? -1 : 1))
			.slice(0, MOST_PROJECTS)
			.map((usage) => ({ name: known.aliases?.get(usage.project) ?? usage.project, usage })),
		projectCount: listed.length,
		models: models.flatMap((row) => row.models).toSorted(byCost),
	};
}
