/** One statement of a request: its text without the `;`, and its words in upper case, comments left out. */
export type Statement = { text: string; words: string[] };

/** Strings and names in quotes, comments, words, and single characters of everything else. */
const TOKEN = /'[^']*'?|"[^"]*"?|`[^`]*`?|\[[^\]]*\]?|--[^\n]*|\/\*.*?(?:\*\/|$)|[\w$\u0080-\uffff]+|./gs;
const TRIGGER = /^(?:EXPLAIN (?:QUERY PLAN )?)?CREATE (?:TEMP(?:ORARY)? )?TRIGGER\b/;

/** The statements in order. A trigger is over at the `;` after `; END`; what holds only space and comments is none. */
export function splitStatements(sql: string): Statement[] {
	const statements: Statement[] = [];
	let start = 0;
	let words: string[] = [];
	let tokens: string[] = [];
	const finish = (end: number) => {
		if (tokens.length > 0) statements.push({ text: sql.slice(start, end).trim(), words });
		words = [];
		tokens = [];
	};
	for (const { 0: token, index } of sql.matchAll(TOKEN)) {
		if (/^(?:\s|--|\/\*)/.test(token)) continue;
		if (token === ";" && !isInsideTrigger(words, tokens)) {
			finish(index);
			start = index + 1;
			continue;
		}
		tokens.push(token.toUpperCase());
		if (/^[\w$]/.test(token)) words.push(token.toUpperCase());
	}
	finish(sql.length);
	return statements;
}

function isInsideTrigger(words: string[], tokens: string[]): boolean {
	if (!TRIGGER.test(words.slice(0, 6).join(" "))) return false;
	return !(tokens.at(-1) === "END" && tokens.at(-2) === ";");
}
