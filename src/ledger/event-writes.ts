import type { ExtraPart } from "../usage/event.ts";
import type { Batch, Value } from "./database.ts";
import type { Costs, EventRow } from "./event-rows.ts";
import { extraText, type StoredPart } from "./extra-parts.ts";
import { insertRows } from "./row-batches.ts";

/** Writes new rows. */
export function insertEvents(user: number, rows: readonly EventRow[]): Batch {
	return insertRows("events", ["change", "user", "key", ...WRITTEN], valuesOfNew(user, rows));
}

/** Writes rows that changed, each found by its key, under its new change number. */
export function updateEvents(user: number, rows: readonly EventRow[]): Batch {
	const columns = ["change", ...WRITTEN];
	const values = rows.map((row) => {
		const values: Value[] = [row.change];
		putValues(row, values);
		return [...values, user, row.event.key];
	});
	// A list is written by way of a conflict, for an update that joins one begins with every event there is.
	const { listSql } = insertRows("events", [...columns, "user", "key"], [], onConflict(columns));
	const set = columns.map((column) => `${column} = ?`).join(", ");
	return { sql: `update events set ${set} where user = ? and key = ?`, listSql, rows: values };
}

function onConflict(columns: readonly string[]): string {
	return `on conflict do update set ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}`;
}

const WRITTEN = [
	"message",
	"at",
	"session",
	"folder",
	"project",
	"branch",
	"agent",
	"machine",
	"version",
	"fork",
	"progress",
	"sidechain",
	"sidechain_only",
	"replay",
	"model",
	"counted_after",
	"input",
	"output",
	"cache_write_5m",
	"cache_write_1h",
	"cache_read",
	"web_searches",
	"speed",
	"geo",
	"tier",
	"reported",
	"extra",
	"cost",
	"unpriced",
];

/** One list, filled again for each row: a first collect writes every response there is. */
function* valuesOfNew(user: number, rows: readonly EventRow[]): Generator<Value[]> {
	const values: Value[] = [];
	for (const row of rows) {
		values[0] = row.change;
		values[1] = user;
		values[2] = row.event.key;
		values.length = 3;
		putValues(row, values);
		yield values;
	}
}

function putValues({ event, names, costs, replay }: EventRow, values: Value[]): void {
	values.push(
		event.message ?? null,
		event.at,
		names.session,
		names.folder,
		names.project,
		names.branch,
		names.agent,
		names.machine,
		names.version,
		Number(event.fork),
		Number(event.progress),
		Number(event.sidechain),
		Number(event.sidechainOnly),
		Number(replay),
		names.model,
		event.countedAt - event.at,
		event.input,
		event.output,
		event.cacheWrite5m,
		event.cacheWrite1h,
		event.cacheRead,
		event.webSearches,
		event.speed ?? null,
		event.geo ?? null,
		event.tier ?? null,
		event.reportedNanoUsd ?? null,
		event.extra === undefined ? null : extraText(storedParts(event.extra, names.extra, costs.extra)),
		costs.main,
		countUnpriced(costs),
	);
}

function countUnpriced({ main, extra }: Costs): number {
	let unpriced = Number(main === null);
	for (const cost of extra) if (cost === null) unpriced++;
	return unpriced;
}

function storedParts(
	parts: readonly ExtraPart[],
	models: readonly number[],
	costs: Costs["extra"],
): StoredPart[] {
	return parts.map((part, i) => ({ ...part, model: models[i] ?? 0, cost: costs[i] ?? null }));
}
