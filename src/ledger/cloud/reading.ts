import type { Value } from "../database.ts";
import type { Reply } from "./connection.ts";
import { endOfTurn } from "./end-of-turn.ts";
import { isPassing } from "./for-people.ts";
import type { KnownTexts } from "./known-texts.ts";
import { checkParameter } from "./parameters.ts";
import type { Pool } from "./pool.ts";
import { planTrips, type Question, travel } from "./questions.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import type { Row } from "./rows-as-json.ts";
import { hasColumns, type Statement } from "./statement.ts";

/** Questions outside of transactions. Those of one turn travel together, whoever asks them. */
export class Reading {
	/** What was asked in this turn. */
	#asked: Question[] = [];

	constructor(
		private readonly pool: Pool,
		private readonly texts: KnownTexts,
		private readonly retry: RetryPolicy,
	) {}

	/**
	 * @param sql a question
	 * @throws CloudError
	 */
	ask(sql: string, parameters: readonly Value[], onlyFirst: boolean): Promise<Row[]> {
		const { promise, resolve, reject } = Promise.withResolvers<Row[]>();
		const question = { sql, parameters: parameters.map(checkParameter), isAnswer: hasColumns, onlyFirst };
		this.#asked.push({ ...question, answer: resolve, fail: reject });
		if (this.#asked.length === 1) void this.#deliver();
		return promise;
	}

	async #deliver(): Promise<void> {
		await endOfTurn();
		const trips = planTrips(this.#asked, this.texts);
		this.#asked = [];
		for (const trip of trips) void travel(trip, this.texts, (statement) => this.#send(statement));
	}

	/** Again, if need be: it only asks. */
	#send({ sql, parameters, isAnswer }: Statement): Promise<Reply> {
		const send = async () => {
			const connection = await this.pool.acquire();
			try {
				return await connection.send(sql, parameters, isAnswer);
			} finally {
				// What is not open any more is not kept.
				this.pool.release(connection);
			}
		};
		return retrying(this.retry, send, isPassing);
	}
}
