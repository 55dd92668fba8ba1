/** Where a command prints: data to `out`, everything else to `err`, both whole lines. */
export type Terminal = {
	out(text: string): void;
	err(text: string): void;
	/** Width of a table, in columns. */
	columns: number;
	/** Whether `out` goes to a person's screen that shows colours. */
	color: boolean;
	/** Draws and redraws one line of progress; undefined where no person looks on. */
	redraw?: ((line: string) => void) | undefined;
};

type Screen = { noColor: string | undefined; terminal: string | undefined };

const WIDTH_OF_A_FILE = 120;

/** The terminal that the process runs in. */
export function openTerminal({ noColor, terminal }: Screen): Terminal {
	const { stdout, stderr } = process;
	const isDumb = terminal === "dumb";
	return {
		out: (text) => void stdout.write(`${text}\n`),
		err: (text) => void stderr.write(`${text}\n`),
		// Some terminals do not tell their width: then it is 0.
		columns: (stdout.isTTY && stdout.columns) || WIDTH_OF_A_FILE,
		color: stdout.isTTY && !isDumb && !noColor,
		redraw: stderr.isTTY && !isDumb ? (line) => void stderr.write(`\r\x1b[2K${line}`) : undefined,
	};
}

/** A name as it may stand on a screen: without what would move the cursor, colour the text or turn it around. */
export function plain(name: string): string {
	return name.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "");
}

export function bold(terminal: Terminal, text: string): string {
	return terminal.color ? `\x1b[1m${text}\x1b[22m` : text;
}

export function dim(terminal: Terminal, text: string): string {
	return terminal.color ? `\x1b[2m${text}\x1b[22m` : text;
}
