import type { Account } from "../../../account/account.ts";
import type { Database } from "../../../ledger/database.ts";
import { type AuditRow, listOwnAudit } from "../../../reports/audit.ts";
import {
	type KeptRow,
	listOwnEvents,
	listOwnMails,
	listOwnReported,
	listOwnSlots,
	type OwnEventRow,
	type OwnSlotRow,
	type ReportedTable,
} from "../../../reports/own-events.ts";
import { csvText } from "../../../usage/csv.ts";
import { SLOT_MS } from "../../../usage/day.ts";
import { ownEntry } from "../../people/audit-rows.ts";
import { EVENT_COLUMNS, exportEvent } from "./event-row.ts";
import { exportKept } from "./kept-row.ts";
import { readSettings } from "./own-settings.ts";
import { readMe } from "./read-me.ts";
import type { ZipFile } from "./zip.ts";

/** So many rows are read at once. */
const PAGE = 1_000;

/** What an export is made from. `expectRight`: throws once the person may not have it any more. */
export type ExportSource = {
	db: Database;
	account: Account;
	origin: string;
	/** Epoch ms. */
	now: number;
	expectRight(): Promise<unknown>;
};

/** Everything that a server keeps of a person, file by file; none is ever held as a whole. */
export async function* ownFiles(source: ExportSource): AsyncGenerator<ZipFile, void> {
	const { db, account, expectRight } = source;
	const { user } = account;
	const settings = await readSettings(source);
	const { horizon } = settings.retention;
	yield { name: "README.txt", content: [bytes(readMe(source, horizon))] };
	yield { name: "settings.json", content: [bytes(`${JSON.stringify(settings.told, null, 2)}\n`)] };

	const pages = <Item>(read: (last: Item | undefined) => Promise<Item[]>) => pagesOf(read, expectRight);
	const events = () => pages<OwnEventRow>((last) => listOwnEvents(db, user, last?.key ?? "", PAGE));
	yield {
		name: "events.ndjson",
		content: lines(events(), (row) => {
			const event = exportEvent(row);
			return { ...event, extra: JSON.parse(row.extra) };
		}),
	};
	yield { name: "events.csv", content: table(events(), EVENT_COLUMNS, exportEvent) };
	if (horizon > 0) {
		const slots = pages<OwnSlotRow>((last) => listOwnSlots(db, user, horizon, last, PAGE));
		yield {
			name: "older-usage.ndjson",
			content: lines(
				slots,
				({ slot, machineId: _, projectId: __, modelId: ___, project, cost, ...sums }) => ({
					from: new Date(slot * SLOT_MS).toISOString(),
					project: project || null,
					...sums,
					costNanoUsd: cost,
				}),
			),
		};
	}
	for (const name of REPORTED) {
		const rows = pages<KeptRow>((last) => listOwnReported(db, user, name, last, PAGE));
		yield { name: `${name}.ndjson`, content: lines(rows, exportKept) };
	}
	yield {
		name: "mails.ndjson",
		content: lines(
			pages<KeptRow>((last) => listOwnMails(db, user, last, PAGE)),
			exportKept,
		),
	};
	yield {
		name: "audit.ndjson",
		content: lines(
			pages<AuditRow>((last) => listOwnAudit(db, user, { before: last, limit: PAGE })),
			(row) => ownEntry(row, account),
		),
	};
}

const REPORTED: readonly ReportedTable[] = ["reported_days", "reported_sessions", "reported_blocks"];

/** Pages until there is none, each read when it is wanted; in between others have their turn. */
async function* pagesOf<Item>(
	read: (last: Item | undefined) => Promise<Item[]>,
	expectRight: () => Promise<unknown>,
): AsyncGenerator<Item[], void> {
	let last: Item | undefined;
	for (;;) {
		// Side by side: that is one request where the database is far away.
		const [page] = await Promise.all([read(last), expectRight()]);
		if (page.length > 0) yield page;
		if (page.length < PAGE) return;
		last = page.at(-1);
		await Bun.sleep(0);
	}
}

/** A JSON object a line. */
async function* lines<Item>(
	pages: AsyncIterable<Item[]>,
	rowOf: (item: Item) => object,
): AsyncGenerator<Uint8Array, void> {
	for await (const page of pages) {
		yield bytes(page.map((item) => `${JSON.stringify(rowOf(item), exactly)}\n`).join(""));
	}
}

/** An integer that a JSON number could not hold is written as a string. */
function exactly(_name: string, value: unknown): unknown {
	return typeof value === "bigint" ? String(value) : value;
}

async function* table<Item, Column extends string>(
	pages: AsyncIterable<Item[]>,
	columns: readonly Column[],
	rowOf: (item: Item) => Record<Column, string | number | bigint | boolean | null>,
): AsyncGenerator<Uint8Array, void> {
	yield bytes(csvText([], columns));
	for await (const page of pages) yield bytes(csvText(page.map(rowOf), columns, false));
}

function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}
