/** A working directory that a session named, and when. Lines of a main transcript come before a sub-agent's. */
export type CwdSighting = { cwd: string; isMain: boolean; at: number };

/** The first working directories of one session in one folder: of those that the folder is named after, and of all. */
export type SessionCwds = { matching?: CwdSighting | undefined; first?: CwdSighting | undefined };

/** Claude Code's folder for a working directory. It cannot be undone: different directories share one folder. */
export function encodeCwd(cwd: string): string {
	return cwd.replace(/[^A-Za-z0-9]/g, "-");
}

/** Takes one more sighting into account. */
export function addCwd(cwds: SessionCwds, seen: CwdSighting, folder: string): SessionCwds {
	const matches = encodeCwd(seen.cwd) === folder;
	return {
		first: earlier(cwds.first, seen),
		matching: matches ? earlier(cwds.matching, seen) : cwds.matching,
	};
}

/** What two sets of sightings of one session come to. */
export function mergeCwds(a: SessionCwds, b: SessionCwds): SessionCwds {
	return { first: earlier(a.first, b.first), matching: earlier(a.matching, b.matching) };
}

/**
 * The project of a session in a folder: the directory the folder is named after, as the session's own lines or else
 * those of another one tell it; else the session's first directory; else the folder's own name. Undefined for a session
 * in no folder that names no directory.
 *
 * @param others best matching sighting of the folder's sessions
 */
export function chooseProject(
	folder: string,
	own: SessionCwds,
	others: CwdSighting | undefined,
): string | undefined {
	return own.matching?.cwd ?? others?.cwd ?? own.first?.cwd ?? (folder === "" ? undefined : folder);
}

/** The earlier of two sightings; whatever the order of reading, the same one. */
export function earlier(a: CwdSighting | undefined, b: CwdSighting | undefined): CwdSighting | undefined {
	if (!a || !b) return a ?? b;
	const order = Number(b.isMain) - Number(a.isMain) || a.at - b.at || (a.cwd <= b.cwd ? -1 : 1);
	return order <= 0 ? a : b;
}
