/* How others read what setup writes, written from their manuals and not from the product. */

/** What crons do to a command: to `%` that is not escaped, to `\%` and to `\\`. */
export const CRONS = {
	cronie: { ends: true, takesPercent: true, takesBackslash: false },
	vixie: { ends: true, takesPercent: true, takesBackslash: true },
	busybox: { ends: false, takesPercent: false, takesBackslash: false },
} as const;

/** The command that a cron gives to sh, of a crontab with one line that is no comment. */
export function asCronReads(crontab: string, kind: keyof typeof CRONS): string {
	const { ends, takesPercent, takesBackslash } = CRONS[kind];
	const lines = crontab.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
	const [line = "", ...others] = lines;
	if (others.length > 0) throw new Error(`${lines.length} commands`);
	const command = line.replace(/^(?:\S+\s+){5}/, "");
	let read = "";
	for (let at = 0; at < command.length; at++) {
		const [mark, next] = [command.charAt(at), command.charAt(at + 1)];
		if (mark === "%" && ends) throw new Error(`cut off at ${at}: ${command}`);
		if (mark !== "\\") read += mark;
		else {
			at++;
			const isTaken = (next === "%" && takesPercent) || (next === "\\" && takesBackslash);
			read += isTaken ? next : mark + next;
		}
	}
	return read;
}

/** The words of `ExecStart=`: quotes and escapes first, then `%`, then `$`. */
export function asSystemdReads(line: string): string[] {
	const words: string[] = [];
	let at = 0;
	while (at < line.length) {
		while (line[at] === " ") at++;
		let word = "";
		const quote = line[at] === '"' || line[at] === "'" ? line[at++] : undefined;
		while (at < line.length && line[at] !== (quote ?? " ")) {
			if (line[at] !== "\\") word += line[at++];
			else if (line[at + 1] === "x") {
				word += String.fromCharCode(Number.parseInt(line.slice(at + 2, at + 4), 16));
				at += 4;
			} else {
				const escaped = line[at + 1] ?? "";
				if (!'"\\'.includes(escaped)) throw new Error(`an escape that is not used: ${escaped}`);
				word += escaped;
				at += 2;
			}
		}
		if (quote) at++;
		if (at < line.length && line[at] !== " ") throw new Error(`no blank after a word at ${at}: ${line}`);
		words.push(undouble(undouble(word, "%"), "$"));
	}
	return words;
}

function undouble(word: string, mark: string): string {
	return word
		.split(mark + mark)
		.map((part) => {
			if (part.includes(mark)) throw new Error(`something is put in the place of ${mark} in ${word}`);
			return part;
		})
		.join(mark);
}

/** A text between tags. What is no reference must be no mark of XML either; line ends are read as XML reads them. */
export function asXmlReads(text: string): string {
	if (/[<>]|&(?!(?:#\d+|amp|lt|gt|quot|apos);)/.test(text)) throw new Error(`not XML: ${text}`);
	const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
	return text
		.replace(/\r\n?/g, "\n")
		.replace(/&(?:#(\d+)|(\w+));/g, (_all, code, name) =>
			code ? String.fromCodePoint(Number(code)) : (names[name] ?? ""),
		);
}

/** Arguments as CommandLineToArgvW takes them apart. */
export function asWindowsReads(line: string): string[] {
	const words: string[] = [];
	let word: string | undefined;
	let isQuoted = false;
	for (let at = 0; at < line.length; at++) {
		const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
		if (slashes > 0) {
			const isBeforeQuote = line[at + slashes] === '"';
			word = (word ?? "") + "\\".repeat(isBeforeQuote ? Math.floor(slashes / 2) : slashes);
			at += slashes - 1;
			if (isBeforeQuote && slashes % 2 === 1) {
				word += '"';
				at++;
			}
		} else if (line[at] === '"') {
			isQuoted = !isQuoted;
			word ??= "";
		} else if (/[ \t]/.test(line[at] ?? "") && !isQuoted) {
			if (word !== undefined) words.push(word);
			word = undefined;
		} else word = (word ?? "") + line[at];
	}
	return word === undefined ? words : [...words, word];
}
