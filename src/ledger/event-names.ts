import type { UsageEvent } from "../usage/event.ts";
import type { Batch, Transaction } from "./database.ts";
import { type EventNames, type EventRow, NO_EXTRA } from "./event-rows.ts";
import { NameNumbers, type NameTable } from "./names.ts";

/** Where an event stands now, and where it stood. */
type Pending = { before: EventRow | undefined; event: UsageEvent };

/** The numbers of what events are named by. */
export class EventNaming {
	private constructor(
		readonly sessions: LastName,
		readonly folders: LastName,
		readonly projects: LastName,
		readonly branches: LastName,
		readonly agents: LastName,
		readonly versions: LastName,
		readonly models: LastName,
	) {}

	/** @param events those that may be named */
	static async of(tx: Transaction, user: number, events: Iterable<UsageEvent>): Promise<EventNaming> {
		const sessions = new NameSet();
		const folders = new NameSet();
		const projects = new NameSet();
		const branches = new NameSet();
		const agents = new NameSet();
		const versions = new NameSet();
		const models = new NameSet();
		for (const event of events) {
			sessions.add(event.session);
			folders.add(event.folder);
			projects.add(event.project ?? "");
			branches.add(event.branch ?? "");
			agents.add(event.agent);
			versions.add(event.version);
			models.add(event.model);
			if (event.extra) for (const { model } of event.extra) models.add(model);
		}
		const number = async (table: NameTable, { names }: NameSet) =>
			new LastName(await NameNumbers.of(tx, table, user, names));
		return new EventNaming(
			...(await Promise.all([
				number("sessions", sessions),
				number("folders", folders),
				number("projects", projects),
				number("branches", branches),
				number("agents", agents),
				number("versions", versions),
				number("models", models),
			])),
		);
	}

	/** The numbers of an event's names; new names get one. Without `machine` it is the machine from before. */
	nameOf({ before, event }: Pending, machine: number | undefined): EventNames {
		// What an event kept of its old row need not have come along with those that are named here.
		if (before) this.#know(before);
		const of = machine ?? before?.names.machine;
		if (of === undefined) throw new Error(`event ${event.key} has no machine`);
		return {
			session: this.sessions.numberOf(event.session),
			folder: event.folder === undefined ? null : this.folders.numberOf(event.folder),
			project: this.projects.numberOf(event.project ?? ""),
			branch: this.branches.numberOf(event.branch ?? ""),
			agent: event.agent === undefined ? null : this.agents.numberOf(event.agent),
			machine: of,
			version: event.version === undefined ? null : this.versions.numberOf(event.version),
			model: this.models.numberOf(event.model),
			extra: event.extra?.map((part) => this.models.numberOf(part.model)) ?? NO_EXTRA,
		};
	}

	/** Writes the names that are new. */
	takeFresh(): Batch[] {
		const all = [
			this.sessions,
			this.folders,
			this.projects,
			this.branches,
			this.agents,
			this.versions,
			this.models,
		];
		return all.map(({ numbers }) => numbers.takeFresh());
	}

	#know({ event, names }: EventRow): void {
		this.sessions.know(event.session, names.session);
		this.folders.know(event.folder, names.folder);
		this.projects.know(event.project ?? "", names.project);
		this.branches.know(event.branch ?? "", names.branch);
		this.agents.know(event.agent, names.agent);
		this.versions.know(event.version, names.version);
		this.models.know(event.model, names.model);
		for (const [i, { model }] of (event.extra ?? []).entries()) {
			this.models.know(model, names.extra[i] ?? null);
		}
	}
}

/** An event mostly has the names of the event before. */
class NameSet {
	readonly names = new Set<string>();
	#last: string | undefined;

	add(name: string | undefined): void {
		if (name === this.#last || name === undefined) return;
		this.names.add(name);
		this.#last = name;
	}
}

/** The numbers of one kind of names, with the last one at hand. */
class LastName {
	#last: string | undefined;
	#lastNumber = 0;

	constructor(readonly numbers: NameNumbers) {}

	know(name: string | undefined, number: number | null): void {
		if (name !== undefined && number !== null) this.numbers.know(name, number);
	}

	numberOf(name: string): number {
		if (name === this.#last) return this.#lastNumber;
		this.#lastNumber = this.numbers.numberOf(name);
		this.#last = name;
		return this.#lastNumber;
	}
}
