/** A phrase of the program's own help as a sentence: it begins large and ends with a stop. */
export function sentence(phrase: string): string {
	const text = phrase.trim();
	if (text === "") throw new Error("there is nothing where a sentence should be");
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.:!?]$/.test(text) ? "" : "."}`;
}

/** A cell of a table: one line, in which no bar ends it. */
function cell(text: string): string {
	return text.replace(/\s+/g, " ").replaceAll("|", "\\|").trim();
}

/** A table; cells are Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** As code within a line, whatever is in it. */
export function code(text: string): string {
	return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function block(language: string, text: string): string {
	return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** The rows of all tables in a document whose first cell is code, by each name in that cell. */
export function rowsByName(markdown: string): Map<string, string> {
	const rows = new Map<string, string>();
	for (const [, names = "", meaning = ""] of markdown.matchAll(/^\| (`[^|]*`) \| ([^|]+) \|$/gm)) {
		for (const [, name = ""] of names.matchAll(/`([^`]+)`/g)) rows.set(name, meaning.trim());
	}
	return rows;
}
