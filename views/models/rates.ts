import { dollars, type Exact } from "../../src/usage/usage.ts";
import { money } from "../parts/words.ts";

const RATE = new Intl.NumberFormat("en-US", {
	style: "currency",
	currency: "USD",
	maximumFractionDigits: 6,
});
const SMALL = new Intl.NumberFormat("en-US", {
	style: "currency",
	currency: "USD",
	minimumFractionDigits: 4,
	maximumFractionDigits: 4,
});

/** `$3.75`, `$0.0125`: dollars for a million tokens. */
export function rate(nanoUsdPerThousand: number): string {
	return RATE.format(nanoUsdPerThousand / 1e6);
}

/** `$0.4213`: an amount whose cents are not enough. */
export function smallMoney(nanoUsd: number): string {
	return SMALL.format(dollars(nanoUsd));
}

/** `+$3.20`, `−$12.00`, `$0.00`: a difference with its sign. */
export function signedMoney(nanoUsd: Exact): string {
	if (Number(nanoUsd) === 0) return money(0);
	return nanoUsd > 0 ? `+${money(nanoUsd)}` : `−${money(-nanoUsd)}`;
}
