import { hashIds } from "../usage/event.ts";
import type { TranscriptFile } from "./paths.ts";
import { type Identity, identify } from "./sighting.ts";
import { TEXT, type WalkedRecord } from "./usage-walker.ts";

/** Longer ids than these are read as text. */
const LONGEST_IDS = 250;
const ZERO_BYTE = 1;

/**
 * Tells who the response of a line is: mostly the one of the line before, for a response is told by several lines in a
 * row.
 */
export class RepeatedIds {
	/** `1\0<message id>\0<request id>` of the line before. */
	readonly #ids = Buffer.from(`1\0${"\0".repeat(LONGEST_IDS)}`);
	/** Where both ids end in it; 0 where there is none. */
	#end = 0;
	/** `m\0<message id>`, when it is hashed. */
	readonly #message = Buffer.from(`m\0${"\0".repeat(LONGEST_IDS)}`);
	readonly #idViews: Uint8Array[] = [];
	readonly #messageViews: Uint8Array[] = [];
	#identity: Identity = { key: "", message: undefined };

	/** @param record whose ids hold no escapes */
	identify(
		bytes: Buffer,
		record: WalkedRecord,
		session: string,
		offset: number,
		file: TranscriptFile,
	): Identity {
		const message = record.starts[TEXT.message] as number;
		const request = record.starts[TEXT.request] as number;
		// Without both, the session or the line itself says who it is.
		if (message > 0 && request > 0) {
			const messageEnd = record.ends[TEXT.message] as number;
			const requestEnd = record.ends[TEXT.request] as number;
			if (this.#isSame(bytes, message, messageEnd, request, requestEnd)) return this.#identity;
			if (this.#take(bytes, message, messageEnd, request, requestEnd)) return this.#identity;
		}
		return identify(
			{
				messageId: textAt(bytes, record, TEXT.message),
				requestId: textAt(bytes, record, TEXT.request),
				uuid: message > 0 ? undefined : textAt(bytes, record, TEXT.uuid),
				offset,
			},
			session,
			file,
		);
	}

	#isSame(bytes: Buffer, message: number, messageEnd: number, request: number, requestEnd: number): boolean {
		const between = 2 + messageEnd - message;
		if (this.#end !== between + ZERO_BYTE + requestEnd - request || this.#ids[between] !== 0) return false;
		return (
			endsWith(this.#ids, between, bytes, message, messageEnd) &&
			endsWith(this.#ids, this.#end, bytes, request, requestEnd)
		);
	}

	/** Ids have a few lengths, and as many views are enough. */
	#idsUpTo(end: number): Uint8Array {
		this.#idViews[end] ??= this.#ids.subarray(0, end);
		return this.#idViews[end];
	}

	#messageUpTo(end: number): Uint8Array {
		this.#messageViews[end] ??= this.#message.subarray(0, end);
		return this.#messageViews[end];
	}

	/** False for ids that are long or not ASCII: their text is what counts. */
	#take(bytes: Buffer, message: number, messageEnd: number, request: number, requestEnd: number): boolean {
		const between = 2 + messageEnd - message;
		const end = between + ZERO_BYTE + requestEnd - request;
		this.#end = 0;
		if (end > LONGEST_IDS) return false;
		const isAscii =
			copyAscii(bytes, message, messageEnd, this.#ids, 2) &&
			copyAscii(bytes, request, requestEnd, this.#ids, between + ZERO_BYTE) &&
			copyAscii(bytes, message, messageEnd, this.#message, 2);
		if (!isAscii) return false;
		this.#ids[between] = 0;
		this.#end = end;
		this.#identity = hashIds(this.#idsUpTo(end), this.#messageUpTo(between));
		return true;
	}
}

/** Whether what stands before `knownEnd` is the text from `start` to `end`. */
function endsWith(known: Buffer, knownEnd: number, bytes: Buffer, start: number, end: number): boolean {
	// From the end, where ids differ first.
	for (let i = 1; i <= end - start; i++) if (known[knownEnd - i] !== bytes[end - i]) return false;
	return true;
}

function copyAscii(bytes: Buffer, start: number, end: number, to: Buffer, at: number): boolean {
	for (let i = start; i < end; i++) {
		const byte = bytes[i] as number;
		if (byte >= 0x80) return false;
		to[at + i - start] = byte;
	}
	return true;
}

function textAt(bytes: Buffer, { starts, ends }: WalkedRecord, place: number): string | undefined {
	const start = starts[place] as number;
	return start === 0 ? undefined : bytes.toString("utf8", start, ends[place]);
}
