import { accessSync, constants, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import {
	type Check,
	type Explain,
	expectSame,
	expectThat,
	type Finding,
	type Hearer,
	type Looked,
	makeCheck,
	medianOf,
	msText,
	runChecks,
	stopwatch,
	Unmet,
} from "./check.ts";
import type { Database } from "./database.ts";
import { diskKindOf } from "./network-disk.ts";
import { isLeftBehind, newScratchName } from "./scratch-name.ts";
import { openSqlite } from "./sqlite.ts";

export type FileCheckOptions = {
	/**
	 * Has another process run {@link holdTransaction} on a file. It gives what kills that process, and is done when it
	 * is gone.
	 */
	startWriter: (path: string) => Promise<() => Promise<void>>;
	/** Epoch ms. */
	now: () => number;
	signal: AbortSignal;
	/** What the system tells of the disk that a folder lies on. */
	diskOf?: (folder: string) => { type: number; freeBytes: number };
	/** Opens a file. @param patience how long a writer waits for another process, in ms */
	open?: (path: string, patience?: number) => Database;
};

/** Checks work with a file of their own beside the ledger: it lies on the same disk, and nobody waits for its locks. */
type FileScene = Required<FileCheckOptions> & {
	/** The ledger's file, which may not be there. */
	ledger: string;
	folder: string;
	scratch: string;
	/** The file of the checks, once it is made. */
	db: Database | undefined;
};

const ON_NETWORK =
	"Do not use this disk: SQLite's locks do not hold over a network, so the ledger would get damaged. Name a place on a disk of this machine in DATABASE_URL, or a database on SQLite Cloud.";
const NOT_KEPT =
	"Do not use this disk: changes could stay half done on it. Name another place in DATABASE_URL.";
const NOT_WRITABLE =
	"Give the user that runs PromptPulse the right to read and write it, or name another place in DATABASE_URL.";
const OTHER_SQLITE =
	"Get PromptPulse anew: its own SQLite is not the one that it was made with, so the ledger cannot be made.";

const CHECKS: readonly Check<FileScene>[] = [
	{ name: "folder", hint: NOT_WRITABLE, isNeeded: true, look: findFolder },
	{ name: "disk of this machine", hint: ON_NETWORK, look: findDisk },
	{ name: "ledger's file", hint: NOT_WRITABLE, look: findLedger },
	{ name: "file made and written", hint: NOT_WRITABLE, isNeeded: true, look: makeFile },
	{ name: "SQLite version", hint: OTHER_SQLITE, look: findVersion },
	{ name: "STRICT and WITHOUT ROWID", hint: OTHER_SQLITE, look: useStrictTable },
	{ name: "one writer at a time", hint: ON_NETWORK, look: writeBeside },
	{ name: "rollback of a killed process", hint: NOT_KEPT, look: killInside },
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
	};
	const { signal } = options;
	const findings = await runChecks(CHECKS, { scene, hearer, explain, tidy: () => undefined, signal });
	if (scene.db === undefined) return findings;
	hearer.begin?.(CLEARED.name);
	const cleared = await makeCheck(CLEARED, scene, explain);
	hearer.tell(cleared);
	return [...findings, cleared];
}

/** How many checks there are. */
export const FILE_CHECKS = CHECKS.length + 1;

/** What an error of a file says is to be done is meant for a ledger that is in use; what a check says is better. */
const explain: Explain = (error) => ({ detail: error instanceof Error ? error.message : String(error) });

function diskOf(folder: string): { type: number; freeBytes: number } {
	const { type, bavail, bsize } = statfsSync(folder);
	return { type, freeBytes: bavail * bsize };
}

async function findFolder({ folder }: FileScene): Promise<string> {
	const found = statSync(folder, { throwIfNoEntry: false });
	if (found === undefined) throw new Unmet(`${folder} is not there`, "Make it, or name another place.");
	expectThat(found.isDirectory(), `${folder} is not a folder`);
	return folder;
}

async function findDisk({ folder, diskOf }: FileScene): Promise<string | Looked> {
	const { type, freeBytes } = diskOf(folder);
	const disk = diskKindOf(type);
	if (disk.is === "network") throw new Unmet(`it is reached over a network (${disk.name})`);
	const free = `${Math.floor(freeBytes / 1e6)} MB free`;
	if (disk.is === "local") return free;
	return {
		detail: `not told, ${free}`,
		advice: "See that the ledger lies on a disk of this machine: over a network SQLite's locks do not hold.",
	};
}

async function findLedger({ ledger }: FileScene): Promise<string> {
	const found = statSync(ledger, { throwIfNoEntry: false });
	if (found === undefined) return "not there yet, promptpulse serve makes it";
	expectThat(found.isFile(), `${ledger} is not a file`);
	try {
		accessSync(ledger, constants.R_OK | constants.W_OK);
	} catch (error) {
		throw new Unmet(error instanceof Error ? error.message : String(error));
	}
	return `${Math.ceil(found.size / 1e6)} MB`;
}

const COMMITS = 20;

async function makeFile(scene: FileScene): Promise<string> {
	scene.db = scene.open(scene.scratch);
	await scene.db.run("create table marks (n integer primary key) strict");
	const times: number[] = [];
	for (let n = 1; n <= COMMITS; n++) {
		const time = stopwatch();
		await scene.db.run("insert into marks (n) values (?)", [n]);
		times.push(time());
	}
	expectSame(await listMarks(scene.db, 0), range(1, COMMITS), "what was written");
	return `a commit in ${msText(medianOf(times))}`;
}

async function findVersion({ db }: FileScene): Promise<string> {
	const row = await db?.get<{ version: string }>("select sqlite_version() as version");
	const version = String(row?.version);
	const [, minor = "0"] = /^3\.(\d+)/.exec(version) ?? [];
	expectThat(Number(minor) >= 38, version);
	return version;
}

async function useStrictTable({ db }: FileScene): Promise<string> {
	await db?.run("create table strict_one (k text primary key, n integer not null) strict, without rowid");
	try {
		await db?.run("insert into strict_one (k, n) values ('a', 'no number')");
	} catch (error) {
		if (error instanceof Error && /constraint|INTEGER/i.test(error.message)) return "";
		throw error;
	}
	throw new Unmet("a text was put into a column of numbers");
}

/** How long a writer waits for the other one, in ms. */
const PATIENCE = 300;

async function writeBeside({ scratch, open, startWriter }: FileScene): Promise<string> {
	const kill = await startWriter(scratch);
	const second = open(scratch, PATIENCE);
	try {
		const time = stopwatch();
		await second.run("insert into marks (n) values (1001)");
		throw new Unmet(`two processes were let in at once, after ${msText(time())}`);
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== "locked") throw error;
	} finally {
		await second.close();
		await kill();
	}
	return `a second one is turned away after ${PATIENCE} ms, as it is told here`;
}

async function killInside({ db, scratch, startWriter }: FileScene): Promise<string> {
	const kill = await startWriter(scratch);
	let seen: number[] | undefined;
	try {
		seen = db && (await listMarks(db, HELD));
	} finally {
		await kill();
	}
	expectSame(seen, [], "what another process had not committed");
	const time = stopwatch();
	await db?.run("insert into marks (n) values (?)", [HELD + 1]);
	const took = time();
	expectSame(db && (await listMarks(db, HELD)), [HELD + 1], "what was kept");
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

/** Of the marks from one on. */
async function listMarks(db: Database, from: number): Promise<number[]> {
	const rows = await db.all<{ n: number }>("select n from marks where n >= ? order by n", [from]);
	return rows.map(({ n }) => n);
}

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
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
