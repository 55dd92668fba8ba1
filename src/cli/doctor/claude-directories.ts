import { planScan, type ScanPlan } from "../../collector/plan.ts";
import { openLedger } from "../../ledger/open.ts";
import { findProjects, findRoots, listConfigDirs, type Unreadable } from "../../transcripts/paths.ts";
import type { Scene } from "./scene.ts";

/** A directory where Claude Code may keep its transcripts, and what is there. */
export type ClaudeDirectory = {
	/** Absolute. */
	path: string;
	/** Somebody named it, in CLAUDE_CONFIG_DIR. */
	isNamed: boolean;
	/** What stands in it; undefined where there are no transcripts, or where another one leads to the same. */
	plan: ScanPlan | undefined;
	/** The one that leads to the same transcripts. */
	sameAs: string | undefined;
};

/** Looks through all directories and opens no transcript. Where no ledger can be read every transcript is new. */
export async function lookThroughClaude(scene: Scene): Promise<ClaudeDirectory[]> {
	const settings = settingsOf(scene);
	const isNamed = (settings.claudeConfigDir ?? "").replace(/[\s,]/g, "") !== "";
	const found = await scene.ledger();
	const db = found.is === "usable" ? found.db : await openLedger(":memory:", scene.now());
	try {
		const directories: ClaudeDirectory[] = [];
		const seen = new Map<string, string>();
		for (const path of new Set(listConfigDirs(settings))) {
			const root = findProjects(path);
			const sameAs = root === undefined ? undefined : seen.get(root);
			const plan = root === undefined || sameAs !== undefined ? undefined : await planScan(db, [root], false);
			if (root !== undefined && sameAs === undefined) seen.set(root, path);
			directories.push({ path, isNamed, plan, sameAs });
		}
		return directories;
	} finally {
		if (found.is !== "usable") await db.close();
	}
}

/** Places that may be there, but may not be looked at. */
export function listHidden(scene: Scene): Unreadable[] {
	return findRoots(settingsOf(scene)).unreadable;
}

function settingsOf({ config }: Scene) {
	const { claudeConfigDir, xdgConfigHome, userHome } = config;
	return { claudeConfigDir, xdgConfigHome, home: userHome };
}
