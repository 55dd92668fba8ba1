/** What a name says that means to move the cursor, colour, turn letters around, retitle the window or begin a row. */
const MISCHIEF = [
	"\x1b[31m\x1b[2J",
	"\x1b]0;owned\x07",
	"\u202e\u2066\u200f",
	"\x9b5m\x08\r",
	"\nINJECTED",
	"\r\nINJECTED",
	"\u2028INJECTED",
	"\x85INJECTED",
	"\x0bINJECTED",
].join("x");

/** A name that does all of it, and looks like `name` where none of it works. */
export function mischievous(name: string): string {
	return `${name}${MISCHIEF}`;
}

/** The part of it that is left to a name where control characters are refused. */
export function turning(name: string): string {
	return `${name}\u202e\u2066\u200f\u{e0041}`;
}

/** Longer than any screen is wide, and in letters that take two columns each. */
export const ENDLESS = "x".repeat(300);
export const WIDE = "漢".repeat(150);

/** What the program itself tells a screen: bold, dim, and to draw a line anew. */
const OWN = ["\x1b[1m", "\x1b[2m", "\x1b[22m", "\r\x1b[2K"];
/** The same of a picture that is drawn anew in its place. */
const DRAWN = [
	"\x1b[?1049h",
	"\x1b[?1049l",
	"\x1b[?25h",
	"\x1b[?25l",
	"\x1b[H",
	"\x1b[K",
	"\x1b[J",
	"\x1b[2J",
];

/**
 * What a terminal would obey of an output, beside the ends of its lines and what the program says of its own accord; and
 * rows that a name has begun. None, if all is well.
 */
export function obeyedOf(output: string, isDrawn = false): string[] {
	const told = isDrawn ? [...OWN, ...DRAWN] : OWN;
	const rest = told.reduce((text, own) => text.replaceAll(own, ""), output).replaceAll(/\r+\n/g, "\n");
	const signs = rest.match(/(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu) ?? [];
	const rows = rest.split("\n").filter((line) => /^\s*INJECTED/.test(line));
	return [...new Set(signs.map((sign) => `U+${sign.codePointAt(0)?.toString(16)}`)), ...rows];
}
