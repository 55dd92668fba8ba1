import type { Exact } from "./usage.ts";

/** A row of a list as it leaves: the same in JSON and in CSV. */
export type Row = Record<string, string | Exact | boolean | null>;

/** A value of a row of JSON. */
type Value = string | Exact | boolean | null | readonly unknown[] | { [name: string]: Value };

/** A row of JSON, with lists and objects in it. */
export type NestedRow = { [name: string]: Value };

/** A row of a table: an object's fields become columns, and a list becomes text. */
export function tableRow(row: NestedRow): Row {
	const cells: Row = {};
	for (const [name, value] of Object.entries(row)) {
		if (Array.isArray(value)) cells[name] = value.map(itemText).join("; ");
		else if (isObject(value)) {
			for (const [inner, cell] of Object.entries(tableRow(value))) cells[`${name}_${inner}`] = cell;
		} else cells[name] = value as Row[string];
	}
	return cells;
}

/** `modelName=opus, cost=1.5` */
function itemText(item: unknown): string {
	if (typeof item !== "object" || item === null) return String(item);
	return Object.entries(item)
		.map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(" ") : value}`)
		.join(", ");
}

function isObject(value: Value): value is NestedRow {
	return typeof value === "object" && value !== null;
}
