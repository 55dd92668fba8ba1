import { type Block, DOCUMENTS, type Document } from "./documents.ts";

/** A call of the program as a document writes it: the words after its name. */
export type Call = { document: string; words: string[] };

/** Shells that a document may write for. */
const SHELLS = new Set(["sh", "bash", "console"]);
/** What may stand before the program: variables, and what starts others. */
const PREFIX = /^(?:sudo |exec |env |[A-Z_]+=(?:'[^']*'|"[^"]*"|\S*) )*/;

/** What is typed in a block, line by line: no comments, and lines that go on in the next one are joined. */
export function linesOf({ text }: Block): string[] {
	return text
		.replace(/\\\n\s*/g, "")
		.split("\n")
		.map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
		.filter((line) => line !== "");
}

/** Every call of the program that stands anywhere in a document, in blocks and in sentences. */
export function listCalls({ path, spans, blocks }: Document): Call[] {
	const lines = blocks.filter(({ language }) => SHELLS.has(language)).flatMap(linesOf);
	const typed = [...spans, ...lines.map((line) => line.replace(/^\$ /, ""))];
	return typed
		.flatMap((text) => text.split(/ \| | && | \|\| |; /))
		.map((text) => text.trim().replace(PREFIX, ""))
		.filter((text) => /^(?:promptpulse|ppulse)(?: |$)/.test(text))
		.map((text) => ({ document: path, words: wordsOf(text).slice(1) }));
}

/** Blocks of some language in all documents. */
export function listBlocks(...languages: string[]): Block[] {
	return DOCUMENTS.flatMap(({ blocks }) => blocks).filter(({ language }) => languages.includes(language));
}

/** A line's words; quotes hold together what stands in them. */
function wordsOf(line: string): string[] {
	const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
	return words.map((word) => word.replace(/['"]/g, ""));
}
