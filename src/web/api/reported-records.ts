import { type } from "arktype";
import type { ReportedBlock, ReportedDay, ReportedSession } from "../../ledger/reported.ts";
import { parseDay } from "../../usage/day.ts";
import { cleanName } from "../../usage/event.ts";

const NANO = 1e9;
/** More than anyone's day, session or block comes to. Larger ones could not be summed as integers of 64 bits. */
const MOST_TOKENS = 1e12;
const MOST_DOLLARS = 1e5;
const LONGEST_BLOCK_MS = 86_400_000;

const Count = type(`0 <= number.integer <= ${MOST_TOKENS}`);
const Dollars = type(`0 <= number <= ${MOST_DOLLARS}`);
const Name = type("0 < string <= 256");
const Day = type("string").pipe((text, ctx) => parseDay(text) ?? ctx.error("a day"));
const END_OF_TIME = Date.UTC(10_000, 0);
const Time = type("string.date").pipe((text, ctx) => {
	const at = Date.parse(text);
	return at >= 0 && at < END_OF_TIME ? at : ctx.error("a time from 1970 to 9999");
});

/** A list, or the text of one: the program before kept lists as texts, and sent some of them so. */
const Texts = type("string").pipe((text, ctx) => {
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) ? list : ctx.error("a list");
	} catch {
		return ctx.error("a list");
	}
});
const Models = type("string[] <= 100").or(Texts.to("string[] <= 100"));
const Breakdowns = type("unknown[] <= 100").or(Texts.to("unknown[] <= 100"));

/** A total's part by model, under ccusage's names. */
const Breakdown = type({
	"+": "delete",
	modelName: Name,
	"inputTokens?": Count,
	"outputTokens?": Count,
	"cacheCreationTokens?": Count,
	"cacheReadTokens?": Count,
	"cost?": Dollars,
});

const Counted = type({
	"+": "delete",
	machine_id: Name,
	input_tokens: Count,
	output_tokens: Count,
	"cache_creation_tokens?": Count,
	"cache_read_tokens?": Count,
	total_tokens: Count,
	total_cost: Dollars,
	"models_used?": Models.or("null"),
});

/** Records as the program before sent them. Whose they are is told by the key alone. */
export const DayRecord = Counted.merge({
	"+": "delete",
	date: Day,
	"model_breakdowns?": Breakdowns.or("null"),
});

export const SessionRecord = Counted.merge({
	"+": "delete",
	session_id: Name,
	"project_path?": "string <= 4096 | null",
	start_time: Time,
	"end_time?": Time.or("null"),
	"duration_minutes?": "0 <= number <= 525600 | null",
	"model_breakdowns?": Breakdowns.or("null"),
});

export const BlockRecord = Counted.merge({
	"+": "delete",
	block_id: Name,
	start_time: Time,
	end_time: Time,
	"actual_end_time?": Time.or("null"),
	"entry_count?": Count,
}).narrow(({ start_time, end_time }, ctx) => {
	// Gaps between blocks may be longer, and are none.
	const length = end_time - start_time;
	return (length > 0 && length <= LONGEST_BLOCK_MS) || ctx.reject("a block of at most a day");
});

/** A day of the oldest of its clients, which wrote in another case. */
export const LegacyRecord = type({
	"+": "delete",
	date: Day,
	inputTokens: Count,
	outputTokens: Count,
	"cacheCreationTokens?": Count,
	"cacheReadTokens?": Count,
	totalTokens: Count,
	totalCost: Dollars,
	"modelsUsed?": Models.or("null"),
	"modelBreakdowns?": Breakdowns.or("null"),
});

export function dayOf(record: typeof DayRecord.infer): ReportedDay {
	return { ...countedOf(record), day: record.date, breakdowns: breakdownsOf(record.model_breakdowns) };
}

export function sessionOf(record: typeof SessionRecord.infer): ReportedSession {
	const project = record.project_path ?? undefined;
	return {
		...countedOf(record),
		session: cleanName(record.session_id) ?? "unknown",
		project: (project && cleanName(project)) ?? null,
		startedAt: record.start_time,
		endedAt: record.end_time ?? null,
		durationMinutes: record.duration_minutes == null ? null : Math.round(record.duration_minutes),
		breakdowns: breakdownsOf(record.model_breakdowns),
	};
}

export function blockOf(record: typeof BlockRecord.infer): ReportedBlock {
	return {
		...countedOf(record),
		block: cleanName(record.block_id) ?? "unknown",
		startedAt: record.start_time,
		endedAt: record.end_time,
		actualEnd: record.actual_end_time ?? null,
		entries: record.entry_count ?? 0,
	};
}

/** @param label the name of the machine, which stands beside the records */
export function legacyDayOf(label: string, record: typeof LegacyRecord.infer): ReportedDay {
	return dayOf({
		machine_id: label,
		date: record.date,
		input_tokens: record.inputTokens,
		output_tokens: record.outputTokens,
		cache_creation_tokens: record.cacheCreationTokens ?? 0,
		cache_read_tokens: record.cacheReadTokens ?? 0,
		total_tokens: record.totalTokens,
		total_cost: record.totalCost,
		models_used: record.modelsUsed ?? [],
		model_breakdowns: record.modelBreakdowns ?? [],
	});
}

/** Parts that are none are left out: the total does not depend on them. */
function breakdownsOf(parts: readonly unknown[] | null | undefined): (typeof Breakdown.infer)[] {
	return (parts ?? []).flatMap((part) => {
		const read = Breakdown(part);
		return read instanceof type.errors ? [] : [read];
	});
}

function countedOf(record: typeof Counted.infer) {
	return {
		label: cleanName(record.machine_id) ?? "unknown",
		input: record.input_tokens,
		output: record.output_tokens,
		cacheWrite: record.cache_creation_tokens ?? 0,
		cacheRead: record.cache_read_tokens ?? 0,
		total: record.total_tokens,
		costNanoUsd: Math.round(record.total_cost * NANO),
		models: record.models_used ?? [],
	};
}
