/** What a column or a parameter can hold. Integers come as numbers where they are safe, as bigints otherwise. */
export type Value = string | number | bigint | null;

/** One statement, run once for each list of parameters, in order. A list is used before the next one is asked for. */
export type Batch = {
	sql: string;
	rows: Iterable<readonly Value[]>;
	/**
	 * The same for all rows at once: they come as one parameter, a JSON array of arrays. `sql` in a loop is fastest where
	 * the database is in the same process, this where it is far away. Without it few rows are expected.
	 */
	listSql?: string;
};

/**
 * Asks questions. Parameters are positional: `?`. Questions that are asked in the same turn, as with `Promise.all`, travel
 * together where the database is far away; so what does not need another's answer is asked beside it.
 */
export type Reader = {
	all<Row>(sql: string, parameters?: readonly Value[]): Promise<Row[]>;
	get<Row>(sql: string, parameters?: readonly Value[]): Promise<Row | undefined>;
};

/** A connection that nobody else writes through until the transaction ends. */
export type Transaction = Reader & {
	/** @returns the number of rows changed */
	run(sql: string, parameters?: readonly Value[]): Promise<number>;
	/**
	 * Writes. Whatever is asked later in the transaction sees it. Where the database is far away it leaves with the next
	 * question or at the end, so an error may be thrown by these.
	 */
	batch(batches: readonly Batch[]): Promise<void>;
};

/** The one door to a database. It has two drivers; a contract suite holds both to the same behaviour. */
export type Database = Transaction & {
	/**
	 * Runs `work` in one transaction that begins immediately: all of it or nothing. `work` may run again after a
	 * lost connection, so it has no other effect than through its argument.
	 */
	transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
	close(): Promise<void>;
};
