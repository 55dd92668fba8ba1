import type { UnsentSummary } from "../../ledger/push-targets.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { factsText } from "../screen/facts.ts";
import { setupJson } from "../setup/setup-words.ts";
import { readStatus, type Status } from "./read-status.ts";
import { statusFacts } from "./status-facts.ts";

export type StatusFlags = { json?: boolean };

/** `promptpulse status`: how the last collect went, what is kept, and what has not been sent. */
export async function status(context: Context, flags: StatusFlags): Promise<number> {
	const { terminal, config, now } = context;
	const found = await readStatus(context);
	if (flags.json) terminal.out(jsonText(statusJson(found)));
	else terminal.out(factsText(terminal, statusFacts(found, config.zone, now())));
	return DONE;
}

function statusJson({ home, isCollecting, lastRun, setup, kept, server }: Status): object {
	return {
		home,
		isCollecting,
		lastRun: lastRun ?? null,
		lastSuccessAt: lastRun?.lastSuccessAt ?? null,
		lastScheduledAt: lastRun?.lastScheduledAt ?? null,
		setup: setupJson(setup),
		responses: kept?.responses ?? 0,
		since: kept?.since ?? null,
		server: server ?? null,
		unsent: kept && server !== undefined ? unsentJson(kept.unsent) : null,
		setAside: kept?.setAside.map((row) => ({ ...row, oldestAt: isoTime(row.oldestAt) })) ?? [],
		skipped: kept?.skipped ?? {},
	};
}

function unsentJson({ events, oldestAt, newestAt, byAge }: UnsentSummary): object {
	return { events, oldestAt: isoTime(oldestAt), newestAt: isoTime(newestAt), byAge };
}

function isoTime(at: number | undefined): string | null {
	return at === undefined ? null : new Date(at).toISOString();
}
