import type { BenchSetting } from "../bench.ts";
import type { Corpus } from "../corpus.ts";
import type { Peers } from "../peers.ts";
import type { Where } from "../promptpulse.ts";
import type { Verdict } from "../verdict.ts";

/** What every part of the bench starts from. `where` is a home whose ledger has all of the corpus. */
export type PartSetting = { bench: BenchSetting; corpus: Corpus; peers: Peers; where: Where };

/** What a part found: Markdown below a heading of its own, and rows for the table of targets. */
export type Part = { text: string; verdicts: Verdict[] };

/** Short runs differ more from one to the next, and cost little. */
export const SHORT_RUNS_FACTOR = 3;
