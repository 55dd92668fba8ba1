import type { Machine } from "../account/machine.ts";
import type { Reader } from "../ledger/database.ts";
import type { EventRow } from "../ledger/event-rows.ts";
import { findMachine } from "../ledger/unsent.ts";

/** The machines whose events are sent: this one as it is now, other ones as the ledger knows them. */
export class Senders {
	readonly #known = new Map<string, Machine>();

	constructor(
		readonly db: Reader,
		readonly user: number,
		own: Machine | undefined,
	) {
		if (own) this.#known.set(own.uuid, own);
	}

	/** @param rows events of one machine, at least one */
	async findSender([row]: readonly EventRow[]): Promise<Machine> {
		const uuid = row?.event.machine ?? "";
		const machine = this.#known.get(uuid) ?? (await findMachine(this.db, this.user, uuid));
		if (!machine) throw new Error(`the machine ${uuid} is not in the ledger`);
		this.#known.set(uuid, machine);
		return machine;
	}
}
