/** What is sent of usage: totals of one kind, or each response. */
export const GRANULARITIES = ["daily", "session", "blocks", "all"] as const;

export type Granularity = (typeof GRANULARITIES)[number];

/** What totals are of. */
export type TotalKind = Exclude<Granularity, "all">;
