/** A word of a command, in quotes or without. */
const WORD = /'([^']*)'|"([^"]*)"|([^\s'"<>&;|]+)/g;
const ABSOLUTE = /^(?:\/|[A-Za-z]:\\)/;

/**
 * The files that a scheduler's text or a hook's command names as what it starts: absolute paths that stand as words of
 * their own. Where a path has quotes of its own nothing is told rather than something wrong.
 */
export function pathsIn(text: string): string[] {
	return text.split(/\r?\n/).flatMap((line) => (isCommand(line) ? pathsInLine(line) : []));
}

/** Lines that start something; others hold addresses and names that look like paths. */
function isCommand(line: string): boolean {
	return !/^\s*(?:#|<!)/.test(line) && !/''|\\['"]/.test(line);
}

function pathsInLine(line: string): string[] {
	// In XML a word is what stands in a tag of its own, blanks included.
	const [, tagged] = /<(?:string|Command)>([^<>&]*)<\//.exec(line) ?? [];
	if (tagged !== undefined) return ABSOLUTE.test(tagged) ? [tagged] : [];
	const words = [...line.replace(/^ExecStart=|<[^>]*>/g, " ").matchAll(WORD)].map(
		([, single, double, bare]) => single ?? double ?? bare ?? "",
	);
	return words.filter((word) => ABSOLUTE.test(word));
}
