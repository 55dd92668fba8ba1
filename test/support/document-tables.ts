/** A table of a document: its head, and its rows, cell by cell. */
export type DocumentTable = { head: string[]; rows: string[][] };

/** The tables below a heading, down to the next one of any kind. */
export function tablesBelow(text: string, heading: string): DocumentTable[] {
	const [, below = ""] = text.split(`\n${heading}\n`);
	const [section = ""] = below.split(/\n#+ /);
	return [...section.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) => {
		const [head = [], , ...rows] = table.trim().split("\n").map(cellsOf);
		return { head, rows };
	});
}

function cellsOf(line: string): string[] {
	return line
		.replace(/^\||\|$/g, "")
		.split("|")
		.map((cell) => cell.trim());
}

/** What stands as code in a cell. */
export function codesIn(cell = ""): string[] {
	return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** The code in a column of the tables below a heading. */
export function codesBelow(text: string, heading: string, column = 0): string[] {
	return tablesBelow(text, heading).flatMap(({ rows }) => rows.flatMap((row) => codesIn(row[column])));
}
