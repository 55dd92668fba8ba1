/**
 * Columns of several tables in one row: `a.x, a.y as z` become `prefix_x` and `prefix_z`.
 *
 * @param columns without commas inside of them
 */
export function renamed(columns: string, prefix: string): string {
	return columns
		.split(",")
		.map((column) => {
			const [name = "", alias = name.split(".").at(-1)] = column.trim().split(/ as (?!.* as )/s);
			return `${name} as ${prefix}_${alias}`;
		})
		.join(", ");
}

/** What of such a row is under a prefix. */
export function partOf<Row>(row: Readonly<Record<string, unknown>>, prefix: string): Row {
	const own = Object.entries(row).filter(([name]) => name.startsWith(`${prefix}_`));
	return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length + 1), value])) as Row;
}
