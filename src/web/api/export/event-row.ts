import type { OwnEventRow } from "../../../reports/own-events.ts";
import type { Exact } from "../../../usage/usage.ts";

/** The columns of a table of responses, in their order. */
export const EVENT_COLUMNS = [
	"key",
	"at",
	"countedAt",
	"session",
	"project",
	"branch",
	"folder",
	"agent",
	"machine",
	"model",
	"version",
	"input",
	"output",
	"cacheWrite5m",
	"cacheWrite1h",
	"cacheRead",
	"webSearches",
	"speed",
	"geo",
	"tier",
	"costNanoUsd",
	"reportedNanoUsd",
	"extra",
	"message",
	"fork",
	"progress",
	"sidechain",
	"sidechainOnly",
	"replay",
] as const;

/** Names are those of an upload where it has them. `extra` is a list as JSON: in a table it stands in one cell. */
export function exportEvent(
	row: OwnEventRow,
): Record<(typeof EVENT_COLUMNS)[number], Exact | string | boolean | null> {
	return {
		key: row.key,
		at: new Date(row.at).toISOString(),
		countedAt: new Date(row.at + row.countedAfter).toISOString(),
		session: row.session,
		// Where none is known its name is empty.
		project: row.project || null,
		branch: row.branch || null,
		folder: row.folder,
		agent: row.agent,
		machine: row.machine,
		model: row.model,
		version: row.version,
		input: row.input,
		output: row.output,
		cacheWrite5m: row.cacheWrite5m,
		cacheWrite1h: row.cacheWrite1h,
		cacheRead: row.cacheRead,
		webSearches: row.webSearches,
		speed: row.speed,
		geo: row.geo,
		tier: row.tier,
		costNanoUsd: row.cost,
		reportedNanoUsd: row.reported,
		extra: row.extra,
		message: row.message,
		fork: row.fork === 1,
		progress: row.progress === 1,
		sidechain: row.sidechain === 1,
		sidechainOnly: row.sidechainOnly === 1,
		replay: row.replay === 1,
	};
}
