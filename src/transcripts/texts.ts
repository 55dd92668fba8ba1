import { cleanName } from "../usage/event.ts";
import { nanoUsd } from "../usage/usage.ts";

/** The model of what Claude Code itself makes for errors and interruptions. */
export const SYNTHETIC = "<synthetic>";

/** A text that says something. */
export function readText(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}

/** A model's name, cleaned. */
export function readModel(value: unknown): string | undefined {
	return typeof value === "string" ? cleanName(value) : undefined;
}

// Of the modifiers only what changes a price is kept.

export function readSpeed(value: unknown): string | undefined {
	return readModifier(value, "standard");
}

export function readGeo(value: unknown): string | undefined {
	return readModifier(value, "global", "not_available");
}

export function readTier(value: unknown): string | undefined {
	return readModifier(value, "standard");
}

const MODIFIER = /^[a-z0-9_-]{1,32}$/i;

/** In lower case, without the ordinary ones. */
function readModifier(value: unknown, ...ordinary: string[]): string | undefined {
	if (typeof value !== "string" || !MODIFIER.test(value)) return undefined;
	const modifier = value.toLowerCase();
	return ordinary.includes(modifier) ? undefined : modifier;
}

const LONGEST_VERSION = 32;

/** Claude Code's version. */
export function readVersion(value: unknown): string | undefined {
	const version = cleanName(readText(value));
	return version !== undefined && version.length <= LONGEST_VERSION ? version : undefined;
}

/** Dollars as very old versions wrote them. */
export function readNanoUsd(usd: unknown): number | undefined {
	if (typeof usd !== "number" || usd < 0) return undefined;
	const nano = nanoUsd(usd);
	return Number.isSafeInteger(nano) ? nano : undefined;
}
