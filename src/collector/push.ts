import type { Machine } from "../account/machine.ts";
import type { Database } from "../ledger/database.ts";
import type { EventRow } from "../ledger/event-rows.ts";
import type { HeldBack } from "../ledger/unsent.ts";
import type { LedgerUser } from "../ledger/users.ts";
import { type Privacy, veilEvent } from "../usage/privacy.ts";
import { MOST_EVENTS } from "../usage/upload.ts";
import { findHeldBack } from "./held-back.ts";
import { packEvents } from "./pack.ts";
import { half, halvesOf } from "./push-queue.ts";
import { type PushCounts, PushRecord } from "./push-record.ts";
import { Senders } from "./senders.ts";
import type { Server } from "./server.ts";
import {
	INCONSTANT,
	LATE,
	MOST_NEW_LEDGERS,
	type PushLimits,
	type PushStop,
	unreachable,
	Waiting,
} from "./waiting.ts";

/** What a push needs to know. */
export type PushOptions = {
	user: LedgerUser;
	/** The machine as it is now; other ones are sent as the ledger knows them. */
	machine: Machine;
	server: Server;
	privacy: Privacy;
	/** Sends everything once more. */
	resend?: boolean | undefined;
	/** Older responses stay here, epoch ms; 0 for none. What a rule of `privacy` ignores stays here too. */
	since?: number | undefined;
	/** Epoch ms. */
	now: () => number;
	sleep: (ms: number) => Promise<void>;
	/** From 0 to 1. */
	random: () => number;
} & PushLimits;

export type PushResult = PushCounts & {
	unsent: number;
	/** Why not everything was sent. */
	stop: PushStop | undefined;
};

/** So many single events refused in a row are not each one's own fault. */
const MOST_REFUSED_IN_A_ROW = 8;

/**
 * Sends a server what it has not acknowledged yet. It can be killed at any moment: what is acknowledged is noted after
 * each answer, and what is sent twice counts once. Where there is nothing to send the network is not touched.
 */
export async function push(db: Database, options: PushOptions): Promise<PushResult> {
	const { user, privacy, since } = options;
	return new Push(db, options, await findHeldBack(db, user.id, privacy, since)).run();
}

class Push {
	readonly #record: PushRecord;
	readonly #waiting: Waiting;
	readonly #senders: Senders;
	#refusedInARow = 0;
	/** How many events are sent at once: fewer after trouble, slowly more again. */
	#most = MOST_EVENTS;

	constructor(
		readonly db: Database,
		readonly options: PushOptions,
		heldBack: HeldBack,
	) {
		const { user, server, resend = false, now } = options;
		const parties = { user: user.id, server: server.address, keyDigest: server.keyDigest, heldBack };
		this.#record = new PushRecord(db, parties, resend, now);
		this.#waiting = new Waiting(db, { ...options, address: server.address });
		this.#senders = new Senders(db, user.id, options.machine);
	}

	async run(): Promise<PushResult> {
		const record = this.#record;
		await record.open();
		const all = await record.countUnsent();
		if (all === 0) return { ...record.counts, unsent: 0, stop: undefined };
		const stop = (await this.#waiting.findStop()) ?? (await this.#meetServer()) ?? (await this.#sendAll(all));
		return { ...record.counts, unsent: await record.countUnsent(), stop };
	}

	/** Asks whose key it is, unless that is known. */
	async #meetServer(): Promise<PushStop | undefined> {
		while (!this.#record.hasAccount) {
			const started = performance.now();
			const answer = await this.options.server.findAccount();
			if (answer.kind === "ok") await this.#record.useAccount(answer.body.id);
			else {
				const stop = await this.#waiting.after(answer, performance.now() - started);
				if (stop) return stop;
			}
		}
		return undefined;
	}

	/** @param all how many there were to send when it began */
	async #sendAll(all: number): Promise<PushStop | undefined> {
		const { isLate, progress } = this.options;
		// However late it is, each run sends something.
		for (let isOver = false; ; isOver = isLate?.() ?? false) {
			const rows = await this.#record.take(this.#most);
			if (rows.length === 0) break;
			if (isOver) return LATE;
			const stop = await this.#send(rows);
			if (stop) return stop;
			progress?.(this.#record.done, all);
		}
		await this.#record.finish();
		return this.#record.hasRefused ? unreachable("accepted nothing of what was sent") : undefined;
	}

	async #send(rows: readonly EventRow[]): Promise<PushStop | undefined> {
		const events = rows.map(({ event }) => veilEvent(event, this.options.privacy));
		const upload = packEvents(await this.#senders.findSender(rows), events);
		if (!upload) {
			this.#divide(rows, "too_large");
			return undefined;
		}
		const started = performance.now();
		const answer = await this.options.server.sendEvents(upload, rows.length);
		switch (answer.kind) {
			case "ok":
				this.#waiting.reset();
				this.#refusedInARow = 0;
				this.#most = Math.min(MOST_EVENTS, this.#most + Math.ceil(this.#most / 16));
				await this.#record.acknowledge(rows, answer.body);
				return this.#record.newLedgers > MOST_NEW_LEDGERS ? INCONSTANT : undefined;
			case "refused":
				return this.#divideRefused(rows, "refused");
			case "too_large":
				this.#most = half(rows);
				return this.#divideRefused(rows, "too_large");
			case "cut":
				this.#most = half(rows);
		}
		this.#record.putBack(rows);
		return this.#waiting.after(answer, performance.now() - started);
	}

	/** Halves what is not accepted as it is, until the event is found that it is about. */
	#divide(rows: readonly EventRow[], code: string): void {
		const [row] = rows;
		if (row && rows.length === 1) this.#record.refuse(row, code);
		else this.#record.putBack(...halvesOf(rows));
	}

	/** The same for what the server did not accept: it may be the server's fault. */
	#divideRefused(rows: readonly EventRow[], code: string): PushStop | undefined {
		this.#divide(rows, code);
		if (rows.length > 1) return undefined;
		this.#refusedInARow++;
		if (this.#refusedInARow < MOST_REFUSED_IN_A_ROW) return undefined;
		return unreachable(`refused ${this.#refusedInARow} responses one after the other`);
	}
}
