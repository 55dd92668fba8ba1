import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { diskKindOf } from "../../ledger/checks/network-disk.ts";
import { megabytes } from "../screen/format.ts";
import { type Check, failed, type Looked, passed, warning } from "./check.ts";

/** On less a collect keeps nothing, in bytes. */
const FULL = 1e6;
/** Less is soon used up, in bytes. */
const LEAST_FREE = 100e6;
/** So much of a disk should be free, unless that is more than years of usage take, in bytes. */
const LEAST_SHARE = 0.05;
const ALWAYS_ENOUGH = 4 * 1024 ** 3;

/** What the home lies on. */
export const DISK_CHECKS: readonly Check[] = [
	{
		name: "disk",
		why: "On a full disk nothing new is kept, and over a network the locks that protect the ledger do not hold.",
		look: ({ home }) => judgeDisk(diskOf(home.path)),
	},
];

/** What the system tells of a disk; sizes in bytes. */
export type Disk = { type: number; freeBytes: number; bytes: number };

function diskOf(path: string): Disk {
	let folder = path;
	while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
	const { type, bavail, bsize, blocks } = statfsSync(folder);
	return { type, freeBytes: bavail * bsize, bytes: blocks * bsize };
}

export function judgeDisk({ type, freeBytes, bytes }: Disk): Looked {
	const free = `${megabytes(freeBytes)} free`;
	const disk = diskKindOf(type);
	if (disk.is === "network") {
		return warning(
			`${free}, on a disk that is reached over a network (${disk.name})`,
			"Name a folder on a disk of this machine in PROMPTPULSE_HOME.",
		);
	}
	const makeRoom = "Make room on this disk, or name a folder on another one in PROMPTPULSE_HOME.";
	if (freeBytes < FULL) return failed(free, makeRoom);
	if (freeBytes < LEAST_FREE || (freeBytes < bytes * LEAST_SHARE && freeBytes < ALWAYS_ENOUGH)) {
		return warning(free, makeRoom);
	}
	return passed(free);
}
