import { DAY_MS, dayText, isoTime } from "./day.ts";
import { cleanName } from "./event.ts";
import { dollars, nanoUsd } from "./usage.ts";

/** What a client counted itself. `label`: its machine's name; `total`: all tokens as it added them up. */
type Counted = {
	label: string;
	input: number;
	output: number;
	cacheWrite: number;
	cacheRead: number;
	total: number;
	costNanoUsd: number;
	models: readonly string[];
	/** UUIDs of the machines whose usage it is, if they were told. */
	machines?: readonly string[] | undefined;
};

/** A day's total; `day` is the client's local day, and the times (epoch ms, the end not in it) are when it was. */
export type ReportedDay = Counted & {
	day: number;
	startedAt?: number | undefined;
	endedAt?: number | undefined;
	breakdowns: readonly unknown[];
};

/** A session's total. Times are epoch ms. */
export type ReportedSession = Counted & {
	session: string;
	project: string | null;
	startedAt: number;
	endedAt: number | null;
	durationMinutes: number | null;
	breakdowns: readonly unknown[];
};

/** A block's total. Times are epoch ms. */
export type ReportedBlock = Counted & {
	block: string;
	startedAt: number;
	endedAt: number;
	actualEnd: number | null;
	entries: number;
};

/** More than anyone's day, session or block comes to. Larger ones could not be summed as integers of 64 bits. */
export const MOST_REPORTED_TOKENS = 1e12;
export const MOST_REPORTED_DOLLARS = 1e5;
/** Gaps between blocks may be longer, and are none. */
export const LONGEST_REPORTED_BLOCK_MS = DAY_MS;

/** A total's part by model, under ccusage's names. */
export type RecordBreakdown = {
	modelName: string;
	inputTokens?: number | undefined;
	outputTokens?: number | undefined;
	cacheCreationTokens?: number | undefined;
	cacheReadTokens?: number | undefined;
	cost?: number | undefined;
};

/** A total as the program before wrote it, checked. Costs are in dollars. */
export type CountedRecord = {
	machine_id: string;
	input_tokens: number;
	output_tokens: number;
	cache_creation_tokens?: number | undefined;
	cache_read_tokens?: number | undefined;
	total_tokens: number;
	total_cost: number;
	models_used?: readonly string[] | null | undefined;
	/** UUIDs. */
	machines?: readonly string[] | undefined;
};

/** `date`: days since 1970; times are epoch ms. */
export type DayRecord = CountedRecord & {
	date: number;
	start_time?: number | undefined;
	end_time?: number | undefined;
	model_breakdowns: readonly RecordBreakdown[];
};

/** Times are epoch ms. */
export type SessionRecord = CountedRecord & {
	session_id: string;
	project_path?: string | null | undefined;
	start_time: number;
	end_time?: number | null | undefined;
	duration_minutes?: number | null | undefined;
	model_breakdowns: readonly RecordBreakdown[];
};

/** Times are epoch ms. */
export type BlockRecord = CountedRecord & {
	block_id: string;
	start_time: number;
	end_time: number;
	actual_end_time?: number | null | undefined;
	entry_count?: number | undefined;
};

/** A day of the oldest of its clients, which wrote in another case. */
export type LegacyRecord = {
	date: number;
	inputTokens: number;
	outputTokens: number;
	cacheCreationTokens?: number | undefined;
	cacheReadTokens?: number | undefined;
	totalTokens: number;
	totalCost: number;
	modelsUsed?: readonly string[] | null | undefined;
	modelBreakdowns: readonly RecordBreakdown[];
};

export function dayOf(record: DayRecord): ReportedDay {
	const { date: day, start_time: startedAt, end_time: endedAt } = record;
	return { ...countedOf(record), day, startedAt, endedAt, breakdowns: record.model_breakdowns };
}

export function sessionOf(record: SessionRecord): ReportedSession {
	const { end_time: endedAt = null, duration_minutes: minutes } = record;
	return {
		...countedOf(record),
		session: cleanName(record.session_id) ?? UNKNOWN,
		project: cleanName(record.project_path ?? undefined) ?? null,
		startedAt: record.start_time,
		endedAt,
		durationMinutes: minutes == null ? null : Math.round(minutes),
		breakdowns: record.model_breakdowns,
	};
}

export function blockOf(record: BlockRecord): ReportedBlock {
	return {
		...countedOf(record),
		block: cleanName(record.block_id) ?? UNKNOWN,
		startedAt: record.start_time,
		endedAt: record.end_time,
		actualEnd: record.actual_end_time ?? null,
		entries: record.entry_count ?? 0,
	};
}

/** @param label the name of the machine, which stands beside the records */
export function legacyDayOf(label: string, record: LegacyRecord): ReportedDay {
	return dayOf({
		machine_id: label,
		date: record.date,
		input_tokens: record.inputTokens,
		output_tokens: record.outputTokens,
		cache_creation_tokens: record.cacheCreationTokens,
		cache_read_tokens: record.cacheReadTokens,
		total_tokens: record.totalTokens,
		total_cost: record.totalCost,
		models_used: record.modelsUsed,
		model_breakdowns: record.modelBreakdowns,
	});
}

const UNKNOWN = "unknown";

function countedOf(record: CountedRecord): Counted {
	return {
		label: cleanName(record.machine_id) ?? UNKNOWN,
		input: record.input_tokens,
		output: record.output_tokens,
		cacheWrite: record.cache_creation_tokens ?? 0,
		cacheRead: record.cache_read_tokens ?? 0,
		total: record.total_tokens,
		costNanoUsd: nanoUsd(record.total_cost),
		models: record.models_used ?? [],
		machines: record.machines,
	};
}

/** A total as it travels, under the names that it is read by. */
export function dayRecordOf(row: ReportedDay): object {
	return { date: dayText(row.day), ...countedRecordOf(row), model_breakdowns: row.breakdowns };
}

/** @param project its name as it may leave the machine */
export function sessionRecordOf(row: ReportedSession, project: string | null): object {
	return {
		session_id: row.session,
		project_path: project,
		start_time: isoTime(row.startedAt),
		end_time: row.endedAt === null ? null : isoTime(row.endedAt),
		duration_minutes: row.durationMinutes,
		...countedRecordOf(row),
		model_breakdowns: row.breakdowns,
	};
}

export function blockRecordOf(row: ReportedBlock): object {
	return {
		block_id: row.block,
		start_time: isoTime(row.startedAt),
		end_time: isoTime(row.endedAt),
		actual_end_time: row.actualEnd === null ? null : isoTime(row.actualEnd),
		entry_count: row.entries,
		...countedRecordOf(row),
	};
}

function countedRecordOf(row: Counted): object {
	const { machines = [] } = row;
	return {
		machine_id: row.label,
		...(machines.length > 0 && { machines }),
		input_tokens: row.input,
		output_tokens: row.output,
		cache_creation_tokens: row.cacheWrite,
		cache_read_tokens: row.cacheRead,
		total_tokens: row.total,
		total_cost: dollars(row.costNanoUsd),
		models_used: row.models,
	};
}
