import { AppError } from "../../errors.ts";
import type { Transaction } from "../database.ts";
import { CloudTransaction } from "./cloud-transaction.ts";
import { lookFor } from "./commits.ts";
import { isPassing } from "./for-people.ts";
import type { KnownTexts } from "./known-texts.ts";
import type { Pool } from "./pool.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import type { Lease } from "./transaction-requests.ts";
import type { WriterTurns } from "./writer-turns.ts";

type Work<Result> = (tx: Transaction) => Promise<Result>;

/** What a work came to by itself. */
type Ended<Result> = { result: Result } | { error: unknown };

/** Transactions, each of which is there once in the end or not at all, whatever gets lost on the way. */
export class Writing {
	constructor(
		private readonly pool: Pool,
		private readonly turns: WriterTurns,
		private readonly texts: KnownTexts,
		private readonly retry: RetryPolicy,
	) {}

	/**
	 * @param work may run again, after all it did was taken back
	 * @throws what `work` throws, CloudError, and AppError `database_unreachable` where nobody knows
	 */
	transact<Result>(work: Work<Result>): Promise<Result> {
		let isApart = false;
		const attempt = async (): Promise<Result> => {
			const tx = new CloudTransaction(this.texts, { lend: () => this.#lend(), isApart });
			const ended = await end(work, tx);
			try {
				return await this.#conclude(ended, tx);
			} catch (error) {
				await tx.rollBack();
				if (isApart || !isWorthTellingApart(ended, tx)) throw error;
				isApart = true;
				return attempt();
			}
		};
		return retrying(this.retry, attempt, isPassing);
	}

	async #conclude<Result>(ended: Ended<Result>, tx: CloudTransaction): Promise<Result> {
		// Whatever a work makes of a lost connection, the connection was lost.
		if ("error" in ended) throw isPassing(tx.failure?.error) ? tx.failure.error : ended.error;
		const doubt = await tx.commit();
		if (doubt && !(await this.#wasKept(doubt.id))) throw doubt.error;
		return ended.result;
	}

	/** @throws AppError `database_unreachable` where it cannot be found out */
	async #wasKept(id: string): Promise<boolean> {
		const { sql, parameters, isAnswer } = lookFor(id);
		const look = async () => {
			const lease = await this.#lend();
			try {
				const { rows } = await lease.connection.send(sql, parameters, isAnswer);
				return rows[0]?.kept === 1;
			} finally {
				// One statement leaves no transaction open.
				lease.release();
			}
		};
		try {
			return await retrying(this.retry, look, isPassing);
		} catch (error) {
			throw new AppError(
				"database_unreachable",
				"The connection to the database was lost at the end of a change, and whether the change was kept could not be found out.",
				"Look whether it is there, and otherwise try again in a moment.",
				{ cause: error },
			);
		}
	}

	async #lend(): Promise<Lease> {
		const endTurn = await this.turns.take();
		try {
			const connection = await this.pool.acquire();
			return {
				connection,
				release: () => {
					this.pool.release(connection);
					endTurn();
				},
				discard: () => {
					this.pool.discard(connection);
					endTurn();
				},
			};
		} catch (error) {
			endTurn();
			throw error;
		}
	}
}

async function end<Result>(work: Work<Result>, tx: Transaction): Promise<Ended<Result>> {
	try {
		return { result: await work(tx) };
	} catch (error) {
		return { error };
	}
}

/** Where an error may be another's than who got it: a work that went on after it, or questions that came together. */
function isWorthTellingApart(ended: Ended<unknown>, tx: CloudTransaction): boolean {
	if (!tx.failure?.isVague) return false;
	return tx.failure.isOfForm || tx.wentOnAfterFailure || "result" in ended;
}
