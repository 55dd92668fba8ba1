import {
	closeSync,
	constants,
	fchmodSync,
	fstatSync,
	openSync,
	renameSync,
	statSync,
	writeSync,
} from "node:fs";
import { homeAt } from "../../collector/home.ts";
import { AppError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { crashText } from "../crash.ts";
import { exitCodeOf } from "../exit-code.ts";
import { ownHome } from "../own-home.ts";
import { plain, type Terminal } from "../screen/terminal.ts";

/** How an error that nobody foresaw ends a run. */
const UNEXPECTED = 1;

/** A log that is longer than this begins anew; the one before it is kept. */
const LONGEST_LOG = 1_000_000;

/**
 * Lets a run that nobody looks on at say what it has to say into the home's log, line by line with the time. What cannot
 * be written there goes where it would have gone.
 *
 * @returns the exit code; errors have been told
 */
export async function runIntoLog(
	context: Context,
	run: (context: Context) => Promise<number>,
): Promise<number> {
	const { log, formerLog } = homeAt(context.config.home);
	const terminal = logTerminal(context, log, formerLog);
	try {
		ownHome({ ...context, terminal });
		return await run({ ...context, terminal });
	} catch (error) {
		if (!(error instanceof AppError)) {
			terminal.err(crashText(error));
			return UNEXPECTED;
		}
		terminal.err(plain(error.message));
		if (error.hint) terminal.err(plain(error.hint));
		return exitCodeOf(error);
	}
}

function logTerminal({ terminal, now }: Context, log: string, formerLog: string): Terminal {
	const write = (text: string) => {
		const at = new Date(now()).toISOString();
		const lines = text.split("\n").map((line) => `${at} ${line}\n`);
		try {
			append(log, formerLog, lines.join(""));
		} catch {
			// The disk may be full, or the folder gone: whoever runs this may keep it elsewhere.
			terminal.err(text);
		}
	};
	return { out: write, err: write, columns: WIDTH, color: false };
}

const WIDTH = 120;

/** A link there is not followed, and no pipe is waited for: what they lead to is nobody's log. */
function append(log: string, formerLog: string, text: string): void {
	if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LONGEST_LOG) renameSync(log, formerLog);
	const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
	const file = openSync(log, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
	try {
		if (!fstatSync(file).isFile()) throw new Error("the log is no file");
		fchmodSync(file, 0o600);
		writeSync(file, text);
	} finally {
		closeSync(file);
	}
}
