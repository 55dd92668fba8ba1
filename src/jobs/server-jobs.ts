import { cleanUp } from "../ledger/clean-up.ts";
import type { Job } from "./clock.ts";

const HOUR_MS = 3_600_000;

/** What every server does by the clock. */
export const SERVER_JOBS: readonly Job[] = [{ name: "clean-up", everyMs: HOUR_MS, run: cleanUp }];
