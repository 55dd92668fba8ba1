import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";

/** What decides where Claude Code keeps its transcripts. */
export type RootSettings = {
	/** `CLAUDE_CONFIG_DIR`: one directory or several separated by commas; replaces the defaults. */
	claudeConfigDir?: string | undefined;
	/** `XDG_CONFIG_HOME`. */
	xdgConfigHome?: string | undefined;
	home: string;
};

/** What could not be looked into; `reason` is the system's error code. */
export type Unreadable = { path: string; reason: string };

/** Where transcripts are. */
export type Roots = { roots: string[]; looked: string[]; unreadable: Unreadable[] };

/** One transcript below a `projects` directory. */
export type TranscriptFile = {
	/** Absolute. */
	path: string;
	/** Below `projects`, with `/` on every system. */
	relative: string;
	/** The first directory below `projects`, empty for a file directly in it. */
	folder: string;
	/** Not the file of a sub-agent. */
	isMain: boolean;
	/** The session of lines that name none. */
	session: string;
};

/** What a walk found. All paths but `relative` are absolute. */
export type TranscriptList = {
	/** In no order. */
	files: TranscriptFile[];
	unreadable: Unreadable[];
	/** Links out of the root to a directory or to a `*.jsonl`. */
	notFollowed: string[];
};

/**
 * Finds the `projects` directories that exist, each real path once.
 *
 * @returns `looked`: every place that was considered, existing or not; `unreadable`: those that may exist but may not be
 * looked at
 */
export function findRoots(settings: RootSettings): Roots {
	const roots = new Set<string>();
	const looked = new Set<string>();
	const unreadable: Unreadable[] = [];
	for (const configDir of listConfigDirs(settings)) {
		const places = listProjectDirs(configDir);
		for (const place of places) {
			const reason = hiddenBecause(place);
			if (!looked.has(place) && reason) unreadable.push({ path: place, reason });
			looked.add(place);
		}
		const real = findProjects(configDir);
		if (real !== undefined) roots.add(real);
	}
	return { roots: [...roots], looked: [...looked], unreadable };
}

/**
 * The `projects` directory of a Claude directory, as the real path; undefined where there is none.
 *
 * @param configDir absolute, as {@link listConfigDirs} gives it
 */
export function findProjects(configDir: string): string | undefined {
	const root = listProjectDirs(configDir).find(isDirectory);
	// Gone by now, it is as if it had never been.
	return root === undefined ? undefined : findRealPath(root);
}

/** The Claude directories that are looked in, absolute, whether they exist or not. */
export function listConfigDirs({ claudeConfigDir, xdgConfigHome, home }: RootSettings): string[] {
	const chosen = (claudeConfigDir ?? "").split(",").map((dir) => dir.trim());
	const given = chosen.filter((dir) => dir !== "").map((dir) => resolve(expandHome(dir, home)));
	if (given.length > 0) return given;
	const xdg = xdgConfigHome ? expandHome(xdgConfigHome, home) : join(home, ".config");
	return [resolve(xdg, "claude"), resolve(home, ".claude")];
}

/** A config directory may itself be called `projects`: then the one inside it comes first. */
function listProjectDirs(configDir: string): string[] {
	const inside = join(configDir, "projects");
	return basename(configDir) === "projects" ? [inside, configDir] : [inside];
}

function expandHome(dir: string, home: string): string {
	return /^~(?=$|[/\\])/.test(dir) ? join(home, dir.slice(1)) : dir;
}

/**
 * Lists the transcripts below a root, at any depth. Links are never followed and only regular files are listed, so
 * that nothing is read twice and no pipe or device is ever opened.
 *
 * @param root a real path, as {@link findRoots} gives it
 */
export function listTranscripts(root: string): TranscriptList {
	const list: TranscriptList = { files: [], unreadable: [], notFollowed: [] };
	const pending: Folder[] = [{ path: root, relative: "", first: "", isSubagents: false, session: undefined }];
	for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
		for (const entry of readDirectory(folder.path, list)) {
			const { name } = entry;
			const path = folder.path + sep + name;
			const kind = findKind(entry, path, list);
			if (kind?.isDirectory()) pending.push(folderIn(folder, name, path));
			else if (kind?.isSymbolicLink()) {
				if (isForeignLink(path, root)) list.notFollowed.push(path);
			} else if (kind?.isFile() && isTranscript(name, folder)) {
				list.files.push(describeFile(path, name, folder));
			}
		}
	}
	list.unreadable.sort((a, b) => (a.path < b.path ? -1 : 1));
	list.notFollowed.sort();
	return list;
}

/** A directory below a root. */
type Folder = {
	path: string;
	/** Below the root, with `/` on every system and at the end; empty for the root itself. */
	relative: string;
	/** The first directory below the root that it lies in or is. */
	first: string;
	/** It is called `subagents`, or lies in one that is. */
	isSubagents: boolean;
	/** The name of the directory above `subagents`, which is the parent's session. */
	session: string | undefined;
};

function folderIn(above: Folder, name: string, path: string): Folder {
	const begins = name === "subagents" && !above.isSubagents;
	return {
		path,
		relative: `${above.relative}${name}/`,
		first: above.first === "" ? name : above.first,
		isSubagents: begins || above.isSubagents,
		session: begins && above.relative !== "" ? basename(above.path) : above.session,
	};
}

function readDirectory(dir: string, list: TranscriptList): Dirent[] {
	try {
		return readdirSync(dir, { withFileTypes: true });
	} catch (error) {
		list.unreadable.push({ path: dir, reason: reasonOf(error) });
		return [];
	}
}

function findKind(entry: Dirent, path: string, list: TranscriptList): Dirent | Stats | undefined {
	if (entry.isFile() || entry.isDirectory() || entry.isSymbolicLink()) return entry;
	// Not only pipes and devices come here: some file systems do not tell the type of an entry.
	try {
		return lstatSync(path);
	} catch (error) {
		list.unreadable.push({ path, reason: reasonOf(error) });
		return undefined;
	}
}

function reasonOf(error: unknown): string {
	return (error as NodeJS.ErrnoException).code ?? String(error);
}

function isTranscript(name: string, folder: Folder): boolean {
	return name.endsWith(".jsonl") && !(name === "journal.jsonl" && folder.isSubagents);
}

function describeFile(path: string, name: string, folder: Folder): TranscriptFile {
	return {
		path,
		relative: folder.relative + name,
		folder: folder.first,
		isMain: !folder.isSubagents && !name.startsWith("agent-"),
		session: folder.session ?? name.slice(0, -".jsonl".length),
	};
}

/** A link to a place inside the root is no loss: what it leads to is found at its real place. */
function isForeignLink(path: string, root: string): boolean {
	const real = findRealPath(path);
	if (real !== undefined && (real === root || real.startsWith(root + sep))) return false;
	return path.endsWith(".jsonl") || isDirectory(path);
}

function findRealPath(path: string): string | undefined {
	try {
		return realpathSync(path);
	} catch {
		return undefined;
	}
}

/** The system's error code if it does not tell whether there is something at a path. */
function hiddenBecause(path: string): string | undefined {
	try {
		statSync(path);
		return undefined;
	} catch (error) {
		const reason = reasonOf(error);
		return reason === "ENOENT" || reason === "ENOTDIR" ? undefined : reason;
	}
}

function isDirectory(path: string): boolean {
	try {
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}
