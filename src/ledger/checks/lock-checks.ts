import { AppError } from "../../errors.ts";
import { openSqlite } from "../sqlite.ts";
import { type Check, expectSame, msText, stopwatch, Unmet } from "./check.ts";
import { type FileScene, listMarks, ON_NETWORK, openedFile } from "./file-scene.ts";

/** What happens beside another process. */
export const LOCK_CHECKS: readonly Check<FileScene>[] = [
	{ name: "one writer at a time", hint: ON_NETWORK, look: writeBeside },
	{
		name: "rollback of a killed process",
		hint: "Do not use this disk: changes could stay half done on it. Name another place in DATABASE_URL.",
		look: killInside,
	},
];

/** How long a writer waits for the other one, in ms. */
const PATIENCE = 300;

async function writeBeside({ scratch, open, startWriter }: FileScene): Promise<string> {
	const second = open(scratch, PATIENCE);
	try {
		const kill = await startWriter(scratch);
		try {
			await second.run("insert into marks (n) values (?)", [1_000]);
		} finally {
			await kill();
		}
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== "locked") throw error;
		return `a second process waits, and is turned away after ${PATIENCE} ms`;
	} finally {
		await second.close();
	}
	throw new Unmet("two processes wrote at once");
}

async function killInside(scene: FileScene): Promise<string> {
	const db = openedFile(scene);
	const kill = await scene.startWriter(scene.scratch);
	try {
		expectSame(await listMarks(db, HELD), [], "what another process had not committed");
	} finally {
		await kill();
	}
	const time = stopwatch();
	await db.run("insert into marks (n) values (?)", [HELD + 1]);
	const took = time();
	expectSame(await listMarks(db, HELD), [HELD + 1], "what was kept");
	return `rolled back within ${msText(took)}`;
}

/** What the other process puts into the file. */
const HELD = 2_000;

/**
 * What another process does: it puts something into the file of the checks and keeps its transaction open.
 *
 * @param hold is done when it is to give up
 */
export async function holdTransaction(path: string, hold: () => Promise<void>): Promise<void> {
	const db = openSqlite(path);
	try {
		await db.transaction(async (tx) => {
			await tx.run("insert into marks (n) values (?)", [HELD]);
			await hold();
			// Nothing of it stays, however it ends.
			await tx.run("delete from marks where n = ?", [HELD]);
		});
	} finally {
		await db.close();
	}
}
