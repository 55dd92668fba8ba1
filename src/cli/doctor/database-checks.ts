import type { Finding, Hearer } from "../../ledger/checks/check.ts";
import { wrap } from "../screen/facts.ts";
import { bold, plain, type Terminal } from "../screen/terminal.ts";

/** Wide enough for the names of all checks. */
const NAME_WIDTH = 33;
/** On a narrower terminal what was found stands below the name. */
const NARROW = 80;

/** Tells checks to a person, a line each as it is made. */
export function checkLines(terminal: Terminal): Hearer {
	return {
		begin(check) {
			terminal.redraw?.(`  ${check} …`);
		},
		tell({ check, passed, detail }) {
			terminal.redraw?.("");
			const lines = linesOf(terminal, `${passed ? "✓" : "✗"} ${check}`, plain(detail));
			for (const line of lines) terminal.out(passed ? line : bold(terminal, line));
		},
	};
}

/** What was found stands beside the name of its check, or below it where that has no room. */
function linesOf(terminal: Terminal, name: string, detail: string): string[] {
	if (!terminal.draws) return [`${name.padEnd(NAME_WIDTH + 2)} ${detail}`.trimEnd()];
	const isNarrow = terminal.columns < NARROW;
	const indent = isNarrow ? 2 : NAME_WIDTH + 3;
	const lines = wrap(detail, terminal.columns - indent).map((line) => " ".repeat(indent) + line);
	if (isNarrow) return detail === "" ? [name] : [name, ...lines];
	const [first = "", ...others] = lines;
	return [name.padEnd(indent) + first.slice(indent), ...others].map((line) => line.trimEnd());
}

/** A check that is left out. */
export function leftOutLine(check: string, why: string): string {
	return `– ${check.padEnd(NAME_WIDTH)} left out: ${why}`;
}

/**
 * What all of it comes to, and what to do, the gravest first.
 *
 * @param checks how many there were to be made
 */
export function sumUp(findings: readonly Finding[], checks: number): string[] {
	const failed = findings.filter(({ passed }) => !passed);
	const unmade = checks - findings.length;
	const hints = new Set(findings.flatMap(({ hint }) => (hint === undefined ? [] : [hint])));
	const gravest = [...hints].filter((hint) => hint.startsWith(GRAVE));
	const others = [...hints].filter((hint) => !hint.startsWith(GRAVE));
	return [countLine(failed.length, findings.length, unmade), ...gravest, ...others];
}

const GRAVE = "Do not use";

function countLine(failed: number, made: number, unmade: number): string {
	if (failed === 0) return `All ${made} checks passed.`;
	const rest = unmade === 0 ? "" : ` ${unmade} more could not be made.`;
	return `${failed} of ${made} checks failed.${rest}`;
}

/** For programs. */
export function findingsJson(findings: readonly Finding[]): object[] {
	return findings.map(({ check, passed, detail, hint }) => ({ check, passed, detail, hint: hint ?? null }));
}
