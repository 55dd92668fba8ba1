import type { Check } from "./check.ts";
import { CLEAN_UP_CHECKS } from "./clean-up-checks.ts";
import { DISK_CHECKS } from "./disk-checks.ts";
import { HOME_CHECKS } from "./home-checks.ts";
import { COUNTING_CHECKS, LEDGER_CHECKS } from "./ledger-checks.ts";
import { PROGRAM_CHECKS } from "./program-checks.ts";
import { SCHEDULE_CHECKS } from "./schedule-checks.ts";
import { DIGEST_CHECKS, SENDING_CHECKS } from "./sending-checks.ts";
import { SERVER_CHECKS } from "./server-checks.ts";
import { SETTING_CHECKS } from "./setting-checks.ts";
import { TRANSCRIPT_CHECKS } from "./transcript-checks.ts";

/** Everything that may be why a number is missing, in the order in which it is told. */
export const ALL_CHECKS: readonly Check[] = [
	...PROGRAM_CHECKS,
	...HOME_CHECKS,
	...SETTING_CHECKS,
	...SERVER_CHECKS,
	...DISK_CHECKS,
	...LEDGER_CHECKS,
	...SENDING_CHECKS,
	...SCHEDULE_CHECKS,
	...TRANSCRIPT_CHECKS,
	...COUNTING_CHECKS,
	...CLEAN_UP_CHECKS,
	...DIGEST_CHECKS,
];
