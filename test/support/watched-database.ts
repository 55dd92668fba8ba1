import type { Database, Value } from "../../src/ledger/database.ts";

/** What is told of a database's use; whatever is thrown there hinders it. */
export type Watcher = {
	/** Before anything is asked outside transactions. */
	asked?(sql: string, parameters: readonly Value[]): Promise<void> | void;
	/** With what came. */
	answered?(rows: readonly unknown[]): void;
	/** Before each transaction; they are counted from 1. */
	begun?(number: number): Promise<void> | void;
};

/** A database that is looked at from outside, or ends in the midst of something. */
export function watched(db: Database, { asked, answered, begun }: Watcher): Database {
	let transactions = 0;
	const begin = async () => {
		transactions++;
		await begun?.(transactions);
	};
	return {
		async all<Row>(sql: string, parameters: readonly Value[] = []) {
			await asked?.(sql, parameters);
			const rows = await db.all<Row>(sql, parameters);
			answered?.(rows);
			return rows;
		},
		async get<Row>(sql: string, parameters: readonly Value[] = []) {
			await asked?.(sql, parameters);
			return db.get<Row>(sql, parameters);
		},
		async run(sql, parameters) {
			await begin();
			return db.run(sql, parameters);
		},
		async batch(batches) {
			await begin();
			return db.batch(batches);
		},
		async transaction(work) {
			await begin();
			return db.transaction(work);
		},
		close: () => db.close(),
	};
}
