import { counted } from "./format.ts";
import { plain } from "./terminal.ts";

/** More names than this nobody reads. */
const MOST_NAMES = 30;

/** Names in their order, as people read them. */
export function listOf(names: ReadonlySet<string>, most = MOST_NAMES): string {
	const sorted = [...names].sort();
	const more = sorted.length > most ? ` and ${counted(sorted.length - most, "other")}` : "";
	return names.size === 0 ? "none" : `${sorted.slice(0, most).map(plain).join(", ")}${more}`;
}
