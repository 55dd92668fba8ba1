/** A value where there is one. */
export type Value = number | null;

/** What the page says of a chart; `views/overview/series-panel.tsx` writes it. */
export type ChartData = {
	/** Steps are a running total. */
	shape: "bars" | "line" | "steps";
	unit: "usd" | "count" | "share";
	/** The word on the axis, over the tooltip, and what the slot is compared with. Empty words are left out of the axis. */
	slots: [tick: string, title: string, before: string][];
	/** The greatest first; `series` is a number from 1 to 8. Empty where a measure is not split up. */
	series: { label: string; series: number; values: Value[] }[];
	/** Of the measure, where it is not split up. */
	name: string;
	totals: Value[];
	/** Empty where nothing is compared. */
	before: Value[];
	beforeName: string;
	/** The slot that is not over, or -1. */
	partial: number;
	/** What steps come to if it goes on like this, from the slot on that is not over. */
	projection?: Value[];
};

/** The slot under the pointer, or -1. */
export type Hover = { index: number };

const usd = { style: "currency", currency: "USD" } as const;
const compact = { notation: "compact", maximumSignificantDigits: 3 } as const;

const FULL = {
	usd: new Intl.NumberFormat("en-US", usd),
	count: new Intl.NumberFormat("en-US", compact),
	share: new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
};
const TICK = {
	usd: new Intl.NumberFormat("en-US", { ...usd, ...compact }),
	count: FULL.count,
	share: new Intl.NumberFormat("en-US"),
};

/** A value in full, for the tooltip. */
export function full(unit: ChartData["unit"], value: Value | undefined): string {
	if (value === null || value === undefined) return "–";
	if (unit === "count" && value < 100_000) return TICK.share.format(value);
	return format(FULL, unit, value);
}

/** A value on the axis. */
export function tick(unit: ChartData["unit"], value: number): string {
	return format(TICK, unit, value);
}

/** `+33 %`; empty where there is no base. */
export function change(value: Value | undefined, base: Value | undefined): string {
	if (!base || value === null || value === undefined) return "";
	const percent = Math.round(((value - base) / base) * 100);
	return `${percent > 0 ? "+" : percent < 0 ? "−" : "±"}${Math.abs(percent)}\u00a0%`;
}

function format(formats: typeof FULL, unit: ChartData["unit"], value: number): string {
	const text = formats[unit].format(unit === "share" ? value * 100 : value).replace("K", "k");
	return unit === "share" ? `${text}\u00a0%` : text.replace(/([kMBT])$/, unit === "usd" ? "$1" : "\u00a0$1");
}
