import type { Random } from "./random.ts";

/** Text that stands in a line as it is, whether it is JSON or not. */
export class Raw {
	constructor(readonly text: string) {}
}

/**
 * JSON as nobody writes it who wants to be read, and that says the same: keys in any order and twice, blanks between
 * all tokens, escapes where none are needed, whole numbers with fractions and exponents. As usual without `random`.
 */
export function writeStrangely(value: unknown, random?: Random): string {
	if (value instanceof Raw) return value.text;
	if (typeof value === "string") return writeText(value, random);
	if (typeof value === "number") return writeNumber(value, random);
	const blank = () => (random && random.next() < 0.05 ? random.pick([" ", "  ", "\t", "\r"]) : "");
	if (Array.isArray(value)) {
		return `[${value.map((item) => blank() + writeStrangely(item, random) + blank()).join(",")}]`;
	}
	if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
	const members = entriesOf(value, random).map(
		([key, item]) =>
			`${blank()}${writeText(key, random)}${blank()}:${blank()}${writeStrangely(item, random)}${blank()}`,
	);
	return `{${members.join(",")}}`;
}

const FALSE_FRIENDS = [
	"usage",
	"message",
	"type",
	"id",
	"input_tokens",
	"output_tokens",
	"__proto__",
	"data",
];

function entriesOf(value: object, random: Random | undefined): [string, unknown][] {
	const entries = Object.entries(value).filter(([, item]) => item !== undefined);
	if (!random) return entries;
	if (random.next() < 0.15) {
		const order = new Map(entries.map(([key]) => [key, random.next()]));
		entries.sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
	}
	// A key that comes twice: the last one is meant, by every reader of JSON.
	if (random.next() < 0.05) {
		const key = random.pick([...FALSE_FRIENDS, ...entries.map(([own]) => own)]);
		const item = random.pick<unknown>([1, null, "assistant", {}, { input_tokens: 4_000 }, { usage: {} }]);
		entries.splice(random.integer(0, entries.length), 0, [key, item]);
	}
	return entries;
}

function writeText(text: string, random: Random | undefined): string {
	if (!random || random.next() > 0.1) return JSON.stringify(text);
	return `"${Array.from({ length: text.length }, (_, i) => writeUnit(text[i] ?? "", random)).join("")}"`;
}

function writeUnit(unit: string, random: Random): string {
	if (unit === "/" && random.next() < 0.5) return "\\/";
	if (random.next() > 0.3) return JSON.stringify(unit).slice(1, -1);
	const hex = unit.charCodeAt(0).toString(16).padStart(4, "0");
	return `\\u${random.next() < 0.5 ? hex : hex.toUpperCase()}`;
}

function writeNumber(number: number, random: Random | undefined): string {
	const plain = JSON.stringify(number);
	if (!random || !Number.isSafeInteger(number) || random.next() > 0.15) return plain;
	return random.pick([
		`${plain}.0`,
		`${plain}.000`,
		`${plain}e0`,
		`${plain}E+00`,
		`${plain}0e-1`,
		`${number / 100}e2`,
	]);
}
