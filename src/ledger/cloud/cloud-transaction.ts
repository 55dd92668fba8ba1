import type { Batch, Transaction, Value } from "../database.ts";
import { CloudError } from "./cloud-error.ts";
import { endingOf } from "./commits.ts";
import type { Connection, Reply } from "./connection.ts";
import { endOfTurn } from "./end-of-turn.ts";
import { forPeople } from "./for-people.ts";
import { isQuestion, type KnownTexts } from "./known-texts.ts";
import { checkParameter } from "./parameters.ts";
import { isTogether, planTrips, type Question, travel } from "./questions.ts";
import type { Row } from "./rows-as-json.ts";
import { joined, Load, loadsOf, type Statement } from "./statement.ts";
import { statementsOf } from "./writes.ts";

const BEGIN: Statement = { sql: "begin immediate", parameters: [] };

/** Codes of errors after which the transaction is as it was before the statement: its text, or a constraint. */
const HARMLESS = [1, 19, 20, 25];
const CONSTRAINT = 19;
const NO_LEADER = 10_006;

/** What is asked, after what was written before it. */
type Step = { writes: Statement[] } & Partial<{ questions: Question[]; command: Command }>;

/** A statement that changes something and whose reply is waited for. */
type Command = { statement: Statement; answer(reply: Reply): void; fail(error: unknown): void };

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
	/** The work was told, and used the transaction again. */
	isPassedOver: boolean;
};

export type TransactionOptions = {
	/** @throws CloudError */
	lend: () => Promise<Lease>;
	texts: KnownTexts;
	/** What was written and what is asked after it go one after the other, so that errors are told apart. */
	isApart: boolean;
};

/**
 * One try of a transaction. It begins with the first thing that has to be sent; what is written waits for the next
 * question, or for the end, and leaves together with it.
 */
export class CloudTransaction implements Transaction {
	readonly #options: TransactionOptions;
	#lease: Lease | undefined;
	#steps: Step[] = [];
	/** What is not before a step yet. */
	#writes: Statement[] = [];
	#load = new Load();
	#failure: Failure | undefined;
	#hasBegun = false;
	#hasWritten = false;
	#isOver = false;
	#isGoing = false;
	#gone: Promise<void> = Promise.resolve();

	constructor(options: TransactionOptions) {
		this.#options = options;
	}

	get failure(): Failure | undefined {
		return this.#failure;
	}

