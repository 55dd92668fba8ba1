import { findFirstDay } from "../reports/first-use.ts";
import { dayText } from "../usage/day.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { sumUsage, type Usage } from "../usage/usage.ts";
import type { Context } from "./context.ts";
import { whole } from "./format.ts";
import type { OpenUsage } from "./open-usage.ts";
import { dim, plain } from "./terminal.ts";

/** Says below figures what they are: an estimate, in whose days, and what has no price. */
export function tellTerms(
	{ terminal, config }: Context,
	{ zone, mode }: UsageFilter,
	rows: readonly Usage[],
): void {
	const what = {
		calculate: "Estimate at list price, not a bill.",
		auto: "Cost as the transcripts tell it, else an estimate at list price; not a bill.",
		display: "Cost as the transcripts tell it, which only very old ones do.",
	}[mode];
	terminal.out(dim(terminal, `\n${what} Days of ${zone}.`));
	const { unpriced } = sumUsage(rows);
	if (unpriced === 0) return;
	terminal.out(
		dim(
			terminal,
			`${whole(unpriced)} ${unpriced === 1 ? "response has" : "responses have"} no known price: tokens are counted, cost is not. Give their models a price in ${plain(config.home)}/prices.json.`,
		),
	);
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
