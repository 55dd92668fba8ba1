import type { Machine } from "../../account/machine.ts";
import { findServer } from "../../collector/credentials.ts";
import { homeAt } from "../../collector/home.ts";
import { readCcusage } from "../../collector/imports/ccusage.ts";
import {
	type ImportFile,
	parseImport,
	readImportFile,
	readImportInput,
	refused,
} from "../../collector/imports/import-file.ts";
import type { Origin } from "../../collector/imports/place.ts";
import { readPredecessor } from "../../collector/imports/predecessor.ts";
import { readPredecessorDatabase } from "../../collector/imports/predecessor-tables.ts";
import type { ImportedTotals } from "../../collector/imports/totals.ts";
import { readProjectRules } from "../../collector/project-rules.ts";
import { AppError } from "../../errors.ts";
import type { Reader } from "../../ledger/database.ts";
import { importTotals, tryImport } from "../../ledger/import-totals.ts";
import type { ImportSource } from "../../ledger/imported-totals.ts";
import { labelOf as machineLabelOf } from "../../ledger/machines.ts";
import type { Asker } from "../../reports/source.ts";
import { listTrackedMachines } from "../../reports/tracked-machines.ts";
import { cleanName } from "../../usage/event.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { collectUsage, type OpenUsage } from "../open-usage.ts";
import { factsText } from "../screen/facts.ts";
import { counted } from "../screen/format.ts";
import { findPerson, type Person } from "../screen/questions.ts";
import { plain } from "../screen/terminal.ts";
import { tellTrouble } from "../trouble.ts";
import { findTwins } from "./import-twins.ts";
import { type Import, importFacts, importJson, machinesOf } from "./import-words.ts";

export type ImportFlags = {
	machine?: string;
	/** Of the predecessor's people. */
	user?: string;
	yes?: boolean;
	dryRun?: boolean;
	json?: boolean;
};

/** `promptpulse import ccusage|predecessor FILE`: older history, as totals beside the events. */
export async function importFile(
	context: Context,
	source: ImportSource,
	path: string,
	flags: ImportFlags,
): Promise<number> {
	const read = await READERS[source](context, path, flags);
	const person = findAsked(context, flags);
	const usage = await collectUsage(context, false);
	try {
		const { db, user } = usage;
		const totals = knowingOwn(read, usage.machine);
		const from = { source, now: context.now() };
		const tried = { totals, result: await tryImport(db, user.id, totals, from) };
		if (!flags.json) await tellImport(context, usage, tried);
		const isTaken = !flags.dryRun && (await isWanted(tried, flags, person));
		// Before anything is taken: what cannot be read there is to keep all of it out.
		const sending = isTaken ? sendingSentence(context) : undefined;
		const result = isTaken
			? await db.transaction((tx) => importTotals(tx, user.id, totals, from))
			: tried.result;
		if (flags.json) {
			const file = originOf(context, path).file;
			context.terminal.out(jsonText({ file, source, taken: isTaken, ...importJson({ totals, result }) }));
		} else {
			tellTaken(context, { totals, result }, isTaken);
			if (sending !== undefined) context.terminal.err(sending);
		}
		tellTrouble(context, usage);
		return DONE;
	} finally {
		await usage.db.close();
	}
}

/** Totals under this machine's name are its own, whatever it is called later. */
function knowingOwn(read: ImportedTotals, machine: Machine | undefined): ImportedTotals {
	if (!machine) return read;
	const label = machineLabelOf(machine);
	const known = <Row extends { label: string }>(row: Row) =>
		row.label === label ? { ...row, machines: [machine.uuid] } : row;
	return {
		...read,
		days: read.days.map(known),
		sessions: read.sessions.map(known),
		blocks: read.blocks.map(known),
	};
}

/** Who is asked before anything is taken; nobody where a flag has answered. */
function findAsked({ terminal }: Context, { yes, dryRun, json }: ImportFlags): Person | undefined {
	if (yes || dryRun) return undefined;
	const person = json ? undefined : findPerson(terminal);
	if (person) return person;
	throw new AppError(
		"usage",
		"Nothing was taken, because nobody can be asked whether it should be.",
		"Look at it with --dry-run, then take it with --yes.",
	);
}

