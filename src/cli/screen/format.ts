import { dollars, type Exact, type Usage } from "../../usage/usage.ts";

/* Written out here: `Intl` takes as long to come to life as a report takes to be read. */

/** `1,234,567`, of a whole number or its digits. */
export function whole(count: Exact | string): string {
	let text = String(count);
	const first = text.startsWith("-") ? 1 : 0;
	for (let at = text.length - 3; at > first; at -= 3) text = `${text.slice(0, at)},${text.slice(at)}`;
	return text;
}

const THOUSANDS = ["", "K", "M", "B", "T"];

/** `1.23M` */
export function short(count: Exact): string {
	let rounded = Number(Number(count).toPrecision(3));
	if (Number(count) < 1_000) return whole(count);
	let power = 0;
	while (rounded >= 1_000 && power < THOUSANDS.length - 1) {
		rounded /= 1_000;
		power++;
	}
	return `${rounded < 10_000 ? rounded : whole(rounded)}${THOUSANDS[power]}`;
}

/** `$1,234.56`; `≥ $1.20` where some of it has no price, `unpriced` where nothing has one. */
export function cost(usage: Usage): string {
	return costAs(usage, dollars(usage.costNanoUsd));
}

/** What some usage comes to in dollars, marked as its cost is. */
export function costAs(usage: Usage, amount: number): string {
	return atLeast(usage, usd(amount));
}

/** The same in less room: `$1.23K`. */
export function shortCost(usage: Usage): string {
	const amount = dollars(usage.costNanoUsd);
	return atLeast(usage, amount < 1_000 ? usd(amount) : `$${short(Math.floor(amount))}`);
}

function atLeast({ unpriced, costNanoUsd }: Usage, text: string): string {
	if (unpriced === 0) return text;
	return costNanoUsd === 0 ? "unpriced" : `≥ ${text}`;
}

/** `$1,234.56` */
export function usd(amount: number): string {
	// As it is written, not as it is kept: 1.005 is a little less than that.
	const cents = Math.round(Number((Math.abs(amount) * 100).toPrecision(15)));
	const text = String(cents).padStart(3, "0");
	return `${amount < 0 ? "-" : ""}$${whole(text.slice(0, -2))}.${text.slice(-2)}`;
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
	return `${whole(Math.ceil(bytes / 1e6))} MB`;
}

/** `3 files`, `1 file` */
export function counted(count: Exact, one: string, many = `${one}s`): string {
	return `${whole(count)} ${count === 1 ? one : many}`;
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
