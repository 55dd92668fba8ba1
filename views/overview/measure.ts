import type { Span } from "../../src/reports/overview.ts";
import type { Metric } from "../../src/usage/overview-query.ts";
import { cacheHitShare } from "../../src/usage/savings.ts";
import { totalTokens, type Usage } from "../../src/usage/usage.ts";
import { money, percent, whole } from "../parts/words.ts";

/** How numbers of a chart are written. */
export type Unit = "usd" | "count" | "share";

export const UNITS: Record<Metric, Unit> = {
	cost: "usd",
	tokens: "count",
	cache: "share",
	sessions: "count",
	responses: "count",
	days: "count",
};

export const METRIC_NAMES: Record<Metric, string> = {
	cost: "Cost",
	tokens: "Tokens",
	cache: "Cache hits",
	sessions: "Sessions",
	responses: "Responses",
	days: "Active days",
};

/** Whether a measure is a sum over models, projects and machines. */
export function isStacked(metric: Metric): boolean {
	return metric === "cost" || metric === "tokens" || metric === "responses";
}

type Measured = Pick<Span, "usage" | "sessions" | "activeDays">;

/** A measure of a slot or a span: nano-dollars, a count or a share; undefined where there is nothing to take a share of. */
export function measure(metric: Metric, of: Measured): number | undefined {
	switch (metric) {
		case "sessions":
			return of.sessions;
		case "days":
			return of.activeDays;
		case "cache":
			return cacheHitShare(of.usage);
		default:
			return measureUsage(metric, of.usage);
	}
}

/** What one name comes to in a stacked measure. */
export function measureUsage(metric: Metric, usage: Usage): number {
	if (metric === "tokens") return Number(totalTokens(usage));
	return Number(metric === "responses" ? usage.responses : usage.costNanoUsd);
}

/** A measure in words; a dash where there is none. */
export function written(unit: Unit, value: number | undefined): string {
	if (value === undefined) return "–";
	if (unit === "usd") return money(value);
	return unit === "share" ? percent(value) : whole(value);
}
