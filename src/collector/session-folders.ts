import type { FolderSession } from "../ledger/folders.ts";
import type { TranscriptFile } from "../transcripts/paths.ts";
import type { UsageEvent } from "../usage/event.ts";
import { addCwd } from "../usage/project.ts";

/** The working directories that sessions named in their folders: what their projects are decided from. */
export class SessionFolders {
	#sessions = new Map<string, FolderSession>();
	/** What the line before told: the next one mostly tells the same, later. */
	#last: { file: TranscriptFile; session: string; cwd: string; at: number } | undefined;

	see({ session, at }: UsageEvent, cwd: string | undefined, file: TranscriptFile): void {
		const last = this.#last;
		if (last?.file === file && last.session === session && last.cwd === (cwd ?? "") && last.at <= at) return;
		this.#last = { file, session, cwd: cwd ?? "", at };
		const { folder, isMain } = file;
		const id = `${folder}\0${session}`;
		let known = this.#sessions.get(id);
		if (!known) {
			known = { folder, session, cwds: {} };
			this.#sessions.set(id, known);
		}
		if (cwd) known.cwds = addCwd(known.cwds, { cwd, isMain, at }, folder);
	}

	/** What was told since the last time. */
	take(): FolderSession[] {
		const taken = [...this.#sessions.values()];
		this.#sessions = new Map();
		this.#last = undefined;
		return taken;
	}
}
