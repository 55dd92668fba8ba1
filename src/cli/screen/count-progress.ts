import { whole } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** Work that is shorter than this shows no progress, in ms. */
const PATIENCE_MS = 1_000;

/** Shows how far a work is that is done part after part: how much, how fast, and how long its part will still take. */
export class CountProgress {
	/** When the part began, by `performance.now()`, and at which count: what was done before took no time. */
	#part: { name: string; started: number; from: number } | undefined;
	#shown = false;

	constructor(
		readonly terminal: Terminal,
		/** What is counted, in the plural. */
		readonly noun: string,
		readonly patience = PATIENCE_MS,
	) {}

	/** @param name of the part, as a sentence begins */
	show(name: string, done: number, total: number): void {
		if (!this.terminal.redraw) return;
		const now = performance.now();
		if (this.#part?.name !== name) this.#part = { name, started: now, from: done };
		const { started, from } = this.#part;
		const elapsed = now - started;
		if (elapsed < this.patience || done <= from) return;
		const rate = (done - from) / elapsed;
		const left = Math.max(0, total - done) / rate;
		this.terminal.redraw(
			`${name}: ${whole(done)} of ${whole(total)} ${this.noun}, ${whole(Math.round(rate * 1_000))}/s, ${Math.ceil(left / 1_000)} s left`,
		);
		this.#shown = true;
	}

	/** Wipes the line. */
	end(): void {
		if (this.#shown) this.terminal.redraw?.("");
	}
}
