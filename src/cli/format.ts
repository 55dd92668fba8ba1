import { dollars, type Exact, type Usage } from "../usage/usage.ts";

const WHOLE = new Intl.NumberFormat("en-US");
const SHORT = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
const USD = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** `1,234,567` */
export function whole(count: Exact): string {
	return WHOLE.format(count);
}

/** `1.23M` */
export function short(count: Exact): string {
	return SHORT.format(count);
}

/** `$1,234.56`; `$1.20+` where some of it has no price, `unpriced` where nothing has one. */
export function cost(usage: Usage): string {
	if (usage.unpriced === 0) return usd(dollars(usage.costNanoUsd));
	return usage.costNanoUsd === 0 ? "unpriced" : `${usd(dollars(usage.costNanoUsd))}+`;
}

/** `$1,234.56` */
export function usd(amount: number): string {
	return USD.format(amount);
}

/** `2 h 05 min`, `26 days` */
export function minutes(count: number): string {
	const hours = Math.floor(count / 60);
	if (hours >= 48) return `${whole(Math.floor(hours / 24))} days`;
	const rest = Math.floor(count % 60);
	return hours > 0 ? `${hours} h ${String(rest).padStart(2, "0")} min` : `${rest} min`;
}

/** How long ago something was: `3 min ago`. */
export function ago(at: number, now: number): string {
	const passed = (now - at) / 60_000;
	if (passed <= -1) return "ahead of this machine's clock";
	return passed < 1 ? "less than a minute ago" : `${minutes(passed)} ago`;
}

/** `1,118 MB` */
export function megabytes(bytes: number): string {
	return `${WHOLE.format(Math.ceil(bytes / 1e6))} MB`;
}

/** `3 files`, `1 file` */
export function counted(count: Exact, one: string, many = `${one}s`): string {
	return `${WHOLE.format(count)} ${count === 1 ? one : many}`;
}

/** A local date and time: `2026-11-24 09:05`. */
export function moment(at: number, zone: string): string {
	const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
	return local.toPlainDateTime().toString({ smallestUnit: "minute" }).replace("T", " ");
}

/** The time of day alone: `09:05`. */
export function clockTime(at: number, zone: string): string {
	return moment(at, zone).slice(11);
}
