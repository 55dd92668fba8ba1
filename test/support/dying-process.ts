import { Database as Sqlite } from "bun:sqlite";
import { restoreLedger } from "../../src/ledger/restore.ts";
import { openServerLedger } from "../../src/ledger/server-ledger.ts";

/** What is done to a server's ledger until the process dies. */
const WORKS = {
	/** @param path the ledger */
	async open(path: string): Promise<void> {
		const { db, release } = await openServerLedger(path, 0);
		await db.close();
		release();
	},
	/** @param path the ledger; what takes its place is `.copy` beside it */
	restore: (path: string) => restoreLedger(`${path}.copy`, path, 0),
};

export type Work = keyof typeof WORKS;

/** Kills this process instead of letting it begin its statement of this number. */
function dieAt(number: number): void {
	const { query } = Sqlite.prototype;
	let begun = 0;
	Sqlite.prototype.query = function (this: Sqlite, ...words: Parameters<typeof query>) {
		if (++begun === number) process.kill(process.pid, "SIGKILL");
		return query.apply(this, words);
	} as typeof query;
}

/**
 * Does something with a server's ledger in a process that is killed: as it begins a certain statement, or after some
 * time, in ms.
 *
 * @returns whether it was killed; otherwise it had ended
 */
export async function killWhile(
	work: Work,
	path: string,
	moment: { statement: number } | { ms: number },
): Promise<boolean> {
	const statement = "statement" in moment ? moment.statement : 0;
	const child = Bun.spawn([process.execPath, import.meta.path, work, path, String(statement)], {
		stdin: "ignore",
		stdout: "pipe",
	});
	// It says one word when it begins.
	for await (const _ of child.stdout) break;
	if ("ms" in moment) {
		await Bun.sleep(moment.ms);
		child.kill("SIGKILL");
	}
	const code = await child.exited;
	if (child.signalCode !== "SIGKILL" && code !== 0) throw new Error(`the process ended with ${code}`);
	return child.signalCode === "SIGKILL";
}

if (import.meta.main) {
	const [work, path = "", statement] = process.argv.slice(2);
	dieAt(Number(statement));
	process.stdout.write("ready\n");
	await WORKS[work as Work](path);
}
