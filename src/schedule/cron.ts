import { AppError } from "../errors.ts";
import { blockOf, findBlocks, withBlock, withoutBlocks } from "./crontab-block.ts";
import { failed, insist, missing, runProgram } from "./run-program.ts";
import { type Installed, type Job, type Piece, type Scheduler, samePieces } from "./scheduler.ts";
import { cleanWords, refuse } from "./shell-words.ts";
import { parseMinutes, type Times } from "./times.ts";

const PLACE = "crontab";

/** Some crons cut a longer command off without a word. */
const LONGEST_COMMAND = 990;

/** The person's crontab, read and written through the command of that name. */
export const cron: Scheduler = {
	name: "cron",
	title: "cron",
	isThere: async () => Bun.which("crontab") !== null,
	plan,
	find,
	isSame: ({ pieces }, job) => samePieces(pieces, plan(job)),
	async install(job) {
		const line = Buffer.from(lineOf(job)).toString("latin1");
		await write(withBlock(await readCrontab(), line));
	},
	async remove() {
		if (Bun.which("crontab") === null) return [];
		const crontab = await readCrontab();
		const rest = withoutBlocks(crontab);
		if (rest === crontab) return [];
		if (rest === "") await insist(["crontab", "-r"]);
		else await write(rest);
		return [PLACE];
	},
};

function plan(job: Job): Piece[] {
	return [{ place: PLACE, text: blockOf(lineOf(job)) }];
}

async function find(): Promise<Installed | undefined> {
	if (Bun.which("crontab") === null) return undefined;
	const crontab = await readCrontab();
	const blocks = findBlocks(crontab);
	if (blocks.length === 0) return undefined;
	const lines = blocks.flatMap((block) => block.lines).filter((line) => /^\s*[^#\s]/.test(line));
	return {
		pieces: blocks.map(({ start, end }) => ({
			place: PLACE,
			text: Buffer.from(crontab.slice(start, end), "latin1").toString(),
		})),
		times: lines.length === 1 ? timesIn(lines.join()) : undefined,
		isActive: lines.length > 0,
	};
}

/** The lines of a crontab without setup's that run PromptPulse too: an older program of this name wrote such. */
export async function findOtherLines(): Promise<string[]> {
	if (Bun.which("crontab") === null) return [];
	const lines = withoutBlocks(await readCrontab()).split(/\r?\n/);
	return lines.filter((line) => RUNS_PROMPTPULSE.test(line));
}

const RUNS_PROMPTPULSE =
	/^\s*[^#\s].*(?:\b(?:promptpulse|ppulse)\S*\s+collect\b|\.promptpulse\/cron-wrapper)/;

function timesIn(line: string): Times | undefined {
	const [, list = "", hour] = /^\s*([\d,]+) (\*|\d{1,2}) \* \* \* /.exec(line) ?? [];
	const minutes = parseMinutes(list || "none");
	if (!minutes || hour === undefined) return undefined;
	return { minutes, hour: hour === "*" ? undefined : Number(hour) };
}

/** @throws AppError `invalid_config` */
function lineOf(job: Job): string {
	const { minutes, hour = "*" } = job.times;
	const words = cleanWords(job);
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a line of a crontab cannot have.
	refuse(words, /[\u0000-\u001f\u007f]/, "cron");
	const command = words.map(quoteForCron).join(" ");
	if (Buffer.byteLength(command) > LONGEST_COMMAND) {
		throw new AppError(
			"invalid_config",
			`The line for cron would have ${Buffer.byteLength(command)} characters, and some crons cut off what has more than ${LONGEST_COMMAND}.`,
			"Move the program or its folders to shorter paths, or name another scheduler with --scheduler.",
		);
	}
	return `${minutes.join()} ${hour} * * * ${command}`;
}

/**
 * A word as sh reads it after cron has read it. To cron `%` ends the command unless a backslash is before it; some crons
 * then take the backslash away and some do not, and some also make one of two. So each `%` and each backslash stands
 * where all of them come to the same.
 */
function quoteForCron(word: string): string {
	if (/^[\w@+:,./=-]+$/.test(word)) return word;
	const quoted = word.replace(/['%\\]/g, (mark) => {
		if (mark === "'") return `'\\''`;
		return mark === "%" ? `'\\%'` : `\\''`;
	});
	return `'${quoted}'`;
}

/**
 * The crontab, one character a byte.
 *
 * @throws AppError `scheduler_failed`
 */
async function readCrontab(): Promise<string> {
	const ran = await runProgram(["crontab", "-l"]);
	if (!ran) throw missing("crontab");
	if (ran.code === 0) return ran.out;
	// So say all crons of a person who has none yet; the last is BusyBox'.
	const isNone = /\bno crontab for\b|can't open '[^'/]+': No such file/.test(ran.err);
	if (isNone && ran.out === "") return "";
	throw failed(["crontab", "-l"], ran);
}

/** @throws AppError `scheduler_failed` */
async function write(crontab: string): Promise<void> {
	await insist(["crontab", "-"], crontab);
	if ((await readCrontab()) === crontab) return;
	throw new AppError(
		"scheduler_failed",
		"The crontab was written, and crontab -l shows another one than was written.",
		"Look at it with crontab -l: another program may have changed it at the same moment. Then try again.",
	);
}
