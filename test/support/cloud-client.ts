import { CloudError } from "../../src/ledger/cloud/cloud-error.ts";
import { Connection } from "../../src/ledger/cloud/connection.ts";
import type { CloudAddress } from "../../src/ledger/cloud/connection-string.ts";

/** One thing that a client does with its connection. */
export type Step =
	| { send: string }
	/** Closes while the answer is waited for. */
	| { closeDuring: string }
	| "until lost"
	| "close";

export type ClientTask = {
	address: CloudAddress;
	connectMs?: number;
	queryMs?: number;
	/** Gives up connecting after so many ms. */
	giveUpAfterMs?: number;
	steps?: readonly Step[];
};

/** What came of each step, opening first: rows, a number of changes, or the text of an error. */
export type Outcome = string | number | boolean | readonly unknown[];

/**
 * Does it in a process of its own, which ends when nothing is left to do.
 *
 * @returns all that it printed, and how it ended
 */
export async function runClient(
	task: ClientTask,
	environment: Readonly<Record<string, string>> = {},
): Promise<{ outcomes: Outcome[]; printed: string; exitCode: number }> {
	const child = Bun.spawn([process.execPath, import.meta.path, JSON.stringify(task)], {
		stdin: "ignore",
		stdout: "pipe",
		stderr: "pipe",
		env: { PATH: process.env.PATH, ...environment },
	});
	const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
	const [told = "", ...rest] = out.split(MARK);
	const outcomes = rest.length === 0 ? [] : (JSON.parse(rest.join(MARK)) as Outcome[]);
	return { outcomes, printed: told + err, exitCode: await child.exited };
}

/** An error's text without what the system says of a dropped connection, which is one thing now and another then. */
export function withoutReset(text: string): string {
	return text.replace(/ \((?:ECONNRESET|EPIPE)\)/, "");
}

/** What is printed after it is meant for the test. */
const MARK = "--- outcomes ---";

async function play({ address, steps = [], ...times }: ClientTask): Promise<Outcome[]> {
	const { connectMs = 10_000, queryMs = 10_000, giveUpAfterMs } = times;
	const signal = giveUpAfterMs === undefined ? {} : { signal: AbortSignal.timeout(giveUpAfterMs) };
	const note = () => {};
	const connection = await Connection.open(address, { connectMs, queryMs, note, ...signal }).catch(textOf);
	if (typeof connection === "string") return [connection];
	const outcomes: Outcome[] = ["open"];
	for (const step of steps) outcomes.push(await take(connection, step));
	outcomes.push(connection.isOpen);
	connection.close();
	connection.close();
	return outcomes;
}

async function take(connection: Connection, step: Step): Promise<Outcome> {
	if (step === "until lost") {
		while (connection.isOpen) await Bun.sleep(1);
		return "lost";
	}
	if (step === "close") {
		connection.close();
		return "closed";
	}
	const isClosing = "closeDuring" in step;
	const answer = connection.send(isClosing ? step.closeDuring : step.send);
	if (isClosing) connection.close();
	return answer.then(({ rows, changes }) => (rows.length > 0 ? rows : changes)).catch(textOf);
}

function textOf(error: unknown): string {
	if (error instanceof CloudError) return withoutReset(error.message);
	throw error;
}

if (import.meta.main) {
	const [task = ""] = process.argv.slice(2);
	const playing = play(JSON.parse(task) as ClientTask).then(async (outcomes) => {
		// What a socket has to tell after its end comes now.
		await Bun.sleep(20);
		process.stdout.write(MARK + JSON.stringify(outcomes));
	});
	// Not awaited here: while a module waits, what nobody catches is printed and does not end the process.
	void playing;
}
