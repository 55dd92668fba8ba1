import { readCredentials } from "../../collector/credentials.ts";
import { homeAt } from "../../collector/home.ts";
import { removeSent } from "../../collector/remove-sent.ts";
import { Server } from "../../collector/server.ts";
import { alone } from "../../collector/turn.ts";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ledger/database.ts";
import { type ImportedFrom, removeImported } from "../../ledger/import-totals.ts";
import { IMPORT_SOURCES, type ImportSource } from "../../ledger/imported-totals.ts";
import { listImports as findImports, type ImportRow } from "../../reports/imports.ts";
import { dayText } from "../../usage/day.ts";
import { dollars } from "../../usage/usage.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { openUsage } from "../open-usage.ts";
import { counted, moment, usd, whole } from "../screen/format.ts";
import { findPerson } from "../screen/questions.ts";
import { type Column, table } from "../screen/table.ts";
import { plain } from "../screen/terminal.ts";

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

export type RemoveFlags = { machine?: string; keepSent?: boolean; yes?: boolean };

/** `promptpulse import remove`: takes out what was imported from a program, here and where it was sent. */
export async function removeImports(
	context: Context,
	source: ImportSource,
	{ machine, keepSent, yes }: RemoveFlags,
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
		const from = { source, label: machine };
		// A collect that is sending them would bring back to the server what was just removed there.
		const { sent, days, sessions, blocks } = await alone(homeAt(context.config.home), async () => ({
			sent: keepSent ? undefined : await removeThere(context, db, user.id, from),
			...(await db.transaction((tx) => removeImported(tx, user.id, from))),
		}));
		const what = [counted(days, "day"), counted(sessions, "session"), counted(blocks, "block")].join(", ");
		terminal.out(`What was imported from ${source} of ${names} is removed: ${what}.`);
		if (sent && sent.removed > 0) {
			terminal.out(`${sent.host}: ${counted(sent.removed, "imported total")} removed there.`);
		}
		return DONE;
	} finally {
		await db.close();
	}
}

/**
 * Has the server of this machine remove what it was sent of it.
 *
 * @throws AppError `no_key`, `server_unreachable`: then nothing is removed here either
 */
async function removeThere(
	{ config, terminal }: Context,
	db: Database,
	user: number,
	from: ImportedFrom,
): Promise<{ host: string; removed: number } | undefined> {
	const { access } = readCredentials(homeAt(config.home), config, false);
	if (!access) return undefined;
	const { host } = new URL(access.address);
	const { removed, trouble } = await removeSent(db, new Server(access), user, from);
	if (!trouble) return { host, removed };
	if (removed > 0) terminal.err(`${host}: ${counted(removed, "imported total")} removed there.`);
	throw new AppError(
		trouble.kind === "refused_key" ? "no_key" : "server_unreachable",
		`Nothing was removed here, because ${host} keeps what it was sent of it: it ${trouble.why}.`,
		trouble.kind === "refused_key"
			? "A key that only sends usage takes nothing away: give one of the kind full in PROMPTPULSE_API_KEY, or remove it here alone with --keep-sent."
			: "Try again, or remove it here alone with --keep-sent.",
	);
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
