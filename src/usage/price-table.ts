import { AppError } from "../errors.ts";
import type { PricePeriod, PriceRow, PriceTable, Rates } from "./price.ts";

const RATE_FIELDS = ["input", "output", "cacheWrite5m", "cacheWrite1h", "cacheRead"] as const;
const ROW_FIELDS = ["fast", "regional"];
const DATE = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const LARGEST_RATE = 10_000;
const LARGEST_MULTIPLIER = 1_000;

/** Where something stands in a file, for the sentence that says it is wrong. */
type Place = { file: string; model?: string; field: string };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks a price table: rates in USD per million tokens, at most 6 decimals, as rows of dated `periods` or as one flat
 * row, with `fast` and `regional` beside them.
 *
 * @param name the file's name, for errors
 * @throws AppError `invalid_config` that names file, model and field
 */
export function parsePriceTable(json: unknown, name: string): PriceTable {
	const root = fieldsOf(json, ["source", "models"], { file: name, field: "" });
	const source = root.source ?? name;
	if (typeof source !== "string") throw wrong({ file: name, field: "source" }, "a text", source);
	const models = new Map<string, PriceRow>();
	const list = anyFieldsOf(root.models, { file: name, field: "models" });
	for (const [model, row] of Object.entries(list)) {
		models.set(model, parseRow(row, { file: name, model, field: "" }));
	}
	return { source, models };
}

function parseRow(json: unknown, at: Place): PriceRow {
	const isFlat = !Object.hasOwn(anyFieldsOf(json, at), "periods");
	const row = fieldsOf(
		json,
		[...ROW_FIELDS, ...(isFlat ? [...RATE_FIELDS, "longContext"] : ["periods"])],
		at,
	);
	const { fast, regional, ...flat } = row;
	if (regional !== undefined && regional !== 1) throw wrong(below(at, "regional"), "1", regional);
	return {
		periods: isFlat ? parseFlat(flat, at) : parsePeriods(row.periods, below(at, "periods")),
		fastThousandths:
			fast === undefined ? undefined : parseDecimal(fast, 3, LARGEST_MULTIPLIER, below(at, "fast")),
		regionalIsFree: regional === undefined ? undefined : true,
	};
}

function parseFlat(flat: Fields, at: Place): PricePeriod[] | undefined {
	if (Object.keys(flat).length === 0) return undefined;
	return [parsePeriod(flat, Number.NEGATIVE_INFINITY, at)];
}

function parsePeriods(json: unknown, at: Place): PricePeriod[] {
	if (!Array.isArray(json) || json.length === 0) throw wrong(at, "a list of one period or more", json);
	const periods: PricePeriod[] = [];
	for (const [index, value] of json.entries()) {
		const place = { ...at, field: `${at.field}[${index}]` };
		const { from, ...rest } = fieldsOf(value, ["from", ...RATE_FIELDS, "longContext"], place);
		periods.push(parsePeriod(rest, parseFrom(from, periods.at(-1), below(place, "from")), place));
	}
	return periods;
}

function parsePeriod(fields: Fields, from: number, at: Place): PricePeriod {
	const { longContext, ...rates } = fields;
	const place = below(at, "longContext");
	return {
		from,
		rates: parseRates(rates, at),
		long: longContext === undefined ? undefined : parseLong(longContext, place),
	};
}

function parseLong(json: unknown, at: Place): PricePeriod["long"] {
	const { over, ...rates } = fieldsOf(json, ["over", ...RATE_FIELDS], at);
	if (!Number.isSafeInteger(over) || (over as number) < 1) {
		throw wrong(below(at, "over"), "a whole number of tokens above 0", over);
	}
	return { over: over as number, rates: parseRates(rates, at) };
}

function parseRates(fields: Fields, at: Place): Rates {
	const rate = (name: keyof Rates) => parseDecimal(fields[name], 6, LARGEST_RATE, below(at, name));
	return {
		input: rate("input"),
		output: rate("output"),
		cacheWrite5m: rate("cacheWrite5m"),
		cacheWrite1h: rate("cacheWrite1h"),
		cacheRead: rate("cacheRead"),
	};
}

/** The number as an integer count of its last decimal. */
function parseDecimal(json: unknown, decimals: number, largest: number, at: Place): number {
	const scale = 10 ** decimals;
	const scaled = typeof json === "number" ? Math.round(json * scale) : Number.NaN;
	// Division rounds to the nearest double, as reading the file did: equal only if no digit was dropped.
	if (scaled >= 0 && scaled <= largest * scale && scaled / scale === json) return scaled;
	throw wrong(at, `a number from 0 to ${largest} with at most ${decimals} decimals`, json);
}

function parseFrom(json: unknown, previous: PricePeriod | undefined, at: Place): number {
	if (previous === undefined) {
		if (json === undefined) return Number.NEGATIVE_INFINITY;
		throw wrong(at, "absent from the first period", json);
	}
	const [, year, month, day] = (typeof json === "string" ? DATE.exec(json) : undefined) ?? [];
	const from = Date.UTC(Number(year), Number(month) - 1, Number(day));
	// Date.UTC lets the 31st of a short month run into the next.
	if (!(from < Date.UTC(Number(year), Number(month)))) throw wrong(at, "a date as YYYY-MM-DD", json);
	if (from <= previous.from) throw wrong(at, "later than the period before it", json);
	return from;
}

function anyFieldsOf(json: unknown, at: Place): Fields {
	if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Fields;
	throw wrong(at, "an object", json);
}

function fieldsOf(json: unknown, allowed: readonly string[], at: Place): Fields {
	const fields = anyFieldsOf(json, at);
	for (const name of Object.keys(fields)) {
		if (!allowed.includes(name)) throw invalid(below(at, name), `is not one of ${allowed.join(", ")}`);
	}
	return fields;
}

function below(at: Place, name: string): Place {
	return { ...at, field: at.field === "" ? name : `${at.field}.${name}` };
}

function wrong(at: Place, expected: string, value: unknown): AppError {
	return invalid(at, `must be ${expected}, but is ${shown(value)}`);
}

function invalid(at: Place, problem: string): AppError {
	const model = at.model === undefined ? "" : `, model "${at.model}"`;
	const field = at.field === "" ? "the whole" : `"${at.field}"`;
	return new AppError(
		"invalid_config",
		`In ${at.file}${model}, ${field} ${problem}.`,
		"Rates are USD per million tokens. Correct the file, or move it away to use the built-in prices.",
	);
}

function shown(value: unknown): string {
	if (value === undefined) return "missing";
	const text = typeof value === "number" ? String(value) : JSON.stringify(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
