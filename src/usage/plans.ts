import { monthText } from "./day.ts";
import type { Exact, Usage } from "./usage.ts";

/** A subscription, and what it costs a month in cents of a dollar. */
export type Plan = { id: string; name: string; cents: number };

/** Plans for single people. Their ids stay as they are, whatever becomes of the prices. */
export const LISTED_PLANS = [
	// Billed by the year; by the month it is $20.
	{ id: "pro_17", name: "Pro", cents: 1_700 },
	{ id: "max_100", name: "Max 5x", cents: 10_000 },
	{ id: "max_200", name: "Max 20x", cents: 20_000 },
] as const satisfies readonly Plan[];

/** Any other, whose price the person says. */
export const OTHER_PLAN = "other";

export const PLAN_IDS = [...LISTED_PLANS.map(({ id }) => id), OTHER_PLAN] as const;

export type PlanId = (typeof PLAN_IDS)[number];

/** In cents: nobody pays more a month. */
export const MOST_CENTS = 10_000_000;

/** The plan that a person has settled, if there is one. `planCents` counts for another plan alone. */
export function planOf({
	plan,
	planCents,
}: {
	plan: string | null;
	planCents: number | null;
}): Plan | undefined {
	if (plan === OTHER_PLAN && planCents !== null) return { id: plan, name: "Other plan", cents: planCents };
	return LISTED_PLANS.find(({ id }) => id === plan);
}

/**
 * A price as a person typed it, in cents: `20`, `17.50`, `$1,000`; undefined for what is no price above 0.
 */
export function parsePrice(typed: string): number | undefined {
	const [, dollars, cents = ""] = /^\$?\s*(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$/.exec(typed.trim()) ?? [];
	if (dollars === undefined) return undefined;
	const price = Number(dollars.replaceAll(",", "")) * 100 + Number(cents.padEnd(2, "0"));
	return price > 0 && price <= MOST_CENTS ? price : undefined;
}

/** What a month's usage is worth beside a plan. */
export type PlanMonth = {
	/** Since January 1970. */
	month: number;
	/** What it would have cost at list price; at least that, where `unpriced` says that some of it has no price. */
	costNanoUsd: Exact;
	unpriced: Exact;
	/** How often the plan's price is in that. */
	factor: number;
	/** The dearest listed plan whose price that reaches, by price alone. */
	reached: Plan | undefined;
};

export const PLAN_MONTHS = 12;

/**
 * The last months, oldest first, from the first one with usage on. Nothing is known here of what a plan lets through: plans
 * are compared by their prices alone.
 *
 * @param rows usage by month (`YYYY-MM`); one without usage may be missing
 * @param present the present month, since January 1970
 */
export function planMonthsOf(
	rows: readonly (Usage & { month: string })[],
	present: number,
	{ cents }: Plan,
): PlanMonth[] {
	const used = new Map(rows.map((row) => [row.month, row]));
	const months = Array.from({ length: PLAN_MONTHS }, (_, i) => present - PLAN_MONTHS + 1 + i);
	const first = months.findIndex((month) => used.has(monthText(month)));
	return (first === -1 ? [] : months.slice(first)).map((month) => {
		const { costNanoUsd = 0, unpriced = 0 } = used.get(monthText(month)) ?? {};
		return {
			month,
			costNanoUsd,
			unpriced,
			factor: Number(costNanoUsd) / (cents * NANO_A_CENT),
			reached: LISTED_PLANS.findLast((plan) => BigInt(costNanoUsd) >= BigInt(plan.cents * NANO_A_CENT)),
		};
	});
}

/** What a person pays, and what it stands beside. */
export type PlanValue = { plan: Plan; months: PlanMonth[] };

/** Nano-dollars. */
export const NANO_A_CENT = 10_000_000;
