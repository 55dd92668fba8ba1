import type { Database, Transaction } from "../ledger/database.ts";
import {
	findAccount,
	findTarget,
	forgetAcknowledged,
	type PushTarget,
	saveTarget,
} from "../ledger/push-targets.ts";
import {
	countSentTotals,
	forgetSentTotals,
	type SentKind,
	saveSentNames,
	saveSentTotals,
	saveTotalsDone,
} from "../ledger/sent-totals.ts";
import { countUnsent } from "../ledger/unsent.ts";
import type { TotalKind } from "../usage/granularity.ts";
import type { TotalsReply } from "../usage/totals-reply.ts";
import { findHeldBack } from "./held-back.ts";
import type { PushOptions } from "./push.ts";
import { halvesOf } from "./push-queue.ts";
import { bodyOf, type DueTotal, lotsOf, planTotals, type TotalsPlan } from "./totals-plan.ts";
import { INCONSTANT, LATE, MOST_NEW_LEDGERS, type PushStop, Waiting } from "./waiting.ts";

export type TotalsPushOptions = PushOptions & { kind: TotalKind };

/** What a push of totals came to, in totals. */
export type TotalsResult = {
	granularity: TotalKind;
	found: number;
	/** Acknowledged, new ones and those in place of others. */
	sent: number;
	/** Refused and kept aside, by reason. */
	setAside: Record<string, number>;
	unsent: number;
	/** Whether the account has responses, in place of which it shows no totals. */
	hasResponses: boolean;
	/** Why not everything was sent. */
	stop: PushStop | undefined;
};

/**
 * Sends a server totals instead of responses: those that it does not have as they are now, each in place of the one
 * before. Where nothing has changed the network is not touched.
 */
export async function pushTotals(
	db: Database,
	options: TotalsPushOptions,
	source: TotalsSource = madeHere(db, options),
): Promise<TotalsResult> {
	return new TotalsPush(db, options, source).run();
}

/** Where totals come from. */
export type TotalsSource = {
	/** What they are noted as. */
	noted: SentKind;
	/** Whether there is none to be sent to somebody who has none. */
	isEmpty(): Promise<boolean>;
	/** @returns undefined where the account has everything */
	plan(target: PushTarget | undefined): Promise<TotalsPlan | undefined>;
	/** All are sent to this account once more. */
	forgetSent(tx: Transaction, target: number): Promise<void>;
};

/** Totals of the responses that are kept here. */
function madeHere(db: Database, options: TotalsPushOptions): TotalsSource {
	const { user, privacy, since, kind } = options;
	return {
		noted: kind,
		async isEmpty() {
			const heldBack = await findHeldBack(db, user.id, privacy, since);
			return (await countUnsent(db, user.id, 0, heldBack)) === 0;
		},
		plan: (target) => planTotals(db, options, target, false),
		forgetSent: forgetSentTotals,
	};
}

class TotalsPush {
	readonly #waiting: Waiting;
	readonly #result: TotalsResult;
	#target: PushTarget | undefined;
	#account: string | undefined;
	#newLedgers = 0;

