import type { UsageEvent } from "../usage/event.ts";
import type { Transaction } from "./database.ts";
import type { EventNames, EventRow } from "./event-rows.ts";
import { internNames, type NameTable } from "./names.ts";

/** Gives the numbers of an event's names. */
export type NameLookup = (event: UsageEvent, before: EventRow | undefined) => EventNames;

/**
 * Gives every name in these events a number and returns what finds them.
 *
 * @param machines numbers of the machines whose events these may be; else the number is the one from before
 */
export async function nameEvents(
	tx: Transaction,
	user: number,
	machines: Readonly<Record<string, number>>,
	pending: readonly { event: UsageEvent }[],
): Promise<NameLookup> {
	const intern = async (table: NameTable, pick: (event: UsageEvent) => Iterable<string | undefined>) => {
		const names = new Set<string>();
		for (const { event } of pending) for (const name of pick(event)) if (name !== undefined) names.add(name);
		const ids = await internNames(tx, table, user, names);
		return (name: string): number => {
			const id = ids.get(name);
			if (id === undefined) throw new Error(`${JSON.stringify(name)} is missing in ${table}`);
			return id;
		};
	};
	const session = await intern("sessions", (event) => [event.session]);
	const folder = await intern("folders", (event) => [event.folder]);
	const project = await intern("projects", (event) => [event.project ?? ""]);
	const branch = await intern("branches", (event) => [event.branch ?? ""]);
	const agent = await intern("agents", (event) => [event.agent]);
	const version = await intern("versions", (event) => [event.version]);
	const model = await intern("models", (event) => [
		event.model,
		...(event.extra ?? []).map((part) => part.model),
	]);
	return (event, before) => {
		const machine = machines[event.machine ?? ""] ?? before?.names.machine;
		if (machine === undefined) throw new Error(`event ${event.key} has no machine`);
		return {
			session: session(event.session),
			folder: event.folder === undefined ? null : folder(event.folder),
			project: project(event.project ?? ""),
			branch: branch(event.branch ?? ""),
			agent: event.agent === undefined ? null : agent(event.agent),
			machine,
			version: event.version === undefined ? null : version(event.version),
			model: model(event.model),
			extra: (event.extra ?? []).map((part) => model(part.model)),
		};
	};
}
