import type { CountedRecord, RecordBreakdown } from "../../usage/reported-total.ts";
import { breakdownOf } from "./ccusage-row.ts";
import { refused } from "./import-file.ts";
import type { Place } from "./place.ts";
import { Gathering, type ImportedTotals, MOST_ROWS } from "./totals.ts";

export type RowKind = "day" | "session" | "block";

/** Which rows are taken. */
export type Choice = {
	/** In place of the one machine's name that the file has. */
	machine?: string | undefined;
	/** The one person's number, name or id that rows may be of. */
	user?: string | undefined;
};

/**
 * Reads what the former server answered (`/api/usage/aggregate`, `/sessions`, `/blocks`), what its clients sent it, or
 * rows of its tables.
 *
 * @throws AppError `usage` for anything that is not understood: then nothing of the file is taken
 */
export function readPredecessor(file: Place, choice: Choice): ImportedTotals {
	const { rows, machine } = rowsIn(file);
	const reading = new PredecessorRows(file, choice);
	for (const row of rows) reading.add(row, kindOf(row), machine);
	if (rows.length === 50 || rows.length === 1_000) {
		reading.note(
			`The file has just ${rows.length.toLocaleString("en-US")} rows, as many as the server gave at most: there may have been more.`,
		);
	}
	return reading.finish();
}

/** Gathers rows of the former product, whatever they come from. */
export class PredecessorRows {
	readonly #gathering = new Gathering();
	readonly #machines = new Set<string>();
	readonly #users = new Set<string>();

	constructor(
		readonly file: Place,
		readonly choice: Choice,
	) {}

	/** @param machine the machine's name, where it stands beside the rows */
	add(row: Place, kind: RowKind, machine?: string): void {
		const user = userOf(row);
		if (user !== undefined && this.choice.user !== undefined && user !== this.choice.user) {
			this.#gathering.leaveOut("other_user");
			return;
		}
		if (user !== undefined) this.#users.add(user);
		const record = this.#recordOf(row, machine);
		const told = row.need("total_tokens", "totalTokens").count();
		if (kind === "day") {
			const date = row.need("date").day();
			this.#gathering.addDay(row, { ...record, date, model_breakdowns: partsOf(row) }, told);
		} else if (kind === "session") this.#addSession(row, record, told);
		else this.#addBlock(row, record, told);
	}

	note(sentence: string): void {
		this.#gathering.note(sentence);
	}

	finish(): ImportedTotals {
		const { file } = this.file.origin;
		if (this.#users.size > 1) {
			throw refused(
				file,
				"tells of several people",
				"Nothing was changed. Say which user_id is yours with --user.",
			);
		}
		return this.#gathering.finish();
	}

	#addSession(row: Place, record: CountedRecord, told: number): void {
		const start = row.need("start_time").moment();
		const end = row.find("end_time")?.moment();
		if (end !== undefined && end < start) row.refuse("ends before it begins");
		const session = {
			...record,
			session_id: row.need("session_id").name(),
			project_path: row.find("project_path")?.name(),
			start_time: start,
			end_time: end,
			duration_minutes: row.find("duration_minutes")?.minutes(),
			model_breakdowns: partsOf(row),
		};
		this.#gathering.addSession(row, session, told);
	}

	#addBlock(row: Place, record: CountedRecord, told: number): void {
		const start = row.need("start_time");
		const block = {
			...record,
			block_id: row.need("block_id").name(),
			start_time: start.moment(),
			end_time: row.need("end_time").endAfter(start),
			actual_end_time: row.find("actual_end_time")?.moment(),
			entry_count: row.find("entry_count")?.count(),
		};
		this.#gathering.addBlock(row, block, told);
	}

	#recordOf(row: Place, machine: string | undefined): CountedRecord {
		const own = machine ?? row.need("machine_id").name();
		this.#machines.add(own);
		if (this.choice.machine !== undefined && this.#machines.size > 1) {
			throw refused(
				this.file.origin.file,
				`tells of several machines (${[...this.#machines].join(", ")})`,
				"Nothing was changed. Leave --machine out: its rows say which machine they are of.",
			);
		}
		const input = row.need("input_tokens", "inputTokens").count();
		const output = row.need("output_tokens", "outputTokens").count();
		const cacheWrite = row.find("cache_creation_tokens", "cacheCreationTokens")?.count() ?? 0;
		const cacheRead = row.find("cache_read_tokens", "cacheReadTokens")?.count() ?? 0;
		return {
			machine_id: this.choice.machine ?? own,
			input_tokens: input,
			output_tokens: output,
			cache_creation_tokens: cacheWrite,
			cache_read_tokens: cacheRead,
			total_tokens: input + output + cacheWrite + cacheRead,
			total_cost: row.need("total_cost", "totalCost").dollars(),
			models_used: row.find("models_used", "modelsUsed")?.models(),
		};
	}
}

/** Lists as the routes answered and took them, and the machine where it stands beside them. */
function rowsIn(file: Place): { rows: Place[]; machine?: string } {
	if (file.isList) return { rows: file.list(MOST_ROWS) };
	if (!file.isObject) throw refusedShape(file);
	const legacy = file.find("data");
	const machine = file.find("machineId");
	if (legacy && machine) return { rows: legacy.list(MOST_ROWS), machine: machine.name() };
	const list = file.find("daily", "records", "sessions", "blocks");
	if (!list) throw refusedShape(file);
	return { rows: list.list(MOST_ROWS) };
}

function kindOf(row: Place): RowKind {
	if (!row.isObject) throw refusedShape(row);
	if (Object.hasOwn(row.object(), "reported")) {
		throw refused(
			row.origin.file,
			"is an answer of this PromptPulse and not of the former one",
			"Nothing was changed. A server's ledger is moved with promptpulse migrate.",
		);
	}
	if (row.find("session_id")) return "session";
	if (row.find("block_id")) return "block";
	return row.find("date") && !row.find("session_count") ? "day" : refuseSums(row);
}

function refuseSums({ origin }: Place): never {
	throw refused(
		origin.file,
		"has sums, but not of days, sessions or blocks",
		"Nothing was changed. Days are what GET /api/usage/aggregate answers, sessions GET /api/usage/sessions, blocks GET /api/usage/blocks.",
	);
}

function refusedShape({ origin }: Place): Error {
	return refused(
		origin.file,
		"has no shape that the former PromptPulse server answered with",
		"Nothing was changed. Import what its /api/usage/aggregate, /api/usage/sessions or /api/usage/blocks answers, or its SQLite database.",
	);
}

/** People had numbers, and later texts. */
function userOf(row: Place): string | undefined {
	const user = row.find("user_id");
	return user && (typeof user.value === "number" ? `${user.count()}` : user.name());
}

/** Parts that were not kept are not known. */
function partsOf(row: Place): RecordBreakdown[] {
	const parts = row.find("model_breakdowns", "modelBreakdowns");
	return parts?.parts().map((part) => breakdownOf(part, part.need("modelName").name())) ?? [];
}
