import { cleanUp } from "../ledger/clean-up.ts";
import { HOUR_MS } from "../usage/day.ts";
import type { Job } from "./clock.ts";
import { APPLY_RETENTION, FINISH_ERASURES } from "./forget.ts";

/** What every server does by the clock. */
export const SERVER_JOBS: readonly Job[] = [
	{ name: "clean-up", everyMs: HOUR_MS, run: cleanUp },
	FINISH_ERASURES,
	APPLY_RETENTION,
];
