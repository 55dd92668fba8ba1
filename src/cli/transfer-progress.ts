import type { TransferProgress } from "../ledger/transfer.ts";
import { whole } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** Work that is shorter than this shows no progress, in ms. */
const PATIENCE_MS = 1_000;

const WORDS = { copying: "Copying", comparing: "Comparing" };

/** Shows how far a copying from database to database is: how much, how fast, and how long its part will still take. */
export class RowsProgress {
	/** When the part began, by `performance.now()`, and at which row: what an earlier run has copied took no time. */
	#part: { stage: keyof typeof WORDS; started: number; from: number } | undefined;
	#shown = false;

	constructor(
		readonly terminal: Terminal,
		readonly patience = PATIENCE_MS,
	) {}

	show: TransferProgress = (stage, rows, totalRows) => {
		if (!this.terminal.redraw) return;
		const now = performance.now();
		if (this.#part?.stage !== stage) this.#part = { stage, started: now, from: rows };
		const { started, from } = this.#part;
		const elapsed = now - started;
		if (elapsed < this.patience || rows <= from) return;
		const rate = (rows - from) / elapsed;
		const left = Math.max(0, totalRows - rows) / rate;
		this.terminal.redraw(
			`${WORDS[stage]}: ${whole(rows)} of ${whole(totalRows)} rows, ${whole(Math.round(rate * 1_000))}/s, ${Math.ceil(left / 1_000)} s left`,
		);
		this.#shown = true;
	};

	/** Wipes the line. */
	end(): void {
		if (this.#shown) this.terminal.redraw?.("");
	}
}
