/** Reports have some hundreds of texts; those of lists with many forms are let go of first. */
const MOST_TEXTS = 2_000;

/** SQLite takes no more arguments of a function than 127 in its older versions. */
const MOST_COLUMNS = 100;

const COMMENTS = String.raw`(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)*`;
const ASKS = new RegExp(`^${COMMENTS}(?:select|with)\\b`, "i");
const CHANGES = /\b(?:insert|update|delete|replace\s+into)\b/i;
/** Its columns are the table's, so they can become other ones. */
const ASKS_FOR_ALL = new RegExp(`^${COMMENTS}select\\s+(?:distinct\\s+)?(?:\\w+\\.)?\\*`, "i");
/** Parameters that are counted from the beginning of a request. */
const NUMBERED = /\?\d/;

/**
 * Whether a statement certainly changes nothing. One that has a word of change in it, be it in a text, is taken for one
 * that does: it is treated with more care, and that costs it a trip.
 */
export function isQuestion(sql: string): boolean {
	return ASKS.test(sql) && !CHANGES.test(sql);
}

/** What was learned of the texts of questions: the names of their columns, or that they have to be asked alone. */
export class KnownTexts {
	readonly #known = new Map<string, readonly string[] | "plain">();

	/** @returns undefined where the text is new, or is to be asked plainly */
	columnsOf(sql: string): readonly string[] | undefined {
		const known = this.#known.get(sql);
		if (known === undefined) return undefined;
		// Last in the order of the map, so that what is forgotten is what was not used for longest.
		this.#known.delete(sql);
		this.#known.set(sql, known);
		return known === "plain" ? undefined : known;
	}

	/** @param columns as they were answered */
	learn(sql: string, columns: readonly string[]): void {
		if (this.#known.has(sql)) return;
		this.#keep(sql, canCombine(sql, columns) ? columns : "plain");
	}

	/** From now on the text is asked alone and as it is. */
	keepPlain(sql: string): void {
		this.#keep(sql, "plain");
	}

	#keep(sql: string, known: readonly string[] | "plain"): void {
		this.#known.delete(sql);
		this.#known.set(sql, known);
		if (this.#known.size <= MOST_TEXTS) return;
		const [oldest] = this.#known.keys();
		if (oldest !== undefined) this.#known.delete(oldest);
	}
}

function canCombine(sql: string, columns: readonly string[]): boolean {
	return (
		columns.length > 0 &&
		columns.length <= MOST_COLUMNS &&
		new Set(columns).size === columns.length &&
		!ASKS_FOR_ALL.test(sql) &&
		!NUMBERED.test(sql)
	);
}
