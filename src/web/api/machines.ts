import { type } from "arktype";
import { listReportedMachines } from "../../reports/reported.ts";
import { listTrackedMachines, type TrackedMachineRow } from "../../reports/tracked-machines.ts";
import { dayText } from "../../usage/day.ts";
import { dollars } from "../../usage/usage.ts";
import { type Route, route } from "../route.ts";
import { iso, MomentOrNever } from "./list.ts";
import { answerPage, type Order, pageOf } from "./paging.ts";
import { MachinesQuery } from "./usage-query.ts";

const MACHINES: Order = { list: "machines", by: ["n-", "t+", "t+"] };

const Machines = type({
	machine_id: "string",
	machine: "string | null",
	alias: "string | null",
	archived: "boolean",
	days_tracked: "number.integer",
	first_date: "string | null",
	last_date: "string | null",
	total_cost: "number",
	os: "string | null",
	client: "string | null",
	last_seen: MomentOrNever,
	reported: "boolean",
}).array();

/** One that only has old totals has no UUID. */
type Machine = Omit<TrackedMachineRow, "machine"> & { machine: string | null };

/** What nobody told of a machine that only has old totals. */
const NOTHING_KNOWN = { machine: null, alias: null, isArchived: 0, os: null, client: null } as const;

/** The machines of a person, and what was reported under names of machines. */
export function machineRoutes(): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/machines",
			access: "read",
			text: { summary: "Machines, the one with the latest usage first", reply: Machines },
			query: MachinesQuery,
			async answer(ask, { source: { db, asker } }) {
				const [tracked, reported] = await Promise.all([
					listTrackedMachines(db, asker),
					listReportedMachines(db, asker),
				]);
				const rows: Machine[] = [...tracked, ...reported.map((row) => ({ ...row, ...NOTHING_KNOWN }))];
				const page = pageOf(rows, MACHINES, placeOf, ask.query);
				return answerPage(ask, MACHINES, { ...page, items: page.items.map(rowOf) });
			},
		}),
	];
}

function placeOf({ lastDay, label, machine }: Machine) {
	return [lastDay ?? Number.MIN_SAFE_INTEGER, label, machine ?? ""];
}

function rowOf(row: Machine) {
	const { label, machine, alias, days, firstDay, lastDay, costNanoUsd, os, client, lastSeen } = row;
	return {
		machine_id: label,
		machine,
		alias,
		archived: row.isArchived === 1,
		days_tracked: days,
		first_date: firstDay === null ? null : dayText(firstDay),
		last_date: lastDay === null ? null : dayText(lastDay),
		total_cost: dollars(costNanoUsd),
		os,
		client,
		last_seen: iso(lastSeen),
		reported: machine === null,
	};
}
