import type { Transaction } from "../ledger/database.ts";
import { type IngestContext, type IngestResult, ingest } from "../ledger/events.ts";
import { deleteCursors, type FileCursor, saveCursors } from "../ledger/files.ts";
import { type FolderSession, resolveFolders } from "../ledger/folders.ts";
import { moveSessions } from "../ledger/moves.ts";
import type { TranscriptFile } from "../transcripts/paths.ts";
import type { UsageEvent } from "../usage/event.ts";
import { addCwd } from "../usage/project.ts";

/** What was read and is not written yet: lines that told usage, how far files were read, files that are gone. */
export class ScanBatch {
	events: UsageEvent[] = [];
	cursors: FileCursor[] = [];
	gone: string[] = [];
	#sessions = new Map<string, FolderSession>();

	/** @param cwd the working directory that the event's line named */
	add(event: UsageEvent, cwd: string | undefined, file: TranscriptFile): void {
		this.events.push(event);
		const { folder } = file;
		const { session } = event;
		const id = `${folder}\0${session}`;
		let known = this.#sessions.get(id);
		if (!known) {
			known = { folder, session, cwds: {} };
			this.#sessions.set(id, known);
		}
		if (cwd) known.cwds = addCwd(known.cwds, { cwd, isMain: file.isMain, at: event.at }, folder);
	}

	get isEmpty(): boolean {
		return this.events.length + this.cursors.length + this.gone.length === 0;
	}

	/** Writes the batch: usage, projects and how far files were read, all of it or nothing. */
	async write(tx: Transaction, context: IngestContext): Promise<IngestResult | undefined> {
		let result: IngestResult | undefined;
		if (this.events.length > 0) {
			const folders = await resolveFolders(tx, context.user.id, [...this.#sessions.values()]);
			await moveSessions(tx, context.user, folders.moved);
			for (const event of this.events) {
				event.project = folders.projectOf(event.folder ?? "", event.session);
			}
			result = await ingest(tx, context, this.events);
		}
		await saveCursors(tx, this.cursors);
		await deleteCursors(tx, this.gone);
		return result;
	}
}
