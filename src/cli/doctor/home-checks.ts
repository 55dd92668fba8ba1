import { accessSync, chmodSync, constants, rmSync, type Stats, statSync } from "node:fs";
import { basename } from "node:path";
import { type Home, machineUuid, ownFiles } from "../../collector/home.ts";
import {
	isShared,
	listLeftBeside,
	lookAt,
	refuseForeignFile,
	refuseForeignFolder,
} from "../../collector/own-files.ts";
import { AppError } from "../../errors.ts";
import { counted } from "../screen/format.ts";
import { type Check, failed, failedBy, type Looked, passed, warning } from "./check.ts";
import { isOrdinaryFile, type Scene } from "./scene.ts";

const OTHERS = 0o077;
/** Files aside are there for an instant: those older than a day are of writes that were killed, in ms. */
const LEFT_AFTER = 24 * 3_600_000;

/** The folder where the machine keeps what is its own, and what is in it. */
export const HOME_CHECKS: readonly Check[] = [
	{
		name: "home",
		why: "Everything that is counted is kept in this folder. Whoever else could write to it could change that, and where it cannot be written nothing new is kept.",
		look: lookAtHome,
	},
	{
		name: "files in it",
		why: "They hold names of projects, and a key. They have to be files of your own that nobody else can read or change.",
		look: lookAtFiles,
	},
	{
		name: "files left over",
		why: "A write that was killed leaves its half-made file behind, which may hold a key.",
		look: lookAtLeftOvers,
	},
	{
		name: "machine id",
		why: "By it a server knows this machine, whatever it is called.",
		look: lookAtMachine,
	},
];

function lookAtHome({ home: { path } }: Scene): Looked {
	const seen = lookAt(path);
	if (!seen) {
		return warning(
			`${path} is not there yet.`,
			"Run promptpulse collect: it makes the folder and begins to keep.",
		);
	}
	refuseForeignFolder(path);
	const stats = statSync(path, { throwIfNoEntry: false });
	if (!stats?.isDirectory()) {
		const what = stats ? "is no folder" : "is a link that leads nowhere";
		return failed(`${path} ${what}.`, "Move it away, or name another folder in PROMPTPULSE_HOME.");
	}
	if (isOpen(stats) && !isShared(path, stats)) {
		return failed(
			`Others may look into ${path} or write there (its rights are ${rightsOf(stats)}).`,
			`Run promptpulse doctor --fix, or chmod 700 ${quoted(path)}`,
			() => [close(path, 0o700)],
		);
	}
	const reason = unwritableBecause(path);
	if (reason !== undefined) {
		return failed(
			`${path} cannot be written (${reason}).`,
			"Give yourself the right to write there, or name another folder in PROMPTPULSE_HOME. Reports go on with what is there.",
		);
	}
	const link = seen.isSymbolicLink() ? ", a link to a folder of yours" : "";
	return passed(isOpen(stats) ? `${path}${link}, which is there for others too` : `${path}${link}`);
}

function lookAtFiles({ home }: Scene): Looked {
	const open: string[] = [];
	let files = 0;
	for (const path of listOwnFiles(home)) {
		const stats = lookAt(path);
		if (!stats) continue;
		files++;
		refuseForeignFile(path, stats, "move it away: another one is made.");
		if (isOpen(stats)) open.push(path);
	}
	if (open.length === 0) return passed(files === 0 ? "None yet." : `${counted(files, "file")}, yours alone`);
	const names = open.map((path) => basename(path)).join(", ");
	const hasKey = open.includes(home.config)
		? " If there is a key in config.json, replace it by a new one."
		: "";
	return failed(
		`Others may read or change ${names} in ${home.path}.${hasKey}`,
		"Run promptpulse doctor --fix, or chmod 600 on each.",
		() => open.map((path) => close(path, 0o600)),
	);
}

function lookAtLeftOvers({ home }: Scene): Looked {
	refuseForeignFolder(home.path);
	if (!lookAt(home.path)) return passed("None.");
	const left = listOwnFiles(home)
		.flatMap((path) => listLeftBeside(path, LEFT_AFTER))
		.filter(isOrdinaryFile);
	if (left.length === 0) return passed("None.");
	const names = left.map((path) => basename(path)).join(", ");
	return warning(
		`${counted(left.length, "file")} in ${home.path}: ${names}`,
		"Run promptpulse doctor --fix",
		() =>
			left.map((path) => {
				rmSync(path);
				return `Removed ${path}, which a killed write had left.`;
			}),
	);
}

function lookAtMachine({ home }: Scene): Looked {
	const stats = lookAt(home.machine);
	if (!stats) return passed("The first collect makes one.");
	refuseForeignFile(home.machine, stats, "move it away: another id is made.");
	return passed(machineUuid(home));
}

/** What PromptPulse writes in a home. Prices are the person's own file, in which nothing is secret. */
function listOwnFiles(home: Home): string[] {
	return [...ownFiles(home), home.config];
}

/** Windows has no such bits. */
function isOpen({ mode }: Stats): boolean {
	return process.platform !== "win32" && (mode & OTHERS) !== 0;
}

/** @throws AppError `ledger_unwritable` */
function close(path: string, mode: number): string {
	chmodSync(path, mode);
	const stats = statSync(path);
	if (isOpen(stats)) {
		throw new AppError(
			"ledger_unwritable",
			`${path} has the rights ${rightsOf(stats)} still: its disk keeps none.`,
		);
	}
	return `Closed ${path} to everybody else: its rights are ${rightsOf(stats)} now.`;
}

/** `755` */
function rightsOf({ mode }: Stats): string {
	return (mode & 0o777).toString(8).padStart(3, "0");
}

function unwritableBecause(path: string): string | undefined {
	try {
		accessSync(path, constants.W_OK | constants.X_OK);
		return undefined;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? failedBy(error).found;
	}
}

/** A path as a shell reads it. */
function quoted(path: string): string {
	return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
