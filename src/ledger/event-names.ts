import type { UsageEvent } from "../usage/event.ts";
import type { Transaction } from "./database.ts";
import { type EventNames, type EventRow, NO_EXTRA } from "./event-rows.ts";
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
	const sessions = new Names("sessions");
	const folders = new Names("folders");
	const projects = new Names("projects");
	const branches = new Names("branches");
	const agents = new Names("agents");
	const versions = new Names("versions");
	const models = new Names("models");
	for (const { event } of pending) {
		sessions.add(event.session);
		folders.add(event.folder);
		projects.add(event.project ?? "");
		branches.add(event.branch ?? "");
		agents.add(event.agent);
		versions.add(event.version);
		models.add(event.model);
		if (event.extra) for (const { model } of event.extra) models.add(model);
	}
	for (const names of [sessions, folders, projects, branches, agents, versions, models]) {
		await names.number(tx, user);
	}
	return (event, before) => {
		const machine = machines[event.machine ?? ""] ?? before?.names.machine;
		if (machine === undefined) throw new Error(`event ${event.key} has no machine`);
		return {
			session: sessions.find(event.session),
			folder: event.folder === undefined ? null : folders.find(event.folder),
			project: projects.find(event.project ?? ""),
			branch: branches.find(event.branch ?? ""),
			agent: event.agent === undefined ? null : agents.find(event.agent),
			machine,
			version: event.version === undefined ? null : versions.find(event.version),
			model: models.find(event.model),
			extra: event.extra?.map((part) => models.find(part.model)) ?? NO_EXTRA,
		};
	};
}

/** Names of one kind. An event mostly has those of the event before, so the last one is always at hand. */
class Names {
	readonly #names = new Set<string>();
	#ids: ReadonlyMap<string, number> = new Map();
	#last: string | undefined;
	#lastId = 0;

	constructor(readonly table: NameTable) {}

	add(name: string | undefined): void {
		if (name === this.#last || name === undefined) return;
		this.#names.add(name);
		this.#last = name;
	}

	async number(tx: Transaction, user: number): Promise<void> {
		this.#ids = await internNames(tx, this.table, user, this.#names);
		this.#last = undefined;
	}

	find(name: string): number {
		if (name === this.#last) return this.#lastId;
		const id = this.#ids.get(name);
		if (id === undefined) throw new Error(`${JSON.stringify(name)} is missing in ${this.table}`);
		this.#last = name;
		this.#lastId = id;
		return id;
	}
}
