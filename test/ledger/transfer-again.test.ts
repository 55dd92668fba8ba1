import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Database } from "../../src/ledger/database.ts";
import { findLedgerUuid } from "../../src/ledger/settings.ts";
import { refuseUnfinished } from "../../src/ledger/transfer-state.ts";
import { expectAppError } from "../support/database-files.ts";
import { schemaColumns } from "../support/full-ledger.ts";
import { addUser } from "../support/ledger.ts";
import {
	copy,
	emptyLedger,
	expectEqual,
	noMoreThan,
	stopAfter,
	tablesOf,
	twoLedgers,
} from "../support/transfers.ts";
import { watched } from "../support/watched-database.ts";

/** In a database far away pages take their time. */
setDefaultTimeout(60_000);

describe("a copying that was stopped", () => {
	test("goes on where it was, whenever that happens", async () => {
		const { source, target } = await twoLedgers(300);
		const columns = await schemaColumns();
		let written = 0;
		let stops = 0;
		for (;;) {
			let read = 0;
			const reading = watched(source, {
				asked: (sql) => {
					if (/^select (?!count)/.test(sql)) read++;
				},
			});
			// The first transaction looks at what there is.
			const stopping = watched(target, {
				begun: (number) => {
					noMoreThan(2)(number);
					written++;
				},
			});
			try {
				expect((await copy(reading, stopping)).outcome).toBe("copied");
				break;
			} catch (error) {
				expect(String(error)).toContain("stopped");
				stops++;
				if (stops > 1) await expectAppError("usage", () => refuseUnfinished(target, "it"), "it holds a copy");
				expect(read).toBeLessThan(200);
			}
		}
		expect(stops).toBeGreaterThan(columns.length / 10);
		expect(written).toBeLessThan(200);
		await expectEqual(source, target);
		await refuseUnfinished(target, "it");
	});

	test("is of one source: another one is refused", async () => {
		const { source, target } = await twoLedgers(10);
		await stopAfter(source, target, 3);
		const other = await emptyLedger();
		await addUser(other);
		await expectAppError("usage", () => copy(other, target), "the new one holds a copy of another ledger");
		expect((await copy(source, target)).outcome).toBe("copied");
	});

	test("is no source itself", async () => {
		const { source, target } = await twoLedgers(10);
		await stopAfter(source, target, 3);
		const third = await emptyLedger();
		await expectAppError("usage", () => copy(target, third), "the old one holds a copy");
		expect(await tablesOf(third)).not.toContain("transfers");
	});
});

describe("a source that is changed while it is copied is noticed, and what is not the same copied anew", () => {
	/** Changes the source once the copying has come to a certain question, which holds this. */
	async function changeMeanwhile(
		question: string,
		change: (source: Database) => Promise<unknown>,
	): Promise<void> {
		const { source, target } = await twoLedgers();
		let isChanged = false;
		const changing = watched(source, {
			asked: async (sql) => {
				if (isChanged || sql.includes("count(*)") || !sql.includes(question)) return;
				isChanged = true;
				await change(source);
			},
		});
		const { outcome, tables } = await copy(changing, target);
		expect(outcome).toBe("different");
		expect(tables.filter(({ isSame }) => !isSame).length).toBeGreaterThan(0);
		await expectAppError("usage", () => refuseUnfinished(target, "it"));
		expect(await findLedgerUuid(target)).not.toBe(await findLedgerUuid(source));
		expect((await copy(source, target)).outcome).toBe("copied");
		await expectEqual(source, target);
	}

	test("where a row was changed that had been copied", async () => {
		await changeMeanwhile("from blocks", (db) =>
			db.run("update events set output = output + 1 where change = 5"),
		);
	});

	test("where a row came before those that had been copied", async () => {
		await changeMeanwhile("from accounts", (db) =>
			db.run("insert into push_waits (server, asked_at, until) values ('', 1, 2)"),
		);
	});

	test("where a row was removed", async () => {
		await changeMeanwhile("from accounts", (db) => db.run("delete from events where change = 7"));
	});

	test("where a response got a new change number while others were copied", async () => {
		await changeMeanwhile("from usage_slots", async (db) => {
			await db.run("update events set change = change + 100000 where change = 3");
		});
		await changeMeanwhile("(change) > (?)", async (db) => {
			await db.run("update events set change = change + 100000 where change in (3, 2000)");
		});
	});

	test("where only an integer changed that a number would round", async () => {
		await changeMeanwhile("from blocks", (db) =>
			db.run("update events set cost = cost + 1 where change % 13 = 0"),
		);
	});
});
