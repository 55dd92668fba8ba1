import { dirname, join } from "node:path";
import { countNone, type Faults, type Injected } from "./faults.ts";
import { createDatabaseFile } from "./sql-session.ts";

/** How the server is set up. */
export type Settings = {
	/** The SQLite file of the database. */
	path: string;
	/** The name that clients know the database by. */
	database: string;
	apiKey: string;
	token: string;
	user: string;
	password: string;
	/** Of rowsets. */
	protocolVersion: 1 | 2;
	/** Bytes of a rowset's data from which on it is sent in chunks. */
	maxChunkSize: number;
	/** How long a statement waits for the lock of another connection. */
	busyMs: number;
};

/** What all connections of a server share. */
export class CloudState {
	readonly faults: Faults = {};
	readonly injected: Injected = countNone();
	/** What clients did that the protocol does not allow, or that is a fault of theirs in any case. */
	readonly violations: string[] = [];
	/** Requests that were answered after their connection's log-in, in the order of their answers. */
	commands: string[] = [];
	readonly #created = new Map<string, string>();

	constructor(readonly settings: Settings) {
		createDatabaseFile(settings.path);
	}

	get databases(): string[] {
		return [this.settings.database, ...this.#created.keys()];
	}

	findDatabase(name: string): string | undefined {
		return name === this.settings.database ? this.settings.path : this.#created.get(name);
	}

	/** Makes a file that is there already a database. */
	addDatabase(name: string, path: string): void {
		this.#created.set(name, path);
	}

	/** False if there is one of this name. */
	createDatabase(name: string): boolean {
		if (this.findDatabase(name) !== undefined) return false;
		const path = join(dirname(this.settings.path), `created-${this.#created.size + 1}.sqlite`);
		createDatabaseFile(path);
		this.#created.set(name, path);
		return true;
	}
}
