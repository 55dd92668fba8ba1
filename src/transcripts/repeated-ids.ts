import type { TranscriptFile } from "./paths.ts";
import { type Identity, identify } from "./sighting.ts";
import { TEXT, type WalkedRecord } from "./usage-walker.ts";

/** Tells who the response of a line is: mostly the one before, for a response is told by several lines in a row. */
export class RepeatedIds {
	#bytes = Buffer.alloc(256);
	#messageLength = 0;
	#requestLength = 0;
	#identity: Identity = { key: "", message: undefined };

	identify(
		bytes: Buffer,
		record: WalkedRecord,
		session: string,
		offset: number,
		file: TranscriptFile,
	): Identity {
		const { starts, ends } = record;
		const message = starts[TEXT.message] as number;
		const messageEnd = ends[TEXT.message] as number;
		const request = starts[TEXT.request] as number;
		const requestEnd = ends[TEXT.request] as number;
		// Without both, the session or the line itself says who it is.
		const isWhole = message > 0 && request > 0;
		if (isWhole && this.#isSame(bytes, message, messageEnd, request, requestEnd)) return this.#identity;
		const identity = identify(
			{
				messageId: textAt(bytes, record, TEXT.message),
				requestId: textAt(bytes, record, TEXT.request),
				uuid: message > 0 ? undefined : textAt(bytes, record, TEXT.uuid),
				offset,
			},
			session,
			file,
		);
		if (isWhole) this.#remember(bytes, message, messageEnd, request, requestEnd, identity);
		return identity;
	}

	#isSame(bytes: Buffer, message: number, messageEnd: number, request: number, requestEnd: number): boolean {
		const length = messageEnd - message;
		if (length !== this.#messageLength || requestEnd - request !== this.#requestLength) return false;
		const known = this.#bytes;
		for (let i = length - 1; i >= 0; i--) if (known[i] !== bytes[message + i]) return false;
		for (let i = requestEnd - request - 1; i >= 0; i--) {
			if (known[length + i] !== bytes[request + i]) return false;
		}
		return true;
	}

	#remember(
		bytes: Buffer,
		message: number,
		messageEnd: number,
		request: number,
		requestEnd: number,
		identity: Identity,
	): void {
		const length = messageEnd - message;
		this.#messageLength = length + requestEnd - request > this.#bytes.length ? 0 : length;
		if (this.#messageLength === 0) return;
		this.#requestLength = requestEnd - request;
		bytes.copy(this.#bytes, 0, message, messageEnd);
		bytes.copy(this.#bytes, length, request, requestEnd);
		this.#identity = identity;
	}
}

function textAt(bytes: Buffer, { starts, ends }: WalkedRecord, place: number): string | undefined {
	const start = starts[place] as number;
	return start === 0 ? undefined : bytes.toString("utf8", start, ends[place]);
}
