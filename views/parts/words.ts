import { dollars, type Exact, type Usage } from "../../src/usage/usage.ts";

/** Does not break. The font has no narrower one that could still be seen. */
const SPACE = "\u00a0";
const NOTHING = "–";
const CENT = 0.01;

const WHOLE = new Intl.NumberFormat("en-US");
const SHORT = new Intl.NumberFormat("en-US", {
	notation: "compact",
	minimumSignificantDigits: 3,
	maximumSignificantDigits: 3,
});
const CENTS = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const NO_CENTS = new Intl.NumberFormat("en-US", {
	style: "currency",
	currency: "USD",
	maximumFractionDigits: 0,
});

/** A number and the unit that is written smaller behind it, if it has one. */
export type Figure = { number: string; unit: string };

/** `18,946` */
export function whole(count: Exact): string {
	return WHOLE.format(count);
}

/** `3 sessions`, `1 session` */
export function counted(count: Exact, one: string, many = `${one}s`): string {
	return `${whole(count)} ${Number(count) === 1 ? one : many}`;
}

/** `1.38` and `B`, `11.0` and `M`: three significant digits, so that numbers of a column can be compared; below a thousand all. */
export function shortFigure(count: Exact): Figure {
	if (count < 1_000 && count > -1_000) return { number: whole(count), unit: "" };
	const parts = SHORT.formatToParts(count);
	const unit = parts.find(({ type }) => type === "compact")?.value ?? "";
	return {
		number: parts.flatMap(({ type, value }) => (type === "compact" ? [] : value)).join(""),
		unit: unit === "K" ? "k" : unit,
	};
}

/** `1.38 B` */
export function short(count: Exact): string {
	const { number, unit } = shortFigure(count);
	return unit === "" ? number : `${number}${SPACE}${unit}`;
}

/** `$1,073.07`; an amount that is there is never shown as nothing. */
export function money(nanoUsd: Exact): string {
	const amount = dollars(nanoUsd);
	return amount > 0 && amount < CENT / 2 ? "<$0.01" : CENTS.format(amount);
}

/** `$898`, `$12.4 k`, for comparisons; small amounts keep their cents. */
export function roundMoney(nanoUsd: Exact): string {
	const amount = dollars(nanoUsd);
	if (Math.abs(amount) < 10) return money(nanoUsd);
	return Math.abs(amount) < 10_000 ? NO_CENTS.format(amount) : `$${short(Math.round(amount))}`;
}

/** What some usage cost: a dash where nothing of it has a price, `≥ $1.92` where some of it has none. */
export function costOf(usage: Pick<Usage, "costNanoUsd" | "unpriced">): string {
	if (usage.unpriced === 0) return money(usage.costNanoUsd);
	return usage.costNanoUsd === 0 ? NOTHING : `≥${SPACE}${money(usage.costNanoUsd)}`;
}

/** Whether some usage has a price in part alone. */
export function isPartlyPriced(usage: Usage): boolean {
	return usage.unpriced !== 0 && usage.costNanoUsd !== 0;
}

/** Whether no price is known for any of it. */
export function hasNoPrice(usage: Usage): boolean {
	return usage.unpriced !== 0 && usage.costNanoUsd === 0;
}

/** `36.1 %` of a share between 0 and 1; no decimals from a hundred on. */
export function percent(share: number): string {
	const amount = share * 100;
	const text = Math.abs(amount) >= 99.95 ? WHOLE.format(Math.round(amount)) : amount.toFixed(1);
	return `${text}${SPACE}%`;
}

/** `2.4×` of a factor; no decimals from ten on, and one that is there is never shown as nothing. */
export function times(factor: number): string {
	if (factor > 0 && factor < 0.05) return "<0.1×";
	return `${factor >= 9.95 ? WHOLE.format(Math.round(factor)) : factor.toFixed(1)}×`;
}

/** `36.1`, always with its decimal. */
export function points(share: number): string {
	return (share * 100).toFixed(1);
}

/** `1 h 57 m`, `41 min`, from two days on `5 d 7 h` */
export function duration(ms: number): string {
	const minutes = Math.max(0, Math.round(ms / 60_000));
	const hours = Math.floor(minutes / 60);
	if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
	return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} m`;
}
