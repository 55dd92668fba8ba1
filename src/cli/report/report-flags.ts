import type { Config } from "../../config.ts";
import { AppError } from "../../errors.ts";
import { isZone, parseDay } from "../../usage/day.ts";
import type { CostMode, UsageFilter } from "../../usage/filter.ts";

/** The flags that choose what a report is about, as they were typed. */
export type FilterFlags = {
	since?: string | undefined;
	until?: string | undefined;
	timezone?: string | undefined;
	mode?: CostMode | undefined;
};

/** What is asked about; `zone` where a flag names one. */
export type AskedFilter = Omit<UsageFilter, "zone"> & { zone: string | undefined };

/** @throws AppError `usage` */
export function readFilter(flags: FilterFlags): AskedFilter {
	const since = readDay("--since", flags.since);
	const until = readDay("--until", flags.until);
	if (since !== undefined && until !== undefined && since > until) {
		throw new AppError(
			"usage",
			`--since ${flags.since} is after --until ${flags.until}.`,
			"Give the earlier day to --since.",
		);
	}
	return { since, until, zone: readZone(flags.timezone), mode: flags.mode ?? "calculate" };
}

/**
 * Puts the days into the machine's zone where no flag names another.
 *
 * @param known the zone of the ledger's days, which is the machine's unless that has moved
 */
export function inZone(asked: AskedFilter, config: Config, known: string): UsageFilter {
	return { ...asked, zone: asked.zone ?? (config.isInZone(known) ? known : config.zone) };
}

function readDay(flag: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const day = parseDay(text);
	if (day !== undefined) return day;
	throw new AppError(
		"usage",
		`${flag} ${JSON.stringify(text)} is not a day.`,
		"Write it as YYYY-MM-DD or YYYYMMDD.",
	);
}

function readZone(name: string | undefined): string | undefined {
	if (name === undefined || isZone(name)) return name;
	throw new AppError(
		"usage",
		`--timezone ${JSON.stringify(name)} is not a time zone that this machine knows.`,
		"Give an IANA name such as Europe/Berlin, or UTC.",
	);
}
