import { accessSync, constants, statfsSync, statSync } from "node:fs";
import {
	type Check,
	expectSame,
	expectThat,
	type Looked,
	medianOf,
	msText,
	stopwatch,
	Unmet,
	whole,
} from "./check.ts";
import { type FileScene, listMarks, ON_NETWORK } from "./file-scene.ts";
import { diskKindOf } from "./network-disk.ts";

const NOT_WRITABLE =
	"Give the user that runs PromptPulse the right to read and write it, or name another place in DATABASE_URL.";

/** The folder, what it lies on, and the file. */
export const DISK_CHECKS: readonly Check<FileScene>[] = [
	{ name: "folder", hint: NOT_WRITABLE, isNeeded: true, look: findFolder },
	{ name: "disk of this machine", hint: ON_NETWORK, look: findDisk },
	{ name: "ledger's file", hint: NOT_WRITABLE, look: findLedger },
	{ name: "file made and written", hint: NOT_WRITABLE, isNeeded: true, look: makeFile },
];

/** What the system tells of the disk that a folder lies on. */
export function diskOf(folder: string): { type: number; freeBytes: number } {
	const { type, bavail, bsize } = statfsSync(folder);
	return { type, freeBytes: bavail * bsize };
}

async function findFolder({ folder }: FileScene): Promise<string> {
	const found = statSync(folder, { throwIfNoEntry: false });
	if (found === undefined)
		throw new Unmet(`${folder} is not there`, "Make it, or name another place in DATABASE_URL.");
	expectThat(found.isDirectory(), `${folder} is not a folder`);
	return folder;
}

async function findDisk({ folder, diskOf }: FileScene): Promise<string | Looked> {
	const { type, freeBytes } = diskOf(folder);
	const disk = diskKindOf(type);
	if (disk.is === "network") throw new Unmet(`it is reached over a network (${disk.name})`);
	const free = `${whole(Math.floor(freeBytes / 1e6))} MB free`;
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
	return `${whole(Math.ceil(found.size / 1e6))} MB`;
}

const COMMITS = 20;

async function makeFile(scene: FileScene): Promise<string> {
	scene.isMade = true;
	const db = scene.open(scene.scratch);
	scene.db = db;
	await db.run("create table marks (n integer primary key) strict");
	const times: number[] = [];
	for (let n = 1; n <= COMMITS; n++) {
		const time = stopwatch();
		await db.run("insert into marks (n) values (?)", [n]);
		times.push(time());
	}
	expectSame(await listMarks(db, 0), range(1, COMMITS), "what was written");
	return `a commit in ${msText(medianOf(times))}`;
}

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
