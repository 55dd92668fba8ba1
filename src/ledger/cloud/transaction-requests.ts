import { CloudError } from "./cloud-error.ts";
import { endingOf } from "./commits.ts";
import type { Connection, Reply } from "./connection.ts";
import { hasNoColumns, joined, loadsOf, type Statement } from "./statement.ts";

const BEGIN: Statement = { sql: "begin immediate", parameters: [] };

/** Codes of errors after which the transaction is as it was before the statement: its text, or a constraint. */
const HARMLESS = [1, 19, 20, 25];
const CONSTRAINT = 19;
const NO_LEADER = 10_006;

/** A connection to write through, and the turn to do so. It ends with one of both, once. */
export type Lease = {
	connection: Pick<Connection, "send">;
	/** No transaction is open. */
	release(): void;
	/** One may be open, or nobody knows. */
	discard(): void;
};

/** Why a transaction cannot be kept any more. */
export type Failure = {
	error: unknown;
	/** Which of several statements the error is about was not said: sent one after the other, it would be. */
	isVague: boolean;
	/** Of questions that were asked together, which may go well one by one. */
	isOfForm: boolean;
};

/** What is to be looked for where nobody knows whether a transaction was kept. */
export type Doubt = { id: string; error: CloudError };

export type RequestOptions = {
	/** @throws CloudError */
	lend: () => Promise<Lease>;
	/** What was written and each thing that is asked after it go one after the other, so that errors are told apart. */
	isApart: boolean;
};

/** What one try of a transaction sends. It begins with the first request, and no request follows one that failed it. */
export class TransactionRequests {
	readonly #options: RequestOptions;
	#lease: Lease | undefined;
	#hasBegun = false;
	#failure: Failure | undefined;

	constructor(options: RequestOptions) {
		this.#options = options;
	}

	get failure(): Failure | undefined {
		return this.#failure;
	}

	/** Nothing is sent any more but what takes it all back. */
	fail(error: unknown): void {
		this.#failure ??= { error, isVague: false, isOfForm: false };
	}

	/**
	 * Sends a statement after what was written before it.
	 *
	 * @param isOfForm it is several questions together
	 * @returns the reply to the statement
	 */
	async ask(writes: readonly Statement[], statement: Statement, isOfForm: boolean): Promise<Reply> {
		const isApart = this.#options.isApart && writes.length > 0;
		const requests = isApart ? [writes, [statement]] : loadsOf([...writes, statement]);
		const last = requests.pop() ?? [];
		for (const request of requests) await this.#send(request);
		return this.#send(last, { isAlone: last.length === 1, isOfForm });
	}

	/** Sends what was written: as much as a request holds. */
	async write(writes: readonly Statement[]): Promise<void> {
		await this.#send(writes);
	}

	/**
	 * Ends it so that it is kept.
	 *
	 * @returns what to look for where that is in doubt
	 * @throws what keeps it from being kept; then it has to be rolled back
	 */
	async commit(writes: readonly Statement[]): Promise<Doubt | undefined> {
		const id = crypto.randomUUID();
		const requests = loadsOf([...writes, ...endingOf(id)]);
		const last = requests.pop() ?? [];
		for (const request of requests) await this.#send(request);
		try {
			await this.#send(last);
		} catch (error) {
			if (!isInDoubt(error)) throw error;
			this.#takeLease()?.discard();
			return { id, error };
		}
		this.#takeLease()?.release();
		return undefined;
	}

	/** Leaves nothing behind. Never throws: a connection that cannot do it is given up, and the server does it. */
	async rollBack(): Promise<void> {
		const lease = this.#takeLease();
		if (!lease) return;
		try {
			if (this.#hasBegun) await lease.connection.send("rollback", [], hasNoColumns);
		} catch (error) {
			if (!isWithoutTransaction(error)) {
				lease.discard();
				return;
			}
		}
		lease.release();
	}

	#takeLease(): Lease | undefined {
		const lease = this.#lease;
		this.#lease = undefined;
		return lease;
	}

	/** @param asked what is known of the last statement, if somebody waits for its reply */
	async #send(
		statements: readonly Statement[],
		asked?: { isAlone: boolean; isOfForm: boolean },
	): Promise<Reply> {
		if (this.#failure) throw this.#failure.error;
		try {
			this.#lease ??= await this.#options.lend();
			const { sql, parameters, isAnswer } = joined(this.#hasBegun ? statements : [BEGIN, ...statements]);
			this.#hasBegun = true;
			return await this.#lease.connection.send(sql, parameters, isAnswer);
		} catch (error) {
			if (asked?.isAlone && isHarmless(error)) throw error;
			this.#failure = {
				error,
				isVague: isRefused(error) && asked !== undefined && (asked.isOfForm || !asked.isAlone),
				isOfForm: asked?.isOfForm === true && !isConstraint(error),
			};
			throw error;
		}
	}
}

function isRefused(error: unknown): error is CloudError {
	return error instanceof CloudError && error.fate === "refused";
}

/** Otherwise SQLite may have rolled all of it back, and what comes next would be kept by itself. */
function isHarmless(error: unknown): boolean {
	return isRefused(error) && HARMLESS.includes(error.code ?? 0);
}

/** Nothing that only asks gives one. */
function isConstraint(error: unknown): boolean {
	return isRefused(error) && error.code === CONSTRAINT;
}

/** Without a leader the servers may still come to agree on what was committed. */
function isInDoubt(error: unknown): error is CloudError {
	return error instanceof CloudError && (error.fate === "unknown" || error.code === NO_LEADER);
}

function isWithoutTransaction(error: unknown): boolean {
	return isRefused(error) && error.message.includes("no transaction is active");
}
