import {
	type BlockRecord,
	blockOf,
	type DayRecord,
	dayOf,
	MOST_REPORTED_DOLLARS,
	MOST_REPORTED_TOKENS,
	type ReportedBlock,
	type ReportedDay,
	type ReportedSession,
	type SessionRecord,
	sessionOf,
} from "../../usage/reported-total.ts";
import type { Place } from "./place.ts";

/** Why a row that is sound is not taken. */
export type LeftOutReason = "gap" | "empty" | "other_agent" | "mixed_agents" | "other_user";

/** What a file has of each kind, what of it is not taken, and what whoever imports it should know, in whole sentences. */
export type ImportedTotals = {
	days: ReportedDay[];
	sessions: ReportedSession[];
	blocks: ReportedBlock[];
	leftOut: Partial<Record<LeftOutReason, number>>;
	notes: string[];
};

/** A row's tokens and cost, as they were read. */
export type Counts = { input: number; output: number; cacheWrite: number; cacheRead: number; cost: number };

/** Totals of one kind that are taken from a file: as many as a ledger keeps. */
export const MOST_ROWS = 50_000;

/** Gathers the rows of a file. No two of them may be of the same day, session or block. */
export class Gathering {
	readonly totals: ImportedTotals = { days: [], sessions: [], blocks: [], leftOut: {}, notes: [] };
	readonly #seen = new Map<string, string>();
	#unlike = 0;
	readonly #costless = new Set<string>();

	leaveOut(reason: LeftOutReason): void {
		this.totals.leftOut[reason] = (this.totals.leftOut[reason] ?? 0) + 1;
	}

	/** @param told all tokens as the row adds them up, which is noted where nobody can have added up so */
	addDay(place: Place, record: DayRecord, told?: number): void {
		if (!this.#takes(place, `day ${record.machine_id} ${record.date}`, record, told)) return;
		this.totals.days.push(dayOf(record));
	}

	addSession(place: Place, record: SessionRecord, told?: number): void {
		if (!this.#takes(place, `session ${record.machine_id} ${record.session_id}`, record, told)) return;
		this.totals.sessions.push(sessionOf(record));
	}

	addBlock(place: Place, record: BlockRecord, told?: number): void {
		if (!this.#takes(place, `block ${record.machine_id} ${record.block_id}`, record, told)) return;
		this.totals.blocks.push(blockOf(record));
	}

	note(sentence: string): void {
		this.totals.notes.push(sentence);
	}

	finish(): ImportedTotals {
		if (this.#unlike > 0) {
			const rows = this.#unlike === 1 ? "1 row tells" : `${this.#unlike.toLocaleString("en-US")} rows tell`;
			this.note(`${rows} another total than the tokens add up to; what they add up to counts.`);
		}
		if (this.#costless.size > 0) {
			const models = [...this.#costless].sort().join(", ");
			this.note(`The file knows no cost of ${models}: tokens are counted, and their cost is missing.`);
		}
		return this.totals;
	}

	#takes(
		place: Place,
		name: string,
		record: DayRecord | SessionRecord | BlockRecord,
		told: number | undefined,
	): boolean {
		const before = this.#seen.get(name);
		if (before !== undefined) place.refuse(`tells of the same as ${before}`);
		this.#seen.set(name, place.path);
		const { input_tokens: input, output_tokens: output, total_tokens: total, total_cost: cost } = record;
		if (total > MOST_REPORTED_TOKENS || cost > MOST_REPORTED_DOLLARS) {
			place.refuse("comes to more than 1,000,000,000,000 tokens or 100,000 dollars");
		}
		// The first versions left the cache out of what they called a block's total.
		if (told !== undefined && told !== total && told !== input + output) this.#unlike++;
		for (const model of costlessIn(record)) this.#costless.add(model);
		if (total > 0 || cost > 0) return true;
		this.leaveOut("empty");
		return false;
	}
}

/** Models whose tokens cost nothing in a total, because its program had no price for them. */
function costlessIn(record: DayRecord | SessionRecord | BlockRecord): readonly string[] {
	if (record.total_cost === 0 && record.total_tokens > 0) return record.models_used ?? [];
	if (!("model_breakdowns" in record)) return [];
	return record.model_breakdowns
		.filter(({ cost, inputTokens = 0, outputTokens = 0 }) => cost === 0 && inputTokens + outputTokens > 0)
		.map(({ modelName }) => modelName);
}
