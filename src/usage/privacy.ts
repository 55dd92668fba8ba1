import type { UsageEvent } from "./event.ts";
import { encodeCwd } from "./project.ts";

/** What of a project's path and of a branch's name may leave the machine. */
export const PRIVACY_SETTINGS = ["basename", "full", "hash", "none"] as const;

export type Privacy = {
	/** The person's home directory on this machine. */
	userHome: string;
} & ({ setting: "basename" | "full" | "none" } | { setting: "hash"; secret: string });

/**
 * An event as it may leave the machine: its project is a path's last part, the whole path, a hash that only this
 * machine could make, or absent. The branch follows.
 */
export function veilEvent(event: UsageEvent, privacy: Privacy): UsageEvent {
	const { project, branch } = event;
	switch (privacy.setting) {
		case "full":
			return event;
		case "none":
			return { ...event, project: undefined, branch: undefined };
		case "hash":
			return {
				...event,
				project: project && hash(privacy.secret, `project\0${project}`),
				branch: branch && hash(privacy.secret, `branch\0${branch}`),
			};
		case "basename":
			return {
				...event,
				project: project === event.folder ? lastOfFolder(project, privacy.userHome) : lastOfPath(project),
			};
	}
}

/** A root has no last part and is no secret. */
function lastOfPath(path: string | undefined): string | undefined {
	const separator = path?.startsWith("/") ? "/" : /[\\/]/;
	return path?.split(separator).findLast((part) => part !== "") ?? path;
}

/**
 * A folder's own name is all that is known: in it every separator, space and dot is a `-`. What names the home
 * directory goes, and of the rest only what stands behind the last `-` is surely no other directory's name.
 */
function lastOfFolder(folder: string | undefined, userHome: string): string | undefined {
	const home = encodeCwd(userHome);
	const isBelow = folder === home || folder?.startsWith(`${home}-`);
	return (isBelow ? folder?.slice(home.length) : folder)?.split("-").findLast((part) => part !== "");
}

function hash(secret: string, text: string): string {
	return new Bun.CryptoHasher("sha256", secret).update(text).digest().toString("base64url", 0, 12);
}
