import {
	type Counters,
	type ExtraPart,
	eventKey,
	messageHash,
	type RejectCode,
	type UsageEvent,
} from "../usage/event.ts";
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

/** What a line says of a response, before anything is made of it. Texts are never empty. */
export type ToldUsage = Counters & {
	/** Epoch ms. */
	at: number;
	session: string;
	model: string;
	webSearches: number;
	speed: string | undefined;
	geo: string | undefined;
	tier: string | undefined;
	reportedNanoUsd: number | undefined;
	extra: ExtraPart[] | undefined;
	fork: boolean;
	progress: boolean;
	sidechain: boolean;
	branch: string | undefined;
	agent: string | undefined;
	version: string | undefined;
};

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

/** The event of a line, without project and machine, which no line tells. */
export function makeEvent({ key, message }: Identity, told: ToldUsage, file: TranscriptFile): UsageEvent {
	return {
		key,
		message,
		sidechainOnly: told.sidechain,
		model: told.model,
		input: told.input,
		output: told.output,
		cacheWrite5m: told.cacheWrite5m,
		cacheWrite1h: told.cacheWrite1h,
		cacheRead: told.cacheRead,
		webSearches: told.webSearches,
		speed: told.speed,
		geo: told.geo,
		tier: told.tier,
		reportedNanoUsd: told.reportedNanoUsd,
		extra: told.extra,
		countedAt: told.at,
		at: told.at,
		session: told.session,
		fork: told.fork,
		progress: told.progress,
		sidechain: told.sidechain,
		project: undefined,
		folder: file.folder,
		branch: told.branch,
		agent: told.agent,
		version: told.version,
		machine: undefined,
	};
}
