/** Whether no integer of a row was rounded on its way here. */
export function isExact(row: unknown): boolean {
	for (const column in row as Record<string, unknown>) {
		const value = (row as Record<string, unknown>)[column];
		if (typeof value === "number" && !Number.isSafeInteger(value)) return false;
	}
	return true;
}

/** Makes numbers of the integers of a row that are safe as such. */
export function narrow(row: Record<string, unknown>): void {
	for (const column in row) {
		const value = row[column];
		if (typeof value !== "bigint") continue;
		const number = Number(value);
		if (Number.isSafeInteger(number)) row[column] = number;
	}
}
