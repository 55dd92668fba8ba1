import { bold, type Terminal } from "./terminal.ts";

/** A label, and what is to be said of it, line by line. */
export type Fact = { label: string; lines: readonly string[] };

const GAP = 2;

/** Lays facts out: labels to the left, what is said of them beside it, in lines as long as the terminal allows. */
export function factsText(terminal: Terminal, facts: readonly Fact[]): string {
	const indent = Math.max(...facts.map(({ label }) => Bun.stringWidth(label))) + GAP;
	const beside = ({ label, lines }: Fact) => {
		const text = lines.flatMap((line) => wrap(line, terminal.columns - indent));
		const blanks = " ".repeat(indent - Bun.stringWidth(label));
		return bold(terminal, label) + blanks + text.join(`\n${" ".repeat(indent)}`);
	};
	return facts.map(beside).join("\n");
}

/** Breaks a text between words. A word that is too long stays whole: it may be a path that somebody copies. */
export function wrap(text: string, room: number): string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ")) {
		const longer = line === "" ? word : `${line} ${word}`;
		if (line === "" || Bun.stringWidth(longer) <= room) line = longer;
		else {
			lines.push(line);
			line = word;
		}
	}
	return [...lines, line];
}
