import type { Machine } from "../../src/account/machine.ts";
import { SessionFolders } from "../../src/collector/session-folders.ts";
import type { Database, Value } from "../../src/ledger/database.ts";
import { Ingest, type IngestResult, ingest } from "../../src/ledger/events.ts";
import { resolveFolders } from "../../src/ledger/folders.ts";
import type { LedgerUser } from "../../src/ledger/users.ts";
import { cleanEvent, eventKey, messageHash, type UsageEvent } from "../../src/usage/event.ts";
import { createPriceBook, type PriceBook } from "../../src/usage/price.ts";
import { parsePriceTable } from "../../src/usage/price-table.ts";
import { openTestDatabase } from "./test-database.ts";

/** A ledger in memory and one user of it. */
export type TestLedger = { db: Database; user: LedgerUser };

/** The time of events unless told otherwise, and of ingests: ten in the morning, UTC. */
export const AT = Date.UTC(2026, 2, 2, 10);
export const NOW = Date.UTC(2026, 10, 24);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const LAPTOP: Machine = machineNamed("laptop", 1);
export const DESKTOP: Machine = machineNamed("desktop", 2);

/** Prices that are easy to reckon with: `cheap` is 1 USD per million tokens of any kind, `dear` is 10. */
export const PRICES: PriceBook = pricesOf({ cheap: 1, dear: 10 });

/** A model's tokens of every kind cost the same: USD per million. Models that are not named have no price. */
export function pricesOf(models: Record<string, number>): PriceBook {
	const rows = Object.entries(models).map(([model, usd]) => [
		model,
		{ input: usd, output: usd, cacheWrite5m: usd, cacheWrite1h: usd, cacheRead: usd },
	]);
	return createPriceBook(parsePriceTable({ models: Object.fromEntries(rows) }, "test prices"));
}

export function machineNamed(label: string, number: number): Machine {
	const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
	return { uuid, label, os: "linux", client: "1.0.0", zone: "UTC" };
}

/** An empty ledger with the real schema. Ledgers in memory need no closing. */
export async function openTestLedger(user: Partial<LedgerUser> = {}): Promise<TestLedger> {
	const db = await openTestDatabase(NOW);
	return { db, user: await addUser(db, user) };
}

export async function addUser(db: Database, part: Partial<LedgerUser> = {}): Promise<LedgerUser> {
	const user = { id: 1, zone: "UTC", horizon: 0, ...part };
	await db.run("insert into users (id, zone, horizon) values (?, ?, ?)", [user.id, user.zone, user.horizon]);
	return user;
}

/** What identifies a made-up response, and anything else that is to be said of it. */
export type EventOptions = Partial<UsageEvent> & { id?: string; request?: string };

/** A sound event of 100 tokens: 10 in, 20 out, 30 and 40 written, and none but those read. */
export function eventOf({ id = "msg_1", request = "req_1", ...part }: EventOptions = {}): UsageEvent {
	const at = part.at ?? AT;
	return {
		key: eventKey({ messageId: id, requestId: request, session: "", path: "", offset: 0 }),
		message: messageHash(id),
		model: "cheap",
		input: 10,
		output: 20,
		cacheWrite5m: 30,
		cacheWrite1h: 40,
		cacheRead: 0,
		webSearches: 0,
		countedAt: at,
		at,
		session: "s1",
		fork: false,
		progress: false,
		sidechain: false,
		sidechainOnly: part.sidechain ?? false,
		project: "/home/ada/app",
		branch: "main",
		...part,
	};
}

export type IngestOptions = { machine?: Machine; prices?: PriceBook; now?: number };

/** Ingests events as one upload. */
export async function ingestAll(
	{ db, user }: TestLedger,
	events: readonly UsageEvent[],
	{ machine = LAPTOP, prices = PRICES, now = NOW }: IngestOptions = {},
): Promise<IngestResult> {
	return db.transaction((tx) => ingest(tx, { user, machine, prices, now }, events));
}

/** What a line of a transcript says: an event in a folder, and the directory that the line names. */
export type Seen = { event: UsageEvent; cwd?: string | undefined; isMain?: boolean };

