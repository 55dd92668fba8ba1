import type { KeptRow } from "../../../reports/own-events.ts";
import { dayText } from "../../../usage/day.ts";
import { iso } from "../list.ts";

/** Columns that hold a list as JSON. */
const LISTS = ["models", "breakdowns"];

/** A row as it stands in its table, with its moments, days and lists written out and its cost's unit said. */
export function exportKept(row: KeptRow): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(row).map(([name, value]) => {
			if (name === "cost") return ["cost_nano_usd", value];
			if (typeof value === "number" && (name.endsWith("_at") || name === "actual_end"))
				return [name, iso(value)];
			if (typeof value === "number" && name === "day") return [name, dayText(value)];
			return [name, LISTS.includes(name) ? JSON.parse(String(value)) : value];
		}),
	);
}
