import { cacheHitShare } from "../../src/usage/savings.ts";
import type { SessionView } from "../../src/usage/session-query.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import {
	costOf,
	counted,
	duration,
	hasNoPrice,
	isPartlyPriced,
	money,
	percent,
	short,
	whole,
} from "../parts/words.ts";
import type { SessionData } from "../session.tsx";
import type { Moments } from "./moments.ts";

type Fact = { name: string; value: string; title?: string; more: string; isWarning?: boolean };

/** The session in numbers, each with what belongs to it. */
export function SessionFacts({
	data,
	view,
	moments,
}: {
	data: SessionData;
	view: SessionView;
	moments: Moments;
}) {
	return (
		<section class="card session-facts" id="facts" aria-labelledby="facts-title">
			<h2 class="reader" id="facts-title">
				Facts
			</h2>
			<dl class="session-strip">
				{factsOf(data, moments).map(({ name, value, title, more, isWarning }) => (
					<div class="session-fact">
						<dt safe>{name}</dt>
						<dd>
							<span
								class={["session-number", isWarning === true && "warn-text"]}
								title={title === undefined ? undefined : escapeAttribute(title)}
								safe
							>
								{value}
							</span>
							<span class="session-more" safe>
								{more}
							</span>
						</dd>
					</div>
				))}
			</dl>
			<Numbers id="facts" of="Facts" view={view} />
		</section>
	);
}

function factsOf(data: SessionData, moments: Moments): Fact[] {
	const { session, agents, responses, savedNanoUsd } = data;
	const misses = responses.filter(({ cacheBreak }) => cacheBreak?.kind === "miss").length;
	const largest = responses.reduce((most, { context }) => Math.max(most, context), 0);
	const share = cacheHitShare(session);
	return [
		{
			name: "Cost",
			value: costOf(session),
			more: isPartlyPriced(session)
				? `${counted(session.unpriced, "response")} without a price`
				: agentShare(data),
			isWarning: isPartlyPriced(session),
		},
		{
			name: "Length",
			value: duration(session.lastAt - session.firstAt),
			more: `${moments.second(session.firstAt).slice(0, -3)} – ${moments.second(session.lastAt).slice(0, -3)}`,
		},
		{
			name: "Responses",
			value: whole(session.responses),
			more: agents.lanes === 0 ? "no sub-agents" : `${whole(agents.usage.responses)} by sub-agents`,
		},
		{
			name: "Tokens",
			value: short(totalTokens(session)),
			title: whole(totalTokens(session)),
			more: `${short(session.input)} in, ${short(session.output)} out`,
		},
		{
			name: "Cache hits",
			value: share === undefined ? "–" : percent(share),
			more: [savedWords(savedNanoUsd), misses > 0 ? counted(misses, "miss", "misses") : ""]
				.filter((words) => words !== "")
				.join(", "),
		},
		{
			name: "Largest context",
			value: short(largest),
			title: whole(largest),
			more: counted(session.models.length, "model"),
		},
	];
}

function agentShare({ session, agents }: SessionData): string {
	if (hasNoPrice(session)) return "no price is known";
	if (agents.lanes === 0) return "all on the main line";
	const { costNanoUsd } = agents.usage;
	if (session.costNanoUsd === 0) return "nothing by sub-agents";
	return `sub-agents ${money(costNanoUsd)}, ${percent(Number(costNanoUsd) / Number(session.costNanoUsd))}`;
}

function savedWords(nanoUsd: number): string {
	if (nanoUsd === 0) return "";
	return nanoUsd > 0 ? `saved ${money(nanoUsd)}` : `cost ${money(-nanoUsd)} more than none`;
}
