/// <reference lib="dom" />

/** A browser's streams are declared without what Bun's have, and both are one type here. */
interface ReadableStream {
	text(): Promise<string>;
	json(): Promise<unknown>;
	bytes(): Promise<Uint8Array<ArrayBuffer>>;
}
