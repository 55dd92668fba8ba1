import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { openSqlite } from "../sqlite.ts";
import {
	type Check,
	type Explain,
	expectNewSqlite,
	type Finding,
	type Hearer,
	makeCheck,
	runChecks,
	Unmet,
} from "./check.ts";
import { DISK_CHECKS, diskOf } from "./disk-checks.ts";
import { type FileCheckOptions, type FileScene, openedFile } from "./file-scene.ts";
import { LOCK_CHECKS } from "./lock-checks.ts";
import { isLeftBehind, newScratchName } from "./scratch-name.ts";

const OTHER_SQLITE =
	"Get PromptPulse anew: its own SQLite is not the one that it was made with, so the ledger cannot be made.";

const CHECKS: readonly Check<FileScene>[] = [
	...DISK_CHECKS,
	{ name: "SQLite version", hint: OTHER_SQLITE, look: findVersion },
	{ name: "STRICT and WITHOUT ROWID", hint: OTHER_SQLITE, look: useStrictTable },
	...LOCK_CHECKS,
];

export const CLEARED: Check<FileScene> = {
	name: "own file removed",
	hint: "Files whose names begin with promptpulse_doctor_ may be removed by hand; a run that comes more than an hour later does it, too.",
	look: clear,
};

/**
 * Looks whether a file can be a server's ledger. The ledger itself is neither opened nor made; what the checks make
 * beside it is gone in the end, also when they are interrupted.
 */
export async function checkFile(
	ledger: string,
	options: FileCheckOptions,
	hearer: Hearer,
): Promise<Finding[]> {
	const folder = dirname(ledger);
	const scratch = join(folder, `${newScratchName(options.now())}.db`);
	const scene: FileScene = {
		diskOf,
		open: openSqlite,
		...options,
		ledger,
		folder,
		scratch,
		db: undefined,
		isMade: false,
	};
	const { signal } = options;
	const findings = await runChecks(CHECKS, { scene, hearer, explain, tidy: () => undefined, signal });
	if (!scene.isMade) return findings;
	hearer.begin?.(CLEARED.name);
	const cleared = await makeCheck(CLEARED, scene, explain);
	hearer.tell(cleared);
	return [...findings, cleared];
}

/** How many checks there are. */
export const FILE_CHECKS = CHECKS.length + 1;

/** What an error of a file says is to be done is meant for a ledger that is in use; what a check says is better. */
const explain: Explain = (error) => ({ detail: error instanceof Error ? error.message : String(error) });

async function findVersion(scene: FileScene): Promise<string> {
	const row = await openedFile(scene).get<{ version: string }>("select sqlite_version() as version");
	return expectNewSqlite(row?.version);
}

async function useStrictTable(scene: FileScene): Promise<string> {
	const db = openedFile(scene);
	await db.run("create table strict_one (k text primary key, n integer not null) strict, without rowid");
	try {
		await db.run("insert into strict_one (k, n) values ('a', 'no number')");
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "SQLITE_CONSTRAINT_DATATYPE") return "";
		throw error;
	}
	throw new Unmet("a text was put into a column of numbers");
}

async function clear(scene: FileScene): Promise<string> {
	await scene.db?.close();
	const own = basename(scene.scratch);
	const isOwn = (name: string) => name === own || name.startsWith(`${own}-`);
	const names = readdirSync(scene.folder);
	const left = names.filter((name) => isLeftBehind(name, scene.now()));
	for (const name of [...names.filter(isOwn), ...left]) rmSync(join(scene.folder, name), { force: true });
	return left.length === 0 ? "" : `and ${left.length} that an earlier run had left`;
}
