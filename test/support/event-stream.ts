/** Reads server-sent events one after the other. */
export class EventStream {
	readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
	readonly #decoder = new TextDecoder();
	#text = "";

	constructor(readonly response: Response) {
		if (!response.body) throw new Error(`an event stream was expected, and ${response.status} came`);
		this.#reader = response.body.getReader();
	}

	/** The next message or comment, without the empty line after it; undefined at the end. */
	async next(): Promise<string | undefined> {
		while (!this.#text.includes("\n\n")) {
			const { done, value } = await this.#reader.read();
			if (done) return undefined;
			this.#text += this.#decoder.decode(value, { stream: true });
		}
		const end = this.#text.indexOf("\n\n");
		const message = this.#text.slice(0, end);
		this.#text = this.#text.slice(end + 2);
		return message;
	}

	/** What the usage is called now, in the next message that says so. */
	async version(): Promise<string> {
		for (;;) {
			const message = await this.next();
			if (message === undefined) throw new Error("the stream ended");
			const [, version] = /^event: usage\ndata: (\S+)$/.exec(message) ?? [];
			if (version !== undefined) return version;
		}
	}

	/** All that comes until the end. */
	async rest(): Promise<string> {
		const messages: string[] = [];
		for (let next = await this.next(); next !== undefined; next = await this.next()) messages.push(next);
		return messages.join("\n\n");
	}

	async leave(): Promise<void> {
		await this.#reader.cancel();
	}
}
