import { type MachinesData, MachinesPage } from "../../../views/machines.tsx";
import { listMachineCards, type MachineCard } from "../../reports/machine-cards.ts";
import { listReportedMachines } from "../../reports/reported.ts";
import { dayText } from "../../usage/day.ts";
import {
	MACHINE_ORDERS,
	MACHINES,
	type MachineOrder,
	type MachinesQuery,
	parseMachinesQuery,
} from "../../usage/machines-query.ts";
import type { Row } from "../../usage/table-row.ts";
import { dollars, sumUsage } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import type { Reading, UsagePage } from "./usage-page.ts";

/** `GET /machines`. */
export const machinesPage: UsagePage<MachinesQuery, MachinesData> = {
	path: "/machines",
	name: "machines",
	title: "Machines",
	current: "machines",
	listed: Number.POSITIVE_INFINITY,
	parameters: { sort: MACHINE_ORDERS, archived: ["0", "1"] },
	parse: parseMachinesQuery,
	kindOf: () => MACHINES,
	read: readMachines,
	render: MachinesPage,
	panels: { machines: ({ cards }) => cards.map(rowOf), reported: reportedRows },
	totals: ({ total }) => usageJson(total),
};

async function readMachines({ source, query, filter }: Reading<MachinesQuery>): Promise<MachinesData> {
	const { db, asker } = source;
	const [all, reported] = await Promise.all([
		listMachineCards(db, asker, filter, query.period),
		listReportedMachines(db, asker),
	]);
	const asked = all.filter((card) => isAsked(query, card));
	const cards = asked.filter(({ isArchived }) => query.archived || isArchived === 0);
	return {
		cards: cards.toSorted(ORDERS[query.sort]),
		others: all.map(({ machine, label, alias }) => ({ uuid: machine, label: alias ?? label })),
		archived: asked.filter(({ isArchived }) => isArchived === 1).length,
		clients: all.flatMap(({ client }) => client ?? []),
		labels: all.map(({ label, alias }) => alias ?? label),
		reported,
		total: sumUsage(asked.map(({ usage }) => usage)),
	};
}

/**
 * A filter of machines chooses which are shown, by the names of those that were merged into them, too; projects and models
 * choose what is counted on them.
 */
function isAsked(
	{ machine: { only, not } }: MachinesQuery,
	{ machine, label, merged }: MachineCard,
): boolean {
	const own = [machine, label, ...merged.flatMap((part) => [part.uuid, part.label])];
	const isNamed = (names: readonly string[]) => own.some((name) => names.includes(name));
	return (only.length === 0 || isNamed(only)) && !isNamed(not);
}

/** Of equals, the order is that of labels. */
const ORDERS: Record<MachineOrder, (a: MachineCard, b: MachineCard) => number> = {
	cost: (a, b) => Number(b.usage.costNanoUsd) - Number(a.usage.costNanoUsd),
	seen: (a, b) => b.lastSeen - a.lastSeen,
	label: (a, b) => compare(a.alias ?? a.label, b.alias ?? b.label),
};

function compare(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}

function rowOf(card: MachineCard): Row {
	return {
		machine: card.machine,
		label: card.label,
		alias: card.alias,
		archived: card.isArchived === 1,
		os: card.os,
		client: card.client,
		timezone: card.zone,
		firstSeen: new Date(card.firstSeen).toISOString(),
		lastSeen: new Date(card.lastSeen).toISOString(),
		daysTracked: card.days,
		merged: card.merged.length,
		...usageJson(card.usage),
	};
}

function reportedRows({ reported }: MachinesData): Row[] {
	return reported.map(({ label, days, firstDay, lastDay, costNanoUsd }) => ({
		label,
		days,
		firstDay: dayText(firstDay),
		lastDay: dayText(lastDay),
		totalCost: dollars(costNanoUsd),
	}));
}