/** Writes what lines say as the collector does: projects follow from folders and directories. */
export async function collectAll(
	{ db, user }: TestLedger,
	lines: readonly Seen[],
	{ machine = LAPTOP, prices = PRICES, now = NOW }: IngestOptions = {},
): Promise<void> {
	const folders = new SessionFolders();
	await db.transaction(async (tx) => {
		const work = await Ingest.begin(tx, { user, machine, prices, now });
		for (const { event, cwd, isMain = true } of lines) {
			const folder = event.folder ?? "";
			const file = { path: "", relative: "", folder, isMain, session: event.session };
			const seen = { ...event, folder, project: undefined };
			work.note(cleanEvent(seen));
			folders.see(seen, cwd, file);
		}
		const { moved, projectOf } = await resolveFolders(tx, user.id, folders.take());
		await work.move(moved);
		await work.write((event) => projectOf(event.folder ?? "", event.session));
		await work.finish();
	});
}

export type Row = Record<string, Value | undefined>;

/** Tables that hold usage, or what usage was decided from. */
export const USAGE_TABLES = [
	"events",
	"usage_slots",
	"usage_days",
	"usage_months",
	"model_days",
	"branch_days",
	"session_parts",
	"person_days",
	"person_months",
	"blocks",
] as const;

export type Dump = Record<
	(typeof USAGE_TABLES)[number] | "users" | "machines" | "machine_days" | "folder_sessions",
	Row[]
>;

/** Columns that refer to names, and where the names are. */
const NAMES: Record<string, string> = {
	session: "sessions",
	project: "projects",
	branch: "branches",
	model: "models",
	agent: "agents",
	version: "versions",
	folder: "folders",
	machine: "machines",
};

/** Dictionaries, and what no event tells: how far files were read and sent, steps of the schema, people. */
const NOT_DUMPED = [
	...Object.values(NAMES).filter((table) => table !== "machines"),
	"files",
	"counters",
	"migrations",
	"push_targets",
	"push_waits",
	"set_aside",
	"sent_totals",
	"sent_labels",
	"settings",
	"accounts",
	"api_keys",
	"web_sessions",
	"invites",
	"login_links",
	"attempts",
	"audit_log",
	"reported_senders",
	"reported_days",
	"reported_sessions",
	"reported_blocks",
	"jobs",
	"preferences",
	"mails",
	"mail_links",
	"erasures",
	"commits",
];
/** Numbers and times of writing, which depend on how a ledger came to be. */
const NOT_COMPARED = ["id", "change", "first_seen", "last_seen", "revision"];

/** Everything a ledger knows of usage, each table in a fixed order, names instead of numbers: to compare ledgers whole. */
export async function dumpLedger(db: Database): Promise<Dump> {
	const names = new Map<string, Map<Value, string>>();
	for (const table of Object.values(NAMES)) {
		const name = table === "machines" ? "label" : "name";
		const rows = await db.all<{ id: number; name: string }>(`select id, ${name} as name from ${table}`);
		names.set(table, new Map(rows.map((row) => [row.id, row.name])));
	}
	const nameOf = (table: string, id: Value) => names.get(table)?.get(id) ?? `no ${table} ${id}`;
	const dump: Record<string, Row[]> = {};
	for (const { name } of await db.all<{ name: string }>(
		"select name from sqlite_master where type = 'table'",
	)) {
		if (NOT_DUMPED.includes(name)) continue;
		const rows = await db.all<Row>(`select * from ${name}`);
		dump[name] = inOrder(rows.map((row) => readable(row, nameOf)));
	}
	return dump as Dump;
}

function readable(row: Row, nameOf: (table: string, id: Value) => string): Row {
	const shown: Row = {};
	for (const [column, value = null] of Object.entries(row)) {
		if (NOT_COMPARED.includes(column)) continue;
		const table = NAMES[column];
		if (value === null) shown[column] = null;
		else if (table) shown[column] = nameOf(table, value);
		else if (column === "models") {
			shown[column] = JSON.parse(String(value))
				.map((id: number) => nameOf("models", id))
				.join(", ");
		} else if (column === "extra") {
			const parts: [number, ...unknown[]][] = JSON.parse(String(value));
			shown[column] = JSON.stringify(parts.map(([model, ...rest]) => [nameOf("models", model), ...rest]));
		} else shown[column] = value;
	}
	return shown;
}

/** Rows in an order that only their contents decide. */
export function inOrder(rows: readonly Row[]): Row[] {
	const textOf = (row: Row) =>
		JSON.stringify(row, (_key, value) => (typeof value === "bigint" ? `${value}` : value));
	return rows
		.map((row) => ({ row, text: textOf(row) }))
		.toSorted((a, b) => (a.text < b.text ? -1 : 1))
		.map(({ row }) => row);
}
