/**
 * Where a cost comes from: `calculate` from tokens, `display` from the `costUSD` that very old lines have (else 0),
 * `auto` from `costUSD` where there is one, else from tokens.
 */
export const COST_MODES = ["calculate", "auto", "display"] as const;

export type CostMode = (typeof COST_MODES)[number];

/** Which usage a question is about. Days are local days of `zone`, as numbers, both included. */
export type UsageFilter = {
	/** IANA zone. */
	zone: string;
	since?: number | undefined;
	until?: number | undefined;
	mode: CostMode;
};
