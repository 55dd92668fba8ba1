import type { Section } from "./results.ts";

/** How the benches are run. */
export type BenchOptions = {
	/** How often each is measured. */
	runs: number;
	/** A folder that stays: what is made once lies in it. */
	keep: string | undefined;
	/** Where transcripts come from, where they are not made: a Claude config directory, and the totals it has. */
	corpus: string | undefined;
	expect: string | undefined;
	/** How large a corpus to make. */
	sizeMb: number;
	/** Whether memory is also measured with 4 GB. */
	large: boolean;
	/** Which parts of a bench, all of them where none is named. */
	only: readonly string[];
};

/** What a bench is given: how to run, a folder that is deleted afterwards, and the program as it is shipped. */
export type BenchSetting = { options: BenchOptions; folder: string; binary: string };

export type Bench = (setting: BenchSetting) => Promise<Section>;

/** Tells what goes on, beside the results. */
export function tellStep(sentence: string): void {
	process.stderr.write(`${sentence}\n`);
}
