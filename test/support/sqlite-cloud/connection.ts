import type { TLSSocket } from "node:tls";
import { ClientSession } from "./client-session.ts";
import type { CloudState } from "./cloud-state.ts";
import { choose, type Faults } from "./faults.ts";
import { encodeReply, makeError, type Reply } from "./replies.ts";
import { type Request, RequestReader } from "./requests.ts";
import { GENERIC_ERROR } from "./server-commands.ts";

/** A first byte that announces a length, and then none. */
const GARBAGE = "?\u0003\u0001this-is-no-protocol\u0000";
/** Between the pieces of a reply: long enough for each to be read alone. */
const PIECE_PAUSE_MS = 2;

/** One client of the server: one request after the other, each with one reply. */
export class Connection {
	readonly #reader = new RequestReader();
	readonly #session: ClientSession;
	/** What is being answered. */
	#running: Request | undefined;
	/** Bytes came that should have waited for a reply. */
	#early = false;
	#answered = 0;
	/** Nothing is taken any more, as the connection closes when all is sent. */
	#ending = false;
	#closed = false;

	/** One that is `turnedAway` gets an error for its log-in. `onClose` is called once. */
	constructor(
		private readonly socket: TLSSocket,
		private readonly cloud: CloudState,
		private readonly turnedAway: boolean,
		private readonly onClose: (connection: Connection) => void,
	) {
		this.#session = new ClientSession(cloud);
		socket.setNoDelay(true);
		socket.on("data", (bytes: Buffer) => this.#receive(bytes));
		for (const event of ["end", "close", "error"]) socket.on(event, () => this.close());
	}

	/** Ends the connection at once and rolls its open transaction back. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#session.close();
		this.socket.destroy();
		this.onClose(this);
	}

	#receive(bytes: Buffer): void {
		if (this.#ending) return;
		this.#reader.push(bytes);
		if (this.#running) this.#noteEarly(this.#running);
		else this.#takeNext();
	}

	#takeNext(): void {
		const request = this.#read();
		if (!request) return;
		this.#running = request;
		const wasEarly = this.#early;
		this.#early = false;
		if (this.#reader.held > 0) this.#noteEarly(request);
		void (wasEarly ? this.#refuseEarly() : this.#answer(request));
	}

	#read(): Request | undefined {
		try {
			return this.#reader.next();
		} catch (error) {
			this.cloud.violations.push(
				`What came is no request: ${error instanceof Error ? error.message : error}.`,
			);
			this.close();
			return undefined;
		}
	}

	#noteEarly({ sql }: Request): void {
		if (this.#early) return;
		this.#early = true;
		const before = /\bAUTH\b/.test(sql) ? "the log-in" : sql.slice(0, 200);
		this.cloud.violations.push(`A request did not wait for the reply to the one before: ${before}`);
	}

	#refuseEarly(): Promise<void> {
		return this.#send(makeError(GENERIC_ERROR, "A request has to wait for the reply to the one before."));
	}

	async #answer(request: Request): Promise<void> {
		const { sql } = request;
		const { faults } = this.cloud;
		if (this.turnedAway) return this.#turnAway();
		if (this.#happens("silent", choose(faults.silent, sql))) return;
		if (this.#happens("dropBefore", choose(faults.dropBefore, sql))) return this.close();
		const garbage = choose(faults.garbage, sql);
		if (this.#happens("garbage", garbage))
			return this.#write(Buffer.from(garbage === true ? GARBAGE : garbage));
		const planned = choose(faults.errorFor, sql);
		const isCounted = this.#session.ready;
		const reply = this.#happens("errorFor", planned)
			? makeError(planned.code, planned.message, planned.extendedCode)
			: await this.#session.run(request);
		if (this.#happens("dropAfterRunning", choose(faults.dropAfterRunning, sql))) return this.close();
		const delayMs = choose(faults.delayMs, sql);
		if (this.#happens("delayMs", delayMs)) await Bun.sleep(delayMs);
		if (this.#happens("dropMidReply", choose(faults.dropMidReply, sql))) return this.#sendHalf(reply);
		if (isCounted && !this.#closed) this.#count(sql);
		await this.#send(reply);
	}

	#count(sql: string): void {
		this.#answered++;
		this.cloud.commands.push(sql);
	}

	async #turnAway(): Promise<void> {
		await this.#send(makeError(GENERIC_ERROR, "There are too many connections."));
		this.#end();
	}

	async #send(reply: Reply): Promise<void> {
		await this.#write(encodeReply(reply, this.#session.form));
		const { dropAfter } = this.cloud.faults;
		if (dropAfter !== undefined && this.#session.ready && this.#answered >= dropAfter) {
			this.cloud.injected.dropAfter++;
			this.#end();
		}
	}

	/** The next request is taken when all of the bytes are on their way. */
	async #write(bytes: Buffer): Promise<void> {
		const size = this.cloud.faults.fragment ?? bytes.length;
		if (size < bytes.length) this.cloud.injected.fragment++;
		for (let at = 0; at < bytes.length && !this.#closed; at += size) {
			if (at > 0) await Bun.sleep(PIECE_PAUSE_MS);
			if (!this.#closed) this.socket.write(bytes.subarray(at, at + size));
		}
		this.#running = undefined;
		if (this.#early) this.#takeNext();
	}

	#sendHalf(reply: Reply): void {
		const bytes = encodeReply(reply, this.#session.form);
		this.#ending = true;
		this.socket.write(bytes.subarray(0, bytes.length >> 1), () => this.close());
	}

	/** Closes once all that was written is sent. */
	#end(): void {
		this.#ending = true;
		this.socket.end(() => this.close());
	}

	/** Counts a fault that happens now, unless the client is gone. */
	#happens<Value>(fault: keyof Faults, value: Value): value is Exclude<Value, undefined | false | 0 | ""> {
		if (!value || this.#closed) return false;
		this.cloud.injected[fault]++;
		return true;
	}
}
