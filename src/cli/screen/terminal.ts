import { AppError } from "../../errors.ts";
import { isScreen, STDERR, STDOUT, writeText } from "./output.ts";

/** Where a command prints: data to `out`, everything else to `err`, both whole lines. */
export type Terminal = {
	out(text: string): void;
	err(text: string): void;
	/** Width of a table, in columns. */
	readonly columns: number;
	/** Whether `out` goes to a person's screen that shows colours. */
	color: boolean;
	/** Whether a person's screen shows more than letters: bars, and what is drawn anew in its place. */
	draws?: boolean;
	/** Draws and redraws one line of progress; undefined where no person looks on. */
	redraw?: ((line: string) => void) | undefined;
};

type Screen = { noColor: string | undefined; terminal: string | undefined };

const WIDTH_OF_A_FILE = 120;

/** The terminal that the process runs in. */
export function openTerminal({ noColor, terminal }: Screen): Terminal {
	const isDumb = terminal === "dumb";
	const isSeen = isScreen(STDOUT);
	const isErrSeen = isScreen(STDERR);
	return {
		out: isSeen ? (text) => writeOut(harmless(text)) : writeOut,
		err: isErrSeen ? (text) => writeErr(harmless(text)) : writeErr,
		get columns() {
			// Some terminals do not tell their width: then it is 0.
			return (isSeen && process.stdout.columns) || WIDTH_OF_A_FILE;
		},
		color: isSeen && !isDumb && !noColor,
		draws: isSeen && !isDumb,
		redraw: isErrSeen && !isDumb ? (line) => print(`\r\x1b[2K${line}`) : undefined,
	};
}

/**
 * Prints lines.
 *
 * @throws AppError `output_unwritable`
 */
export function writeOut(text: string): void {
	try {
		writeText(STDOUT, `${text}\n`);
	} catch (error) {
		throw new AppError(
			"output_unwritable",
			`The output could not be written (${error instanceof Error ? error.message : error}).`,
			"Check that the disk it goes to has room.",
			{ cause: error },
		);
	}
}

/** Tells trouble. Where that cannot be told there is nobody to tell. */
export function writeErr(text: string): void {
	print(`${text}\n`);
}

function print(text: string): void {
	try {
		writeText(STDERR, text);
	} catch {
		process.exitCode ||= 1;
	}
}

const ORDINARY = /^[\x20-\x7e]*$/;
const ORDINARY_LINES = /^[\n\x20-\x7e]*$/;
/** Is made when it is first used, which takes longer than to see that most texts do not need it. */
const OBEYED = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A name as it may stand on a screen: without what would move the cursor, colour the text or turn it around. */
export function plain(name: string): string {
	return ORDINARY.test(name) ? name : name.replace(OBEYED, "");
}

/** Ends of lines, tabs, and what {@link bold} and {@link dim} say. */
const OWN = ["\n", "\r\n", "\t", "\x1b[1m", "\x1b[2m", "\x1b[22m"];

/**
 * A text as it may stand on a screen. Names have lost what a screen obeys before; data that programs take byte by byte,
 * JSON and CSV, may still have it in it, and shows it as JSON writes it, which there means the same.
 */
export function harmless(text: string): string {
	if (ORDINARY_LINES.test(text)) return text;
	const isOwn = (at: number) => OWN.some((own) => text.startsWith(own, at));
	return text.replace(OBEYED, (sign, at: number) => (isOwn(at) ? sign : escaped(sign)));
}

function escaped(sign: string): string {
	return sign
		.split("")
		.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
		.join("");
}

export function bold(terminal: Terminal, text: string): string {
	return terminal.color ? `\x1b[1m${text}\x1b[22m` : text;
}

export function dim(terminal: Terminal, text: string): string {
	return terminal.color ? `\x1b[2m${text}\x1b[22m` : text;
}
