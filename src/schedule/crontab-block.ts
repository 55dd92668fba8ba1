import { AppError } from "../errors.ts";

const BEGIN = "# BEGIN promptpulse: the next line is made, changed and removed by promptpulse setup";
const END = "# END promptpulse";

/** Also with what editors leave behind at a line's end. */
const IS_BEGIN = /^# BEGIN promptpulse(?::.*)?\s*$/;
const IS_END = /^# END promptpulse\s*$/;
/** What setup writes, also where somebody has put it out of force. */
const IS_OWN = /^\s*$|\bcollect --quiet\b.*--trigger schedule\s*$/;

/** The lines of setup in a crontab. */
export type Block = {
	/** Where it begins in the text, and what comes after it. */
	start: number;
	end: number;
	/** What is between its markers. */
	lines: string[];
};

/**
 * Finds setup's blocks in a crontab.
 *
 * @throws AppError `invalid_config` where it cannot be told which lines are its own
 */
export function findBlocks(crontab: string): Block[] {
	const blocks: Block[] = [];
	let open: (Block & { line: number }) | undefined;
	let start = 0;
	for (const [index, whole] of crontab.split(/(?<=\n)/).entries()) {
		const line = whole.replace(/\r?\n$/, "");
		const end = start + whole.length;
		if (IS_BEGIN.test(line)) {
			if (open) throw damaged(index, "begins a second time before it ends");
			open = { start, end, lines: [], line: index };
		} else if (IS_END.test(line)) {
			if (!open) throw damaged(index, "ends, and did not begin");
			blocks.push({ start: open.start, end, lines: open.lines });
			open = undefined;
		} else if (open && !IS_OWN.test(line)) {
			throw damaged(index, "has a line in it that promptpulse did not write, or does not end");
		} else open?.lines.push(line);
		start = end;
	}
	if (open) throw damaged(open.line, "begins and does not end");
	return blocks;
}

function damaged(index: number, what: string): AppError {
	return new AppError(
		"invalid_config",
		`The crontab was left as it is, because the block of promptpulse in it ${what} (line ${index + 1}).`,
		"Run crontab -e, take out the lines from # BEGIN promptpulse to # END promptpulse as far as they are there, and try again.",
	);
}

/**
 * Puts a line into the crontab in place of what setup put there before. A new one comes first, for settings in a crontab
 * hold for the lines below them: another shell than sh would read it in another way.
 */
export function withBlock(crontab: string, line: string): string {
	const [first] = findBlocks(crontab);
	const at = first?.start ?? 0;
	const rest = withoutBlocks(crontab);
	return `${rest.slice(0, at)}${blockOf(line)}${rest.slice(at)}`;
}

export function withoutBlocks(crontab: string): string {
	return findBlocks(crontab).reduceRight(
		(text, { start, end }) => text.slice(0, start) + text.slice(end),
		crontab,
	);
}

export function blockOf(line: string): string {
	return `${BEGIN}\n${line}\n${END}\n`;
}