	all<Found>(sql: string, parameters: readonly Value[] = []): Promise<Found[]> {
		return this.#wait<Found[]>((answer, fail) =>
			this.#ask(sql, parameters, { onlyFirst: false, answer: (rows) => answer(rows as Found[]), fail }),
		);
	}

	get<Found>(sql: string, parameters: readonly Value[] = []): Promise<Found | undefined> {
		return this.#wait<Found | undefined>((answer, fail) =>
			this.#ask(sql, parameters, { onlyFirst: true, answer: ([row]) => answer(row as Found | undefined), fail }),
		);
	}

	run(sql: string, parameters: readonly Value[] = []): Promise<number> {
		return this.#wait<number>((answer, fail) => {
			const statement = { sql, parameters: parameters.map(checkParameter) };
			this.#addCommand({ statement, answer: ({ changes }) => answer(changes), fail });
		});
	}

	async batch(batches: readonly Batch[]): Promise<void> {
		this.#use();
		let isFull = false;
		for (const batch of batches) {
			for (const statement of statementsOf(batch)) {
				this.#hasWritten = true;
				if (!this.#load.take(statement)) {
					this.#addStep({});
					this.#load.take(statement);
					isFull = true;
				}
				this.#writes.push(statement);
			}
		}
		if (!isFull) return;
		await this.#finishSteps();
		if (this.#failure) throw forPeople(this.#failure.error);
	}

	/**
	 * Ends it after its work.
	 *
	 * @returns what to look for where nobody knows whether it was kept
	 * @throws what keeps it from being kept; then it has to be rolled back
	 */
	async commit(): Promise<{ id: string; error: CloudError } | undefined> {
		await this.#finishSteps();
		this.#isOver = true;
		if (this.#failure) throw this.#failure.error;
		if (!this.#hasWritten) {
			await this.#rollBack();
			return undefined;
		}
		const id = crypto.randomUUID();
		const requests = loadsOf([...this.#writes, ...endingOf(id)]);
		const last = requests.pop() ?? [];
		for (const request of requests) await this.#request(request);
		try {
			await this.#request(last);
		} catch (error) {
			if (!isInDoubt(error)) throw error;
			this.#lease?.discard();
			this.#lease = undefined;
			return { id, error };
		}
		this.#lease?.release();
		this.#lease = undefined;
		return undefined;
	}

	/** Leaves nothing behind. What was asked and has not been sent is not sent any more. */
	async rollBack(): Promise<void> {
		this.#isOver = true;
		this.#failure ??= failureOf(overError());
		await this.#finishSteps();
		await this.#rollBack();
	}

	async #rollBack(): Promise<void> {
		const lease = this.#lease;
		this.#lease = undefined;
		if (!lease) return;
		try {
			if (this.#hasBegun) await lease.connection.send("rollback");
		} catch (error) {
			if (!isWithoutTransaction(error)) {
				lease.discard();
				return;
			}
		}
		lease.release();
	}

	/** What fails with all of the transaction is told by it: those of its promises that nobody waits for need not be. */
	#wait<Result>(
		ask: (answer: (result: Result) => void, fail: (error: unknown) => void) => void,
	): Promise<Result> {
		const { promise, resolve, reject } = Promise.withResolvers<Result>();
		const fail = (error: unknown) => {
			if (this.#failure) promise.catch(() => undefined);
			reject(forPeople(error));
		};
		try {
			this.#use();
			ask(resolve, fail);
		} catch (error) {
			reject(error);
		}
		return promise;
	}

	#ask(sql: string, parameters: readonly Value[], asker: Omit<Question, keyof Statement>): void {
		const statement = { sql, parameters: parameters.map(checkParameter) };
		if (!isQuestion(sql)) {
			this.#addCommand({ statement, answer: ({ rows }) => asker.answer(rows as Row[]), fail: asker.fail });
			return;
		}
		const question = { ...statement, ...asker };
		const last = this.#steps.at(-1);
		if (last?.questions && this.#writes.length === 0) last.questions.push(question);
		else this.#addStep({ questions: [question] });
	}

	#addCommand(command: Command): void {
		this.#hasWritten = true;
		this.#addStep({ command });
	}

	#addStep(step: Omit<Step, "writes">): void {
		this.#steps.push({ ...step, writes: this.#writes });
		this.#writes = [];
		this.#load = new Load();
		if (this.#isGoing) return;
		this.#isGoing = true;
		this.#gone = this.#go();
	}

	async #go(): Promise<void> {
		await endOfTurn();
		for (let step = this.#steps.shift(); step; step = this.#steps.shift()) await this.#take(step);
		this.#isGoing = false;
	}

	async #finishSteps(): Promise<void> {
		while (this.#isGoing) await this.#gone;
	}

	/** Settles whoever waits for it, whatever happens. Never throws. */
	async #take({ writes, questions, command }: Step): Promise<void> {
		const { texts } = this.#options;
		if (command) {
			await this.#send(writes, command.statement, false).then(command.answer, command.fail);
			return;
		}
		let before = writes;
		for (const trip of questions ? planTrips(questions, texts) : []) {
			await travel(trip, texts, (statement) => {
				const sent = this.#send(before, statement, isTogether(trip));
				before = [];
				return sent;
			});
		}
		// The failure is kept and told by whatever comes next.
		if (before.length > 0) await this.#request(before).catch(() => undefined);
	}

	/** Sends a statement with what was written before it. */
	async #send(writes: Statement[], statement: Statement, isOfForm: boolean): Promise<Reply> {
		const together = [...writes, statement];
		const requests = this.#options.isApart && writes.length > 0 ? [writes, [statement]] : loadsOf(together);
		const last = requests.pop() ?? [];
		for (const request of requests) await this.#request(request);
		return this.#request(last, { isAlone: last.length === 1, isOfForm });
	}

	/** @param asked what is known of the last statement, if somebody waits for its reply */
	async #request(
		statements: readonly Statement[],
		asked?: { isAlone: boolean; isOfForm: boolean },
	): Promise<Reply> {
		if (this.#failure) throw this.#failure.error;
		try {
			this.#lease ??= await this.#options.lend();
			const { sql, parameters } = joined(this.#hasBegun ? statements : [BEGIN, ...statements]);
			this.#hasBegun = true;
			return await this.#lease.connection.send(sql, parameters);
		} catch (error) {
			if (asked?.isAlone && isHarmless(error)) throw error;
			const isVague = asked !== undefined && !asked.isAlone && isRefused(error);
			this.#failure = { ...failureOf(error), isVague, isOfForm: asked?.isOfForm === true && !isConstraint(error) };
			throw error;
		}
	}

	#use(): void {
		if (this.#isOver) throw overError();
		if (this.#failure) this.#failure.isPassedOver = true;
	}
}

function failureOf(error: unknown): Failure {
	return { error, isVague: false, isOfForm: false, isPassedOver: false };
}

function overError(): Error {
	return new Error("a transaction was used after its end");
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
