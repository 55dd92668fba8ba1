import type { PushResult } from "../collector/push.ts";
import type { ImportedResult } from "../collector/push-imported.ts";
import type { SkipReason } from "../transcripts/sighting.ts";
import type { Context } from "./context.ts";
import {
	DONE,
	KEY_REFUSED,
	SERVER_UNREACHABLE,
	SOME_EVENTS_REFUSED,
	SOME_FILES_UNREADABLE,
} from "./exit-code.ts";
import type { OpenUsage } from "./open-usage.ts";
import { counted } from "./screen/format.ts";
import { plain } from "./screen/terminal.ts";

/** Says on stderr what could not be read or counted. */
export function tellTrouble({ terminal }: Context, { collected }: OpenUsage): void {
	if (!collected) return;
	const { unreadable, notFollowed, skipped, inFuture, withoutFastRate } = collected.scan;
	for (const { path, reason } of unreadable) {
		terminal.err(`${plain(path)} could not be read (${reason}): its usage is missing until it can be.`);
	}
	for (const path of notFollowed) {
		terminal.err(
			`${plain(path)} links out of the transcripts and was not followed. To count what it leads to, name that place in CLAUDE_CONFIG_DIR.`,
		);
	}
	for (const [reason, count] of Object.entries(skipped)) {
		terminal.err(`${counted(count, "line")} could not be counted: ${REASONS[reason as SkipReason]}.`);
	}
	if (inFuture > 0) {
		terminal.err(
			`${counted(inFuture, "line")} ${inFuture === 1 ? "is" : "are"} dated more than a day ahead of this machine's clock; counted on that day. Check the clock.`,
		);
	}
	for (const model of withoutFastRate) {
		terminal.err(`No price of ${plain(model)} in fast mode is known: it is counted at its ordinary price.`);
	}
}

/** Why a line could not be counted. */
export const REASONS: Record<SkipReason, string> = {
	bad_json: "not whole JSON",
	bad_counter: "a number of tokens is not a sound one",
	bad_time: "the time is missing or wrong",
	bad_id: "a session or agent id is not one",
	implausible: "with it usage would cost more than $100 million, which nobody's does",
	bad_key: "nothing tells them from others",
	too_long: "longer than 16 MB",
};

/** What an exit code tells of a push. */
type WasSent = Pick<PushResult, "stop" | "setAside"> & {
	imported?: Pick<ImportedResult, "stop" | "setAside"> | undefined;
};

/** The exit code that tells whether all was sent, if it was to be, and whether all files could be read. */
export function exitCode({ collected }: OpenUsage, pushed?: WasSent): number {
	const stop = pushed?.stop ?? pushed?.imported?.stop;
	// What a slow server did not get in time goes the next time, as what comes meanwhile does.
	if (stop && stop.code !== "late") return stop.code === "key_refused" ? KEY_REFUSED : SERVER_UNREACHABLE;
	const refused = pushed ? Object.keys(pushed.setAside).length + (pushed.imported?.setAside ?? 0) : 0;
	if (refused > 0) return SOME_EVENTS_REFUSED;
	return collected && collected.scan.unreadable.length > 0 ? SOME_FILES_UNREADABLE : DONE;
}
