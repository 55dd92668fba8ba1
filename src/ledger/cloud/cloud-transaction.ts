import type { Batch, Transaction, Value } from "../database.ts";
import type { Reply } from "./connection.ts";
import { endOfTurn } from "./end-of-turn.ts";
import { forPeople } from "./for-people.ts";
import { isQuestion, type KnownTexts } from "./known-texts.ts";
import { checkParameter } from "./parameters.ts";
import { isTogether, planTrips, type Question, travel } from "./questions.ts";
import type { Row } from "./rows-as-json.ts";
import { hasColumns, Load, type Statement } from "./statement.ts";
import {
	type Doubt,
	type Failure,
	type RequestOptions,
	TransactionRequests,
} from "./transaction-requests.ts";
import { statementsOf } from "./writes.ts";

/** What is asked, after what was written before it. */
type Step = { writes: Statement[]; questions?: Question[]; command?: Command };

/** A statement that changes something and whose reply is waited for. */
type Command = { statement: Statement; answer(reply: Reply): void; fail(error: unknown): void };

/**
 * One try of a transaction. What is written waits for the next question, or for the end, and leaves together with it;
 * what is asked waits for the end of the turn.
 */
export class CloudTransaction implements Transaction {
	readonly #texts: KnownTexts;
	readonly #isApart: boolean;
	readonly #requests: TransactionRequests;
	#steps: Step[] = [];
	/** What is not before a step yet. */
	#writes: Statement[] = [];
	#load = new Load();
	#hasWritten = false;
	#isOver = false;
	#wentOnAfterFailure = false;
	#isGoing = false;
	#gone: Promise<void> = Promise.resolve();

	constructor(texts: KnownTexts, options: RequestOptions) {
		this.#texts = texts;
		this.#isApart = options.isApart;
		this.#requests = new TransactionRequests(options);
	}

	get failure(): Failure | undefined {
		return this.#requests.failure;
	}

	/** Whether the work was told that something failed, and used the transaction again. */
	get wentOnAfterFailure(): boolean {
		return this.#wentOnAfterFailure;
	}

	all<Found>(sql: string, parameters: readonly Value[] = []): Promise<Found[]> {
		return this.#wait<Found[]>((answer, fail) =>
			this.#ask(sql, parameters, { onlyFirst: false, answer: (rows) => answer(rows as Found[]), fail }),
		);
	}

	get<Found>(sql: string, parameters: readonly Value[] = []): Promise<Found | undefined> {
		return this.#wait<Found | undefined>((answer, fail) =>
			this.#ask(sql, parameters, {
				onlyFirst: true,
				answer: ([row]) => answer(row as Found | undefined),
				fail,
			}),
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
		if (this.failure) throw forPeople(this.failure.error);
	}

	/**
	 * Ends it after its work.
	 *
	 * @returns what to look for where nobody knows whether it was kept
	 * @throws what keeps it from being kept; then it has to be rolled back
	 */
	async commit(): Promise<Doubt | undefined> {
		await this.#finishSteps();
		this.#isOver = true;
		if (this.failure) throw this.failure.error;
		if (this.#hasWritten) return this.#requests.commit(this.#writes);
		await this.#requests.rollBack();
		return undefined;
	}

	/** Leaves nothing behind. What was asked and has not been sent is not sent any more. */
	async rollBack(): Promise<void> {
		this.#isOver = true;
		this.#requests.fail(overError());
		await this.#finishSteps();
		await this.#requests.rollBack();
	}

	/** What fails with all of the transaction is told by it: those of its promises that nobody waits for need not be. */
	#wait<Result>(
		ask: (answer: (result: Result) => void, fail: (error: unknown) => void) => void,
	): Promise<Result> {
		const { promise, resolve, reject } = Promise.withResolvers<Result>();
		const fail = (error: unknown) => {
			if (this.failure) promise.catch(() => undefined);
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

	#use(): void {
		if (this.#isOver) throw overError();
		if (this.failure) this.#wentOnAfterFailure = true;
	}

	#ask(sql: string, parameters: readonly Value[], asker: Omit<Question, keyof Statement>): void {
		const statement = { sql, parameters: parameters.map(checkParameter) };
		if (!isQuestion(sql)) {
			this.#addCommand({ statement, answer: ({ rows }) => asker.answer(rows as Row[]), fail: asker.fail });
			return;
		}
		const question = { ...statement, isAnswer: hasColumns, ...asker };
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
		try {
			for (let step = this.#steps.shift(); step; step = this.#steps.shift()) await this.#take(step);
		} finally {
			this.#isGoing = false;
		}
	}

	async #finishSteps(): Promise<void> {
		while (this.#isGoing) await this.#gone;
	}

	/** Settles whoever waits for it, whatever happens. Never throws. */
	async #take({ writes, questions = [], command }: Step): Promise<void> {
		if (command) {
			await this.#requests.ask(writes, command.statement, false).then(command.answer, command.fail);
			return;
		}
		let before = writes;
		for (const trip of this.#isApart ? questions : planTrips(questions, this.#texts)) {
			await travel(trip, this.#texts, (statement) => {
				const reply = this.#requests.ask(before, statement, isTogether(trip));
				before = [];
				return reply;
			});
		}
		// The failure is kept, and told by whatever comes next.
		if (before.length > 0) await this.#requests.write(before).catch(() => undefined);
	}
}

function overError(): Error {
	return new Error("a transaction was used after its end");
}
