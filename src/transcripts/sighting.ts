import { eventKey, messageHash, type RejectCode, type UsageEvent } from "../usage/event.ts";
import type { TranscriptFile } from "./paths.ts";

/** Why a line that looked like usage is not counted. `too_long` is the line reader's. */
export type SkipReason = RejectCode | "bad_json" | "too_long";

/** A response as one line tells it; several lines, of several files, may tell of the same one. */
export type Sighting =
	| {
			/** Without `project` and `machine`: no line tells them. */
			event: UsageEvent;
			/** The working directory that the line names. */
			cwd: string | undefined;
	  }
	| { skip: SkipReason };

/** Who a response is: its key, and the hash of its message id. */
export type Identity = { key: string; message: number | undefined };

/** The ids by which a line tells who its response is. */
export type ToldIds = {
	messageId: string | undefined;
	requestId: string | undefined;
	uuid: string | undefined;
	/** Where its record starts in the file, in bytes. */
	offset: number;
};

export function identify(ids: ToldIds, session: string, file: TranscriptFile): Identity {
	const { messageId } = ids;
	return {
		key: eventKey({ ...ids, session, path: file.relative }),
		message: messageId === undefined ? undefined : messageHash(messageId),
	};
}
