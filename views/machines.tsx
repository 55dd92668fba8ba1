import type { MachineCard } from "../src/reports/machine-cards.ts";
import type { ReportedMachineRow } from "../src/reports/reported.ts";
import { MACHINE_ORDERS, type MachineOrder, type MachinesQuery } from "../src/usage/machines-query.ts";
import type { Usage } from "../src/usage/usage.ts";
import { MachineSection } from "./machines/machine-section.tsx";
import { ReportedMachines } from "./machines/reported-machines.tsx";
import { periodWords } from "./parts/days.ts";
import { Numbers } from "./parts/numbers.tsx";
import { escapeAttribute } from "./parts/safe-url.ts";
import { costOf, counted } from "./parts/words.ts";
import { type PageProps, UsagePage } from "./usage-page.tsx";

/** What the page of machines shows. */
export type MachinesData = {
	cards: MachineCard[];
	/** All machines, for a choice of what to merge into. */
	others: { uuid: string; label: string }[];
	/** How many of those that were asked for are archived. */
	archived: number;
	/** The client versions of all machines. */
	clients: string[];
	/** What all machines are called: some names may be there twice. */
	labels: string[];
	/** Names under which only totals came. */
	reported: ReportedMachineRow[];
	/** What was used on all that were asked for, archived or not. */
	total: Usage;
};

export type MachinesProps = PageProps<MachinesQuery, MachinesData>;

const ORDER_NAMES: Record<MachineOrder, string> = { cost: "Cost", seen: "Last seen", label: "Name" };

/** Every installation that usage came from: how it does, what it used, and what it is called. */
export function MachinesPage(props: MachinesProps) {
	const { shell, view, data } = props;
	const { cards, total } = data;
	const { query } = view;
	const days = periodWords(query.period);
	const summary = `${counted(cards.length, "machine")}, ${costOf(total)}, ${days}.`;
	return (
		<UsagePage props={props} current="machines" title={`${shell.title}: ${days}`} summary={summary}>
			<section class="card machines" id="machines" aria-labelledby="machines-title">
				<div class="card-head">
					<h2 id="machines-title" safe>
						{counted(cards.length, "machine")}
					</h2>
					<p class="card-sub" safe>{`${costOf(total)} in these days`}</p>
					<Orders {...props} />
				</div>
				{cards.length === 0 ? <p class="card-empty">No machine matches.</p> : null}
				{cards.map((card) => (
					<MachineSection {...props} card={card} />
				))}
				<Archived {...props} />
				<Numbers id="machines" of="Machines" view={view} />
			</section>
			<ReportedMachines reported={data.reported} view={view} />
		</UsagePage>
	);
}

function Orders({ view }: MachinesProps) {
	return (
		<nav class="segments segments-small machines-orders" aria-label="Order">
			{MACHINE_ORDERS.map((sort) => (
				<a
					class="segment"
					id={`sort-${sort}`}
					href={escapeAttribute(view.href({ sort }))}
					aria-current={sort === view.query.sort ? "true" : undefined}
					safe
				>
					{ORDER_NAMES[sort]}
				</a>
			))}
		</nav>
	);
}

/** Archived machines are not in the list; what they used is in every sum. */
function Archived({ view, data: { archived } }: MachinesProps) {
	if (archived === 0) return null;
	const isShown = view.query.archived;
	return (
		<p class="card-foot machines-archived">
			<span safe>{`${counted(archived, "machine")} archived. What was used on them is in every sum. `}</span>
			<a href={escapeAttribute(view.href({ archived: !isShown }))}>
				{isShown ? "Leave them out" : "Show them"}
			</a>
		</p>
	);
}
