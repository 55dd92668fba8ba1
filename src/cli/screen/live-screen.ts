import { STDOUT, writeText } from "./output.ts";
import { cut } from "./table.ts";

/* What a terminal obeys: a page of its own beside the one with what was printed before, its cursor, its lines. */
const OWN_PAGE = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J";
const FORMER_PAGE = "\x1b[?25h\x1b[?1049l";
const FIRST_LINE = "\x1b[H";
const REST_OF_LINE = "\x1b[K";
const REST_OF_PAGE = "\x1b[J";

/** Where a screen does not tell its height. */
const LINES = 24;

/** A picture that is drawn anew in its place. What stood on the screen before is there again when it is closed. */
export class LiveScreen {
	#drawn: string | undefined;

	/** Text as a terminal takes it. */
	constructor(readonly write: (text: string) => void = (text) => writeText(STDOUT, text)) {}

	get isOpen(): boolean {
		return this.#drawn !== undefined;
	}

	open(): void {
		this.#drawn = "";
		this.write(OWN_PAGE);
	}

	/** Draws the picture at once and as a whole, if it is another than before. What there is no room for is cut. */
	draw(lines: readonly string[], columns: number, rows = LINES): void {
		if (!this.isOpen) return;
		const shown = lines.slice(0, rows).map((line) => cutLine(line, columns) + REST_OF_LINE);
		const picture = `${FIRST_LINE}${shown.join("\r\n")}${REST_OF_PAGE}`;
		if (picture === this.#drawn) return;
		this.#drawn = picture;
		this.write(picture);
	}

	/** Gives the screen back. */
	close(): void {
		if (!this.isOpen) return;
		this.#drawn = undefined;
		this.write(FORMER_PAGE);
	}
}

/** Cuts a line, and with it what emphasis it has where it would not fit. */
function cutLine(line: string, columns: number): string {
	return Bun.stringWidth(line) <= columns ? line : cut(Bun.stripANSI(line), columns);
}
