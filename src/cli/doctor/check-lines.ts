import { wrap } from "../screen/facts.ts";
import { bold, type Terminal } from "../screen/terminal.ts";
import type { Finding, Hearer, State } from "./check.ts";

const MARKS: Record<State, string> = { passed: "✓", warning: "!", failed: "✗" };
/** Wide enough for the names of all checks. */
const NAME_WIDTH = 21;
/** On a narrower terminal what was found stands below the name. */
const NARROW = 72;

/** Tells checks to a person, each as it is made: what was found, and beside trouble why it matters and what to do. */
export function checkLines(terminal: Terminal): Hearer {
	return {
		begin(check) {
			terminal.redraw?.(`  ${check} …`);
		},
		tell(finding) {
			terminal.redraw?.("");
			for (const line of linesOf(terminal, finding)) terminal.out(line);
		},
	};
}

function linesOf(terminal: Terminal, { check, state, found, why, mend }: Finding): string[] {
	const isNarrow = terminal.columns < NARROW;
	const indent = isNarrow ? 2 : NAME_WIDTH + 3;
	const said = [found, why, mend].filter((text) => text !== undefined);
	const lines = said.flatMap((text) => wrap(text, terminal.columns - indent));
	const name = `${MARKS[state]} ${isNarrow ? check : check.padEnd(NAME_WIDTH)}`;
	const head = state === "passed" ? name : bold(terminal, name);
	const blanks = " ".repeat(indent);
	if (isNarrow) return [head, ...lines.map((line) => blanks + line)];
	const [first = "", ...others] = lines;
	return [`${head} ${first}`, ...others.map((line) => blanks + line)];
}

/** Hears of checks and says nothing. */
export const SILENT: Hearer = { begin() {}, tell() {} };
