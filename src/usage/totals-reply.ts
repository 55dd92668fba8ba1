import { isCount, isFields, UUID } from "./json-fields.ts";

/** What a server answers to totals. */
export type TotalsReply = {
	/** UUID of the server's ledger. */
	ledger: string;
	/** How many it took. */
	processed: number;
};

/**
 * Reads what a server answers to so many totals. Anything else than exactly that is undefined: networks that want a log-in
 * first answer with pages of their own.
 */
export function readTotalsReply(body: unknown, totals: number): TotalsReply | undefined {
	if (!isFields(body)) return undefined;
	const { ledger, processed, skipped, total } = body;
	if (typeof ledger !== "string" || !UUID.test(ledger)) return undefined;
	if (!isCount(processed) || !isCount(skipped) || total !== totals) return undefined;
	return processed + skipped === totals ? { ledger, processed } : undefined;
}
