import { findFirstDay } from "../../reports/first-use.ts";
import { dayText } from "../../usage/day.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import { type Exact, type ModelUsage, sumUsage } from "../../usage/usage.ts";
import type { Context } from "../context.ts";
import type { OpenUsage } from "../open-usage.ts";
import { wrap } from "../screen/facts.ts";
import { counted } from "../screen/format.ts";
import { cut } from "../screen/table.ts";
import { dim, plain, type Terminal } from "../screen/terminal.ts";

/** Says below figures what they are: an estimate, in whose days, and what has no price. */
export function tellTerms({ terminal, config }: Context, { zone, mode }: UsageFilter, used: Unpriced): void {
	const what = {
		calculate: "Estimate at list price, not a bill.",
		auto: "Cost as the transcripts tell it, else an estimate at list price; not a bill.",
		display: "Cost as the transcripts tell it, which only very old ones do.",
	}[mode];
	terminal.out(`\n${dim(terminal, broken(terminal, `${what} Days of ${zone}.`))}`);
	const sentence = unpricedSentence(used, config.home);
	if (sentence !== undefined) terminal.out(dim(terminal, broken(terminal, sentence)));
}

/** How many responses have no price, and what of each model was used, if any of it had none. */
export type Unpriced = { responses: Exact; models: readonly string[] };

/** What is to be told of usage model by model. */
export function unpricedOf(parts: Iterable<ModelUsage>): Unpriced {
	const without = [...parts].filter(({ unpriced }) => unpriced !== 0);
	return {
		responses: sumUsage(without).unpriced,
		models: [...new Set(without.map(({ model }) => model))],
	};
}

const LISTED = 5;
/** Of a name in a sentence, in columns. Real ones are shorter. */
export const LONGEST_NAME = 60;

/** What has no price, and what to do about it; undefined where all has one. */
export function unpricedSentence({ responses, models }: Unpriced, home: string): string | undefined {
	if (responses === 0) return undefined;
	const have = `${counted(responses, "response has", "responses have")} no known price: tokens are counted, cost is not.`;
	const names = models.slice(0, LISTED).map((model) => cut(plain(model), LONGEST_NAME));
	const more = models.length > LISTED ? [`${models.length - LISTED} more`] : [];
	return `${have} Give ${[...names, ...more].join(", ")} a price in ${plain(home)}/prices.json.`;
}

/** Says what else belongs to figures, if anything does. */
export function tellBesides(terminal: Terminal, sentence: string | undefined): void {
	if (sentence !== undefined) terminal.out(dim(terminal, broken(terminal, sentence)));
}

/** Says which columns there was no room for. */
export function tellLeftOut(terminal: Terminal, leftOut: readonly string[], others: string): void {
	if (leftOut.length === 0) return;
	const columns = [...new Set(leftOut)].join(", ");
	terminal.err(
		broken(terminal, `There was no room for ${columns}. A wider terminal shows them, and so ${others}.`),
	);
}

/** A sentence in lines that are no longer than the screen is wide; elsewhere it stays one. */
function broken(terminal: Terminal, sentence: string): string {
	return terminal.draws ? wrap(sentence, terminal.columns).join("\n") : sentence;
}

/** Says why there is nothing to show. */
export async function tellNothing(
	{ terminal }: Context,
	usage: OpenUsage,
	filter?: UsageFilter,
): Promise<void> {
	const firstDay = await findFirstDay(usage.db, usage.user, usage.user);
	if (firstDay !== undefined && filter) {
		const since = filter.since === undefined ? "" : ` from ${dayText(filter.since)}`;
		const until = filter.until === undefined ? "" : ` until ${dayText(filter.until)}`;
		terminal.out(`No usage${since}${until}.`);
		return;
	}
	const places = usage.looked.map((place) => `  ${plain(place)}`).join("\n");
	terminal.out(
		`No usage was found. PromptPulse looked for Claude Code's transcripts in\n${places}\n` +
			"If they are elsewhere, name their directory in CLAUDE_CONFIG_DIR.",
	);
}
