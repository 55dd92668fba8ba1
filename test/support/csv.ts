/** Reads CSV by the letter of RFC 4180: what is not so is an error, bare line ends and loose quotes among it. */
export function parseCsv(text: string): string[][] {
	const rows: string[][] = [];
	let row: string[] = [];
	const field = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
	for (let at = 0; at < text.length; ) {
		field.lastIndex = at;
		const [all = "", quoted, plain = ""] = field.exec(text) ?? [];
		row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
		at += all.length;
		if (text[at] === ",") at++;
		else if (text.startsWith("\r\n", at)) {
			rows.push(row);
			row = [];
			at += 2;
		} else throw new Error(`no CSV at ${at}: ${JSON.stringify(text.slice(at, at + 30))}`);
	}
	if (row.length > 0) throw new Error("the last line has no end");
	return rows;
}

/** The rows below the head, each by the names in it. */
export function csvRows(text: string): Record<string, string>[] {
	const [head = [], ...rows] = parseCsv(text);
	return rows.map((row) => {
		if (row.length !== head.length) throw new Error(`a row of ${row.length} below ${head.length} names`);
		return Object.fromEntries(head.map((name, i) => [name, row[i] ?? ""]));
	});
}
