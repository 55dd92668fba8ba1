import { nameSystem } from "../../src/account/machine.ts";
import type { MachineCard } from "../../src/reports/machine-cards.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import type { MachinesProps } from "../machines.tsx";
import { dayOf, moment } from "../parts/days.ts";
import { silentDays } from "../parts/page-head.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { SparkLine } from "../parts/spark-line.tsx";
import { costOf, counted, hasNoPrice, isPartlyPriced, percent, short, whole } from "../parts/words.ts";
import { MachineForms } from "./machine-forms.tsx";
import { warningsOf } from "./warnings.ts";

/** One machine: how it does, what it used in these days, and what can be done with it. */
export function MachineSection(props: MachinesProps & { card: MachineCard }) {
	const { shell, view, data, card } = props;
	const { machine, usage, merged } = card;
	const name = card.alias ?? card.label;
	const id = `machine-${machine}`;
	const only = view.href({ machine: { only: [machine], not: [] } });
	const silent = card.isArchived === 1 ? undefined : silentDays({ ...card, uuid: machine }, shell.now);
	return (
		<article class="machine" aria-labelledby={escapeAttribute(id)}>
			<div class="machine-head">
				<span class={["dot", silent === undefined ? "dot-ok" : "dot-warn"]} />
				<h3 class="machine-name" id={escapeAttribute(id)}>
					<a href={escapeAttribute(only)} title={escapeAttribute(machine)} safe>
						{name}
					</a>
				</h3>
				{card.isArchived === 1 ? <span class="tag tag-plain">Archived</span> : null}
				{silent === undefined ? null : <span class="tag tag-warn" safe>{`Silent ${silent} d`}</span>}
				<span class={["machine-cost", isPartlyPriced(usage) && "warn-text"]} safe>
					{costOf(usage)}
				</span>
			</div>
			<p class="machine-what" safe>
				{whatOf(card)}
			</p>
			<div class="machine-facts">
				<Facts {...props} />
				<SparkLine values={card.costs} />
			</div>
			{warningsOf(card, data, shell.now).map((warning) => (
				<p class="machine-warning" safe>
					{warning}
				</p>
			))}
			{merged.length === 0 ? null : (
				<p class="machine-merged" safe>
					{`Counted together with ${merged.map(({ alias, label }) => alias ?? label).join(", ")}.`}
				</p>
			)}
			<MachineForms {...props} />
		</article>
	);
}

/** `Linux · PromptPulse 1.2.0 · Europe/Berlin`, as far as it is known. */
function whatOf({ alias, label, os, client, zone }: MachineCard): string {
	const parts = [
		alias === null ? undefined : label,
		os === null ? undefined : nameSystem(os),
		client === null ? undefined : `PromptPulse ${client}`,
		zone ?? undefined,
	];
	return parts.filter((part) => part !== undefined).join(" · ");
}

function Facts({ shell, data, card }: MachinesProps & { card: MachineCard }) {
	const { usage } = card;
	const today = dayOf(shell.now, shell.zone);
	const total = Number(data.total.costNanoUsd);
	const facts: [name: string, value: string, title?: string][] = [
		["Share", total === 0 ? "–" : percent(Number(usage.costNanoUsd) / total)],
		["Responses", whole(usage.responses)],
		["Tokens", short(totalTokens(usage)), whole(totalTokens(usage))],
		["Active days, ever", whole(card.days)],
		["First seen", moment(card.firstSeen, shell.zone, today)],
		["Last seen", moment(card.lastSeen, shell.zone, today)],
	];
	return (
		<dl class="machine-list">
			{facts.map(([fact, value, title]) => (
				<div class="machine-fact">
					<dt safe>{fact}</dt>
					<dd title={title === undefined ? undefined : escapeAttribute(title)} safe>
						{value}
					</dd>
				</div>
			))}
			{hasNoPrice(usage) ? (
				<div class="machine-fact">
					<dt>Without a price</dt>
					<dd safe>{counted(usage.unpriced, "response")}</dd>
				</div>
			) : null}
		</dl>
	);
}
