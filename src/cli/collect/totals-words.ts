import type { TotalsResult } from "../../collector/push-totals.ts";
import type { TotalKind } from "../../usage/granularity.ts";
import type { Context } from "../context.ts";
import { counted } from "../screen/format.ts";
import { stopWords } from "./stop-words.ts";

/** What totals of a kind are called. */
export const TOTAL_NOUNS: Readonly<Record<TotalKind, string>> = {
	daily: "day total",
	session: "session total",
	blocks: "block total",
};

type Pushed = TotalsResult & { server: string };

/** Says what was sent of totals. */
export function tellPushedTotals({ terminal }: Context, pushed: Pushed): void {
	const { server, granularity, found, sent, stop, hasResponses } = pushed;
	if (sent > 0 || stop) {
		terminal.out(`${server}: ${counted(found, TOTAL_NOUNS[granularity])} found, ${sent} sent.`);
	} else terminal.out(`${server} has everything: ${counted(found, TOTAL_NOUNS[granularity])}.`);
	if (sent > 0 && hasResponses) {
		terminal.out(`${server} has responses of this machine: where it has some, it shows these and no totals.`);
	}
}

/** Says on stderr what was not sent, and why. */
export function tellUnsentTotals({ terminal }: Context, pushed: Pushed): void {
	const { server, granularity, setAside, unsent, stop } = pushed;
	for (const count of Object.values(setAside)) {
		const totals = counted(count, TOTAL_NOUNS[granularity]);
		terminal.err(
			`${server} did not keep ${totals}: too many are there already, or too much stands in ${count === 1 ? "it" : "them"}. promptpulse collect --resend sends ${count === 1 ? "it" : "them"} again.`,
		);
	}
	if (!stop) return;
	const kept = `${counted(unsent, TOTAL_NOUNS[granularity])} ${unsent === 1 ? "is" : "are"} sent next time.`;
	terminal.err(stopWords(server, stop, kept));
}