	constructor(
		readonly db: Database,
		readonly options: TotalsPushOptions,
		readonly source: TotalsSource,
	) {
		this.#waiting = new Waiting(db, { ...options, address: options.server.address });
		this.#result = {
			granularity: options.kind,
			found: 0,
			sent: 0,
			setAside: {},
			unsent: 0,
			hasResponses: false,
			stop: undefined,
		};
	}

	async run(): Promise<TotalsResult> {
		const { user, server, kind } = this.options;
		this.#use(await findTarget(this.db, user.id, server.address, server.keyDigest));
		if (!this.#target) {
			if (await this.source.isEmpty()) return this.#result;
			const stop = (await this.#waiting.findStop()) ?? (await this.#meetServer());
			if (stop) return { ...this.#result, stop, ...(await this.#countDue()) };
		}
		if (this.options.resend && this.#target) {
			const { id } = this.#target;
			await this.db.transaction((tx) => this.source.forgetSent(tx, id));
		}
		const plan = await this.#plan();
		if (!plan) {
			const counts = this.#target ? await countSentTotals(this.db, this.#target.id) : [];
			return { ...this.#result, found: counts.find((one) => one.kind === kind)?.totals ?? 0 };
		}
		return this.#carryOut(plan);
	}

	#use(target: PushTarget | undefined): void {
		this.#target = target;
		this.#account = target?.account ?? this.#account;
		this.#result.hasResponses = (target?.acknowledged ?? 0) > 0;
	}

	#plan(): Promise<TotalsPlan | undefined> {
		return this.source.plan(this.#target);
	}

	/** How many there are and how many are to be sent, where nothing can be. */
	async #countDue(): Promise<Pick<TotalsResult, "found" | "unsent">> {
		const plan = await this.#plan();
		return { found: plan?.found ?? 0, unsent: plan?.due.length ?? 0 };
	}

	/** Asks whose key it is, and goes on where the last push to this account ended. */
	async #meetServer(): Promise<PushStop | undefined> {
		const { user, server } = this.options;
		for (;;) {
			const started = performance.now();
			const answer = await server.findAccount();
			if (answer.kind === "ok") {
				this.#account = answer.body.id;
				const known = await findAccount(this.db, user.id, server.address, answer.body.id);
				this.#use(known);
				// It is known by this key, too, from now on.
				if (known) await this.db.transaction((tx) => this.#saveTarget(tx, known.ledger));
				return undefined;
			}
			const stop = await this.#waiting.after(answer, performance.now() - started);
			if (stop) return stop;
		}
	}

	async #carryOut(first: TotalsPlan): Promise<TotalsResult> {
		const { isLate, progress } = this.options;
		let plan = first;
		let lots = lotsOf(plan.due);
		let stop = lots.length > 0 ? await this.#waiting.findStop() : undefined;
		if (lots.length > 0 && !stop) await this.#noteNames(plan);
		while (lots.length > 0 && !stop) {
			const [lot = [], ...rest] = lots;
			const sent = await this.#send(lot);
			stop = sent.stop;
			if (sent.isNewLedger) {
				plan = (await this.#plan()) ?? plan;
				lots = lotsOf(plan.due);
			} else lots = [...sent.again, ...rest];
			progress?.(plan.due.length - countIn(lots), plan.due.length);
			if (lots.length > 0 && isLate?.()) stop ??= LATE;
		}
		const unsent = countIn(lots);
		if (!stop) await this.#finish(plan);
		return { ...this.#result, found: plan.found, unsent, stop };
	}

	/** Before anything is sent: an answer may get lost, and the server then knows totals by names that nobody noted. */
	async #noteNames({ names }: TotalsPlan): Promise<void> {
		if (!names) return;
		this.#target = await this.db.transaction(async (tx) => {
			const saved = await this.#saveTarget(tx, this.#target?.ledger ?? "");
			await saveSentNames(tx, saved.id, names.labels, names.zone);
			return saved;
		});
	}

	/** Sends some totals. `again`: what of them is to be sent once more, in these lots. */
	async #send(lot: DueTotal[]): Promise<Sent> {
		const { server, kind } = this.options;
		const started = performance.now();
		const answer = await server.sendTotals(kind, bodyOf(lot), lot.length);
		const done = { again: [], stop: undefined, isNewLedger: false };
		if (answer.kind === "ok") {
			this.#waiting.reset();
			return { ...done, ...(await this.#acknowledge(lot, answer.body)) };
		}
		if (answer.kind === "too_large" && lot.length > 1) return { ...done, again: halvesOf(lot) };
		const stop = await this.#waiting.after(
			answer.kind === "too_large" ? { ...answer, kind: "unfit" } : answer,
			performance.now() - started,
		);
		return { ...done, again: answer.kind === "cut" && lot.length > 1 ? halvesOf(lot) : [lot], stop };
	}

	async #acknowledge(lot: DueTotal[], reply: TotalsReply): Promise<Partial<Sent>> {
		const { ledger, processed } = reply;
		const known = this.#target?.ledger ?? "";
		if (known !== "" && known !== ledger) return this.#startAnew(ledger);
		const isNone = processed === 0;
		// Which of them were not kept is not told.
		if (!isNone && processed < lot.length) return { again: halvesOf(lot) };
		const rows = lot.map((total) => ({ ...total, isRefused: isNone }));
		this.#target = await this.db.transaction(async (tx) => {
			const saved = await this.#saveTarget(tx, ledger);
			await saveSentTotals(tx, saved.id, this.source.noted, rows);
			return saved;
		});
		if (!isNone) this.#result.sent += lot.length;
		else this.#result.setAside.not_kept = (this.#result.setAside.not_kept ?? 0) + lot.length;
		return {};
	}

	/** The server was restored or has another database: it may lack what it once acknowledged. */
	async #startAnew(ledger: string): Promise<Partial<Sent>> {
		this.#newLedgers++;
		const target = await this.db.transaction(async (tx) => {
			const saved = await this.#saveTarget(tx, ledger);
			await forgetAcknowledged(tx, saved.id);
			await forgetSentTotals(tx, saved.id);
			return saved;
		});
		this.#use({ ...target, acknowledged: 0 });
		return { isNewLedger: true, stop: this.#newLedgers > MOST_NEW_LEDGERS ? INCONSTANT : undefined };
	}

	#saveTarget(tx: Transaction, ledger: string): Promise<PushTarget> {
		const { user, server, since = 0, now } = this.options;
		const target = {
			server: server.address,
			account: this.#account ?? "",
			ledger,
			keyDigest: server.keyDigest,
			acknowledged: this.#target?.acknowledged ?? 0,
			since: this.#target?.since ?? since,
		};
		return saveTarget(tx, user.id, target, now());
	}

	async #finish({ done }: TotalsPlan): Promise<void> {
		const target = this.#target;
		if (target && done) await this.db.transaction((tx) => saveTotalsDone(tx, target.id, done));
	}
}

type Sent = { again: DueTotal[][]; stop: PushStop | undefined; isNewLedger: boolean };

function countIn(lots: readonly DueTotal[][]): number {
	return lots.reduce((sum, lot) => sum + lot.length, 0);
}