type ReadTotals = (context: Context, path: string, flags: ImportFlags) => Promise<ImportedTotals>;

const READERS: Record<ImportSource, ReadTotals> = {
	async ccusage(context, path, flags) {
		const origin = originOf(context, path);
		const file = await readFileOrInput(path, origin);
		if (file.kind === "database") throw refused(origin.file, "is a database");
		return readCcusage(parseImport(file.bytes, origin), labelOf(context, flags));
	},
	async predecessor(context, path, flags) {
		const origin = originOf(context, path);
		const file = await readFileOrInput(path, origin);
		const choice = { user: flags.user, machine: flags.machine && labelOf(context, flags) };
		if (file.kind === "bytes") return readPredecessor(parseImport(file.bytes, origin), choice);
		if (path !== "-") return readPredecessorDatabase(path, origin, choice);
		throw refused(origin.file, "is a database, which has to be a file");
	},
};

function originOf({ now }: Context, path: string): Origin {
	return { file: path === "-" ? "The standard input" : path, now: now() };
}

async function readFileOrInput(path: string, origin: Origin): Promise<ImportFile> {
	return path === "-" ? readImportInput(Bun.stdin.stream(), origin) : readImportFile(path, origin);
}

function labelOf({ config }: Context, { machine }: ImportFlags): string {
	const label = cleanName(machine ?? config.machineLabel);
	if (label !== undefined) return label;
	throw new AppError("usage", "What --machine gives is no name.", "Name the machine that the file tells of.");
}

async function tellImport(context: Context, { db, user }: OpenUsage, read: Import): Promise<void> {
	const { terminal } = context;
	const facts = importFacts(read);
	if (facts.length > 0) terminal.out(factsText(terminal, facts));
	for (const note of read.totals.notes) terminal.err(plain(note));
	for (const { label, days } of await findTwins(db, user, read.totals.days)) {
		terminal.err(
			`${counted(days, "of these days is", "of these days are")} here already as ${plain(label)}'s, and would count twice. If it is the same machine, say so with --machine ${plain(label)}.`,
		);
	}
	const others = machinesOf(read.totals).filter((label) => label !== context.config.machineLabel);
	for (const label of await listStrangers(db, user, others)) {
		terminal.err(
			`No machine that is known here is called ${plain(label)}: its totals count beside the usage that is. If they are of a known one, say so with --machine NAME.`,
		);
	}
}

/** Totals give way to events of machines of their name; where no machine has it, they never do. */
async function listStrangers(db: Reader, user: Asker, labels: readonly string[]): Promise<string[]> {
	const known = new Set((await listTrackedMachines(db, user)).map(({ label }) => label));
	return labels.filter((label) => !known.has(label));
}

async function isWanted(
	{ totals, result }: Import,
	{ yes }: ImportFlags,
	person: Person | undefined,
): Promise<boolean> {
	if (isNothingNew({ totals, result })) return false;
	return yes === true || (await person?.confirm("Take these totals?")) === true;
}

function isNothingNew({ result }: Import): boolean {
	return Object.values(result).every(({ added, replaced }) => added + replaced === 0);
}

/** Undefined where nothing is sent anywhere. */
function sendingSentence({ config }: Context): string | undefined {
	const home = homeAt(config.home);
	const { server } = findServer(home, config);
	if (!server) return undefined;
	const { host } = new URL(server);
	return readProjectRules(home, config.userHome).ignoresAny
		? `Of these the next promptpulse collect sends ${host} only sessions of projects that are known and not ignored: days and blocks do not tell their projects, so they stay here as long as any is ignored.`
		: `The next promptpulse collect sends them to ${host}.`;
}

function tellTaken({ terminal }: Context, read: Import, isTaken: boolean): void {
	if (isTaken) {
		terminal.err(
			"These totals are kept on this machine, and reports mark them as reported. promptpulse import remove takes them out again.",
		);
	} else if (machinesOf(read.totals).length === 0) terminal.err("There is no usage in it.");
	else if (isNothingNew(read)) terminal.err("There is nothing to take that is not here already.");
	else terminal.err("Nothing was taken.");
}
