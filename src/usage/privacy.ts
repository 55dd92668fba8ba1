import type { UsageEvent } from "./event.ts";
import { encodeCwd } from "./project.ts";
import { isFolderName, type ProjectRules } from "./project-rules.ts";

/** What of a project's path and of a branch's name may leave the machine. */
export const PRIVACY_SETTINGS = ["basename", "full", "hash", "none"] as const;

export type Privacy = {
	/** The person's home directory on this machine. */
	userHome: string;
	/** What holds for single projects. */
	rules?: ProjectRules | undefined;
} & ({ setting: "basename" | "full" | "none" } | { setting: "hash"; secret: string });

/** An event as it may leave the machine. The branch follows the setting, whatever the project is called. */
export function veilEvent(event: UsageEvent, privacy: Privacy): UsageEvent {
	const { project, branch } = event;
	return { ...event, project: veilProject(project, privacy), branch: veilBranch(branch, privacy) };
}

/**
 * A project's name as it may leave the machine: the one that a rule gives it, a path's last part, the whole path, a hash
 * that only this machine could make, or none. Ignored ones are left out before.
 */
export function veilProject(project: string | undefined, privacy: Privacy): string | undefined {
	const rule = privacy.rules?.find(project);
	if (rule && "alias" in rule) return rule.alias;
	switch (privacy.setting) {
		case "full":
			return project;
		case "none":
			return undefined;
		case "hash":
			return project && hash(privacy.secret, `project\0${project}`);
		case "basename":
			if (project === undefined) return undefined;
			return isFolderName(project)
				? lastOfFolder(project, privacy.userHome)
				: lastOfPath(project, privacy.userHome);
	}
}

function veilBranch(branch: string | undefined, privacy: Privacy): string | undefined {
	if (privacy.setting === "none") return undefined;
	return privacy.setting === "hash" ? branch && hash(privacy.secret, `branch\0${branch}`) : branch;
}

/** A root has no last part and is no secret; the last part of a home is mostly its owner's name. */
function lastOfPath(path: string, userHome: string): string | undefined {
	const separator = path.startsWith("/") ? "/" : /[\\/]/;
	const partsOf = (text: string) => text.split(separator).filter((part) => part !== "");
	const parts = partsOf(path);
	if (parts.length > 0 && parts.join("/") === partsOf(userHome).join("/")) return "~";
	return parts.at(-1) ?? path;
}

/**
 * A folder's own name is all that is known: in it every separator, space and dot is a `-`. What names the home
 * directory goes, and of the rest only what stands behind the last `-` is surely no other directory's name.
 */
function lastOfFolder(folder: string, userHome: string): string | undefined {
	const home = encodeCwd(userHome);
	const isBelow = folder === home || folder.startsWith(`${home}-`);
	return (isBelow ? folder.slice(home.length) : folder).split("-").findLast((part) => part !== "");
}

function hash(secret: string, text: string): string {
	return new Bun.CryptoHasher("sha256", secret).update(text).digest().toString("base64url", 0, 12);
}
