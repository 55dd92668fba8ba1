/**
 * Where a cost comes from: `calculate` from tokens, `display` from the `costUSD` that very old lines have (else 0),
 * `auto` from `costUSD` where there is one, else from tokens.
 */
export const COST_MODES = ["calculate", "auto", "display"] as const;

export type CostMode = (typeof COST_MODES)[number];

/** Names to keep to, if there are any, and names to leave out. */
export type NameFilter = { only: readonly string[]; not: readonly string[] };

export const NO_NAMES: NameFilter = { only: [], not: [] };

/** Which usage a question is about. Days are local days of `zone`, as numbers, both included. */
export type UsageFilter = {
	/** IANA zone. */
	zone: string;
	/** The day of the week on which weeks begin; Monday (0) where nothing is said. */
	weekStart?: number | undefined;
	since?: number | undefined;
	until?: number | undefined;
	mode: CostMode;
	/** By whole name. */
	project?: NameFilter | undefined;
	model?: NameFilter | undefined;
	/** By UUID, or by label: then all machines that bear it. */
	machine?: NameFilter | undefined;
};
