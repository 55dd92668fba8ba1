import { findServer } from "../collector/credentials.ts";
import { homeAt } from "../collector/home.ts";
import { AppError } from "../errors.ts";
import { removeImported } from "../ledger/import-totals.ts";
import { IMPORT_SOURCES, type ImportSource } from "../ledger/imported-totals.ts";
import { listImports as findImports, type ImportRow } from "../reports/imports.ts";
import { dayText } from "../usage/day.ts";
import { dollars } from "../usage/usage.ts";
import { jsonText } from "../usage/usage-json.ts";
import type { Context } from "./context.ts";
import { DONE } from "./exit-code.ts";
import { counted, moment, usd, whole } from "./format.ts";
import { openUsage } from "./open-usage.ts";
import { findPerson } from "./questions.ts";
import { type Column, table } from "./table.ts";
import { plain } from "./terminal.ts";

/** `promptpulse import list`: what was imported, by program and machine. */
export async function listImports(context: Context, flags: { json?: boolean }): Promise<number> {
	const { terminal, config } = context;
	const { db, user } = await openUsage(context, false);
	try {
		const imports = await findImports(db, user, IMPORT_SOURCES);
		if (flags.json) terminal.out(jsonText({ imports: imports.map(importJson) }));
		else if (imports.length === 0) terminal.err("Nothing was imported yet.");
		else terminal.out(table(terminal, columnsIn(config.zone), imports));
		return DONE;
	} finally {
		await db.close();
	}
}

export type RemoveFlags = { machine?: string; yes?: boolean };

/** `promptpulse import remove`: takes out what was imported from a program. */
export async function removeImports(
	context: Context,
	source: ImportSource,
	{ machine, yes }: RemoveFlags,
): Promise<number> {
	const { terminal } = context;
	const person = yes ? undefined : findPerson(terminal);
	if (!yes && !person) {
		throw new AppError(
			"usage",
			"Nothing was removed, because nobody can be asked whether it should be.",
			"Remove it with --yes; promptpulse import list shows what there is.",
		);
	}
	const { db, user } = await openUsage(context, false);
	try {
		const found = await findImports(db, user, [source]);
		const there = found.filter(({ label }) => machine === undefined || label === machine);
		if (there.length === 0) {
			terminal.err(
				`Nothing was imported from ${source}${machine === undefined ? "" : ` of ${plain(machine)}`}.`,
			);
			return DONE;
		}
		const names = there.map(({ label }) => plain(label)).join(", ");
		if (person && !(await person.confirm(`Remove what was imported from ${source} of ${names}?`))) {
			terminal.err("Nothing was removed.");
			return DONE;
		}
		const { days, sessions, blocks } = await db.transaction((tx) =>
			removeImported(tx, user.id, { source, label: machine }),
		);
		const what = [counted(days, "day"), counted(sessions, "session"), counted(blocks, "block")].join(", ");
		terminal.out(`What was imported from ${source} of ${names} is removed: ${what}.`);
		tellSent(context);
		return DONE;
	} finally {
		await db.close();
	}
}

function tellSent({ config, terminal }: Context): void {
	const { server } = findServer(homeAt(config.home), config);
	if (server) terminal.err(`What of it was sent to ${new URL(server).host} stays there.`);
}

function columnsIn(zone: string): Column<ImportRow>[] {
	return [
		{ title: "From", cell: ({ source }) => source },
		{ title: "Machine", cell: ({ label }) => plain(label), shortest: 10 },
		{ title: "Days", cell: spanText, rank: 2 },
		{ title: "Counting", cell: ({ counting, days }) => `${whole(counting)} of ${whole(days)}`, rank: 3 },
		{ title: "Sessions", cell: ({ sessions }) => whole(sessions), right: true, rank: 5 },
		{ title: "Blocks", cell: ({ blocks }) => whole(blocks), right: true, rank: 5 },
		{ title: "Imported", cell: ({ at }) => moment(at, zone), rank: 4 },
		{ title: "Cost", cell: ({ costNanoUsd }) => usd(dollars(costNanoUsd)), right: true },
	];
}

function spanText({ firstDay, lastDay }: ImportRow): string {
	return firstDay === null || lastDay === null ? "" : `${dayText(firstDay)} to ${dayText(lastDay)}`;
}

function importJson({ costNanoUsd, firstDay, lastDay, at, counting, label, ...row }: ImportRow): object {
	return {
		...row,
		machine: label,
		countingDays: counting,
		from: firstDay === null ? null : dayText(firstDay),
		to: lastDay === null ? null : dayText(lastDay),
		totalCost: dollars(costNanoUsd),
		importedAt: new Date(at).toISOString(),
	};
}
