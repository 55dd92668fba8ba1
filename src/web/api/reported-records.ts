import { type } from "arktype";
import { isMachineUuid } from "../../account/machine.ts";
import { DAY_MS, parseDay } from "../../usage/day.ts";
import {
	LONGEST_REPORTED_BLOCK_MS,
	MOST_REPORTED_DOLLARS,
	MOST_REPORTED_TOKENS,
	type RecordBreakdown,
} from "../../usage/reported-total.ts";

export const Count = type(`0 <= number.integer <= ${MOST_REPORTED_TOKENS}`);
export const Dollars = type(`0 <= number <= ${MOST_REPORTED_DOLLARS}`);
export const Name = type("0 < string <= 256");
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

/** A ledger that moved from computer to computer knows several machines, and some of them may bear one name. */
const MOST_MACHINES = 100;
export const Machines = type("string")
	.narrow((uuid, ctx) => isMachineUuid(uuid) || ctx.mustBe("the UUID of a machine"))
	.array()
	.atMostLength(MOST_MACHINES);

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
	"machines?": Machines,
});

/** Records as the program before sent them. Whose they are is told by the key alone. */
export const DayRecord = Counted.merge({
	"+": "delete",
	date: Day,
	"start_time?": Time,
	"end_time?": Time,
	"model_breakdowns?": Breakdowns.or("null"),
}).narrow(({ date, start_time: from = date * DAY_MS, end_time: before = from + 1 }, ctx) => {
	const isOfDay = Math.abs(from - date * DAY_MS) <= DAY_MS && before > from && before - from <= 2 * DAY_MS;
	return isOfDay || ctx.reject("a day that lasted about then");
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
	const length = end_time - start_time;
	return (length > 0 && length <= LONGEST_REPORTED_BLOCK_MS) || ctx.reject("a block of at most a day");
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

/** Parts that are none are left out: the total does not depend on them. */
export function breakdownsOf(parts: readonly unknown[] | null | undefined): RecordBreakdown[] {
	return (parts ?? []).flatMap((part) => {
		const read = Breakdown(part);
		return read instanceof type.errors ? [] : [read];
	});
}
