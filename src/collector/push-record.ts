import type { Database, Transaction } from "../ledger/database.ts";
import type { EventRow } from "../ledger/event-rows.ts";
import {
	changeSetAside,
	findAccount,
	findTarget,
	forgetAcknowledged,
	type PushTarget,
	saveTarget,
} from "../ledger/push-targets.ts";
import { forgetSentTotals } from "../ledger/sent-totals.ts";
import { countUnsent, type HeldBack, listUnsent } from "../ledger/unsent.ts";
import { MOST_EVENTS, type UploadReply } from "../usage/upload.ts";
import { PushQueue } from "./push-queue.ts";

/** What a push came to, in events. */
export type PushCounts = {
	/** Acknowledged: new to the server, or more than it knew. */
	sent: number;
	/** Acknowledged: it knew as much. */
	known: number;
	/** Acknowledged and not kept there: older than what the person wants kept. */
	expired: number;
	/** Refused and kept aside, by reason. */
	setAside: Record<string, number>;
};

/** Whose usage goes where, under which key, and what of it stays here. */
export type PushParties = { user: number; server: string; keyDigest: string; heldBack: HeldBack };

/**
 * The ledger's side of a push: what is still to be sent to an account, and what was acknowledged. Each answer is noted
 * in one transaction.
 */
export class PushRecord {
	readonly counts: PushCounts = { sent: 0, known: 0, expired: 0, setAside: {} };
	/** How often the server turned out to have another ledger. */
	newLedgers = 0;
	#hasAccepted = false;
	#account: string | undefined;
	/** Undefined until the server has acknowledged anything. */
	#ledger: string | undefined;
	#queue = new PushQueue(0);
	/** Refused one by one. They are set aside once another is accepted, which shows that it is their own fault. */
	#refused: { row: EventRow; code: string }[] = [];

	/**
	 * @param resend everything is to be sent once more
	 * @param now epoch ms
	 */
	constructor(
		readonly db: Database,
		readonly parties: PushParties,
		readonly resend: boolean,
		readonly now: () => number,
	) {}

	/** Whether it is known whose key it is. */
	get hasAccount(): boolean {
		return this.#account !== undefined;
	}

	/** How many events are done with, whatever became of them. */
	get done(): number {
		const { sent, known, expired, setAside } = this.counts;
		return Object.values(setAside).reduce((sum, count) => sum + count, sent + known + expired);
	}

	get hasRefused(): boolean {
		return this.#refused.length > 0;
	}

	/** Goes on where the last push under this key ended. */
	async open(): Promise<void> {
		const { user, server, keyDigest } = this.parties;
		await this.#resume(await findTarget(this.db, user, server, keyDigest));
	}

	/** Goes on where the last push to this account ended, now that it is known whose key it is. */
	async useAccount(account: string): Promise<void> {
		const { user, server } = this.parties;
		const known = await findAccount(this.db, user, server, account);
		await this.#resume(known);
		this.#account = account;
		if (known) await this.#save(known.ledger, []);
	}

	countUnsent(): Promise<number> {
		const { user, heldBack } = this.parties;
		return countUnsent(this.db, user, this.#queue.settledTo, heldBack);
	}

	/** The next events to send, all of one machine; none when everything was sent. */
	async take(most: number): Promise<readonly EventRow[]> {
		const { user, heldBack } = this.parties;
		while (this.#queue.isEmpty) {
			const rows = await listUnsent(this.db, user, this.#queue.readTo, MOST_EVENTS, heldBack);
			if (rows.length === 0) break;
			this.#queue.add(rows);
		}
		return this.#queue.take(most);
	}

	/** Events that were taken and not accepted are to be taken again, in these lots. */
	putBack(...lots: (readonly EventRow[])[]): void {
		this.#queue.putBack(...lots);
	}

	/** Notes what a server answered. If it has another ledger than before, everything else begins anew. */
	async acknowledge(rows: readonly EventRow[], reply: UploadReply): Promise<void> {
		if (this.#ledger !== undefined && this.#ledger !== reply.ledger) await this.#startAnew(reply.ledger);
		this.counts.sent += reply.stored + reply.raised;
		this.counts.known += reply.duplicates;
		this.counts.expired += reply.expired;
		this.#hasAccepted = true;
		const codes = new Map(reply.rejected.map(({ index, code }) => [rows[index], code]));
		for (const [row, code] of codes) if (row) this.#refused.push({ row, code });
		await this.#save(
			reply.ledger,
			rows.filter((row) => !codes.has(row)),
		);
	}

	refuse(row: EventRow, code: string): void {
		this.#refused.push({ row, code });
	}

	/** Sets aside what was refused last, if it is its own fault. */
	async finish(): Promise<void> {
		if (this.#hasAccepted && this.hasRefused) await this.#save(this.#ledger ?? "", []);
	}

	async #resume(target: PushTarget | undefined): Promise<void> {
		if (!target) return;
		if (this.resend) await this.db.transaction((tx) => forgetAcknowledged(tx, target.id));
		// What was held back before may have to be sent now.
		const hasHeldBack = target.since > (this.parties.heldBack.since ?? 0);
		this.#queue = new PushQueue(this.resend || hasHeldBack ? 0 : target.acknowledged);
		this.#account = target.account;
		this.#useLedger(target.ledger);
	}

	/** It is empty where totals were to be sent, and nothing was acknowledged yet. */
	#useLedger(ledger: string): void {
		this.#ledger = ledger === "" ? undefined : ledger;
	}

	/** The server was restored or has another database: it may lack what it once acknowledged. */
	async #startAnew(ledger: string): Promise<void> {
		this.newLedgers++;
		this.#queue = new PushQueue(0);
		this.#refused = [];
		await this.#save(ledger, [], async (tx, target) => {
			await forgetAcknowledged(tx, target);
			await forgetSentTotals(tx, target);
		});
	}

	/** @param beside what else is true from then on, of the target of this number */
	async #save(
		ledger: string,
		accepted: readonly EventRow[],
		beside?: (tx: Transaction, target: number) => Promise<void>,
	): Promise<void> {
		const { user, server, keyDigest, heldBack } = this.parties;
		const { since = 0 } = heldBack;
		const keys = accepted.map(({ event }) => event.key);
		const refused = this.#refused.map(({ row, code }) => ({ key: row.event.key, code }));
		this.#queue.settle(accepted);
		this.#queue.settle(this.#refused.map(({ row }) => row));
		const acknowledged = this.#queue.settledTo;
		const target = { server, account: this.#account ?? "", ledger, keyDigest, acknowledged, since };
		await this.db.transaction(async (tx) => {
			const { id } = await saveTarget(tx, user, target, this.now());
			await changeSetAside(tx, id, refused, keys, this.now());
			await beside?.(tx, id);
		});
		this.#useLedger(ledger);
		this.#refused = [];
		for (const { code } of refused) count(this.counts.setAside, code);
	}
}

/** A server may choose any word, those included that every object has something for. */
function count(counts: Record<string, number>, code: string): void {
	const before = Object.hasOwn(counts, code) ? counts[code] : undefined;
	counts[code] = (before ?? 0) + 1;
}
