import { megabytes } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** Work that is shorter than this shows no progress, in ms. */
const PATIENCE_MS = 1_000;

/** Shows how far a long reading is: how much, how fast, and how long it will still take. */
export class Progress {
	readonly #started = performance.now();
	#shown = false;

	constructor(readonly terminal: Terminal) {}

	show = async (bytes: number, totalBytes: number): Promise<void> => {
		const elapsed = performance.now() - this.#started;
		if (!this.terminal.redraw || elapsed < PATIENCE_MS || bytes === 0) return;
		const left = Math.max(0, ((totalBytes - bytes) / bytes) * elapsed);
		const rate = megabytes(bytes / (elapsed / 1_000));
		this.terminal.redraw(
			`Reading transcripts: ${megabytes(bytes)} of ${megabytes(totalBytes)}, ${rate}/s, ${Math.ceil(left / 1_000)} s left`,
		);
		this.#shown = true;
	};

	/** Wipes the line. */
	end(): void {
		if (this.#shown) this.terminal.redraw?.("");
	}
}
