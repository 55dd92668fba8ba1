import type { Row } from "./page-visit.ts";

type Value = Row[string] | undefined;

/**
 * Says where rows are not what is expected of them, in as far as something is.
 *
 * @param isText the rows are those of a table of texts: nothing is empty, and what looks like a formula has an apostrophe
 */
export function compareRows(rows: readonly Row[], expected: readonly Row[], isText = false): string[] {
	const complaints =
		rows.length === expected.length ? [] : [`${rows.length} rows in place of ${expected.length}`];
	for (const [i, wanted] of expected.entries()) {
		const row = rows[i];
		if (!row) break;
		for (const [name, value] of Object.entries(wanted)) {
			const got = row[name];
			const isSame = isText ? isWritten(got, value) : isEqual(got, value);
			if (!isSame) complaints.push(`row ${i + 1}, ${name}: ${got} in place of ${value}`);
		}
	}
	return complaints;
}

/** Shares and sums of dollars may differ by how they were added up. */
function isEqual(got: Value, wanted: Value): boolean {
	if (typeof got !== "number" || typeof wanted !== "number") return got === wanted;
	return Math.abs(got - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
}

function isWritten(got: Value, wanted: Value): boolean {
	if (typeof wanted === "number") return got !== "" && Number(got) === wanted;
	if (typeof wanted === "boolean") return got === (wanted ? "1" : "");
	const text = wanted ?? "";
	return got === (/^[=+\-@\t\r＝＋－＠]/.test(String(text)) ? `'${text}` : text);
}
