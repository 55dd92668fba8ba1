import { AppError } from "../../errors.ts";
import type { Reader } from "../../ledger/database.ts";
import { listKnownNames } from "../../reports/first-use.ts";
import { listReportedMachines } from "../../reports/reported.ts";
import type { Asker } from "../../reports/source.ts";
import type { NameFilter, UsageFilter } from "../../usage/filter.ts";
import { canonicalModel } from "../../usage/price.ts";
import { lastSegment } from "./groupings.ts";

/** Flags that keep to some names, or leave them out with `!` before the name; each may be given several times. */
export type NameFlags = { project?: string[]; model?: string[]; machine?: string[] };

type NameFilters = Pick<UsageFilter, "project" | "model" | "machine">;

/**
 * What the flags mean among the names that the ledger has. People may write the last part of a project's path, a model
 * without its date, a machine's label.
 *
 * @throws AppError `usage` for a name that there is not
 */
export async function readNames(db: Reader, asker: Asker, flags: NameFlags): Promise<NameFilters> {
	if (!flags.project && !flags.model && !flags.machine) return {};
	const known = await listKnownNames(db, asker);
	const projects = [...known.projects, ...(known.aside?.projects ?? []).map(({ name }) => name)];
	const machines = [...known.machines, ...(known.aside?.machines ?? [])];
	// Totals of other programs have a machine's name alone.
	const reported = flags.machine ? await listReportedMachines(db, asker) : [];
	return {
		project: filterOf("--project", flags.project, projects, lastSegment),
		model: filterOf("--model", flags.model, known.models, canonicalModel),
		machine: filterOf("--machine", flags.machine, [
			...machines.map(({ uuid }) => uuid),
			...machines.map(({ label }) => label),
			...reported.map(({ label }) => label),
		]),
	};
}

function filterOf(
	flag: string,
	given: readonly string[] | undefined,
	known: readonly string[],
	shortOf: (name: string) => string = (name) => name,
): NameFilter | undefined {
	if (!given) return undefined;
	const meant = (text: string): string[] => {
		const exact = known.filter((name) => name === text);
		const names = exact.length > 0 ? exact : known.filter((name) => shortOf(name) === text);
		if (names.length > 0) return names;
		throw new AppError(
			"usage",
			`${flag} ${JSON.stringify(text)} names nothing in the ledger.`,
			known.length === 0
				? "There is no usage yet."
				: `There is: ${[...new Set(known.map(shortOf))].slice(0, 20).join(", ")}.`,
		);
	};
	// A name may itself begin so; then it is the name that is meant.
	const leavesOut = (text: string) => text.startsWith("!") && !known.includes(text);
	return {
		only: given.filter((text) => !leavesOut(text)).flatMap(meant),
		not: given.filter(leavesOut).flatMap((text) => meant(text.slice(1))),
	};
}
