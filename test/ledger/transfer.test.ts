import { describe, expect, test } from "bun:test";
import { migrations } from "../../src/embedded.ts";
import type { Database } from "../../src/ledger/database.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { findLedgerUuid, renewLedgerUuid } from "../../src/ledger/settings.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { MOST_ROWS } from "../../src/ledger/table-pages.ts";
import { type Transferred, transferLedger } from "../../src/ledger/transfer.ts";
import { refuseUnfinished } from "../../src/ledger/transfer-state.ts";
import { expectAppError } from "../support/database-files.ts";
import { contentsOf, fillLedger, LARGE, schemaColumns } from "../support/full-ledger.ts";
import { addUser, NOW, openTestLedger } from "../support/ledger.ts";
import { openTestDatabase } from "../support/test-database.ts";
import { watched } from "../support/watched-database.ts";

/** One of its own: those of the tests may all be made from the same file. */
async function emptyLedger(): Promise<Database> {
	const db = await openTestDatabase(NOW);
	await db.transaction(renewLedgerUuid);
	return db;
}

/** A ledger with something in every table, and an empty one. */
async function twoLedgers(responses?: number): Promise<{ source: Database; target: Database }> {
	const [source, target] = await Promise.all([emptyLedger(), emptyLedger()]);
	await fillLedger(source, responses);
	return { source, target };
}

function copy(source: Database, target: Database): Promise<Transferred> {
	return transferLedger(
		{ db: source, name: "the old one" },
		{ db: target, name: "the new one" },
		NOW,
		() => {},
	);
}

async function expectEqual(source: Database, target: Database): Promise<void> {
	expect(await contentsOf(target)).toEqual(await contentsOf(source));
	expect(await tablesOf(target)).not.toContain("transfers");
	expect(await findLedgerUuid(target)).not.toBe(await findLedgerUuid(source));
}

async function tablesOf(db: Database): Promise<string[]> {
	const rows = await db.all<{ name: string }>("select name from sqlite_master where type = 'table'");
	return rows.map(({ name }) => name);
}

describe("a ledger that is copied", () => {
	test("is there row by row, in every table of the schema, as another ledger", async () => {
		const { source, target } = await twoLedgers();
		const uuid = await findLedgerUuid(target);
		const { outcome, tables } = await copy(source, target);
		expect(outcome).toBe("copied");
		await expectEqual(source, target);
		expect(await findLedgerUuid(target)).not.toBe(uuid);
		const contents = Object.entries(await contentsOf(source));
		const counted = new Map(tables.map((row) => [row.table, row]));
		for (const [table, { length }] of contents) {
			expect(length).toBeGreaterThan(0);
			expect(counted.get(table)).toEqual({ table, source: length, target: length, isSame: true });
		}
		expect(counted.size).toBe(contents.length);
		expect(await target.get<object>("select max(cost) as cost from events")).toEqual({ cost: LARGE });
	});

	test("once more is found to be the same, and nothing is written", async () => {
		const { source, target } = await twoLedgers();
		await copy(source, target);
		const uuid = await findLedgerUuid(target);
		const unwritten = watched(target, { begun: noMoreThan(1) });
		expect((await copy(source, unwritten)).outcome).toBe("same already");
		expect(await findLedgerUuid(target)).toBe(uuid);
		await expectEqual(source, target);
	});

	test("takes the place of what a server that was only started has put there", async () => {
		const { source, target } = await twoLedgers();
		await target.run("insert into invites values ('a', 'b', 'owner', null, 0, 1, null, null)");
		await target.run("insert into attempts values ('c', 1, 2)");
		expect((await copy(source, target)).outcome).toBe("copied");
		await expectEqual(source, target);
	});

	test("may have nobody's usage", async () => {
		const [source, target] = await Promise.all([emptyLedger(), emptyLedger()]);
		expect((await copy(source, target)).outcome).toBe("copied");
		await expectEqual(source, target);
	});

	test("makes the schema where there is none", async () => {
		const { source } = await twoLedgers();
		const target = openSqlite(":memory:");
		expect((await copy(source, target)).outcome).toBe("copied");
		await expectEqual(source, target);
		await target.close();
	});

	test("is never read or written more than a page at once, and told of as it goes on", async () => {
		const { source, target } = await twoLedgers(10_000);
		let most = 0;
		let pages = 0;
		const answered = (rows: readonly unknown[]) => {
			most = Math.max(most, rows.length);
			pages++;
		};
		const told: [string, number, number][] = [];
		await transferLedger(
			{ db: watched(source, { answered }), name: "a" },
			{ db: watched(target, { answered }), name: "b" },
			NOW,
			(...progress) => told.push(progress),
		);
		expect(most).toBeGreaterThan(1_000);
		expect(most).toBeLessThanOrEqual(MOST_ROWS);
		expect(pages).toBeLessThan(400);
		const rows = Object.values(await contentsOf(source)).flat().length;
		expect(rows).toBeGreaterThan(30_000);
		const stages = Map.groupBy(told, ([stage]) => stage);
		expect(stages.get("copying")?.at(-1)).toEqual(["copying", rows, rows]);
		expect(stages.get("comparing")?.at(-1)).toEqual(["comparing", 2 * rows, 2 * rows]);
		for (const [, steps] of stages) {
			const counts = steps.map(([, count]) => count);
			expect(counts).toEqual(counts.toSorted((a, b) => a - b));
		}
	});

	test("is read in small pages where its rows are large", async () => {
		const { source, target } = await twoLedgers(1);
		const text = "x".repeat(40_000);
		await source.batch([
			{
				sql: "insert into sessions (id, user, name) values (?, 1, ? || ?)",
				rows: Array.from({ length: 600 }, (_, i) => [1_000 + i, text, i]),
			},
		]);
		const sizes: number[] = [];
		const answered = (rows: readonly unknown[]) => sizes.push(JSON.stringify(rows, replaceLarge).length);
		const seen = watched(source, { answered });
		expect((await copy(seen, target)).outcome).toBe("copied");
		await expectEqual(source, target);
		// What comes first is as it comes; then it is known how large they are.
		const large = sizes.filter((size) => size > 512 * 1_024);
		expect(large.length).toBeLessThanOrEqual(2);
	});
});

function replaceLarge(_key: string, value: unknown): unknown {
	return typeof value === "bigint" ? String(value) : value;
}

/** Lets so many transactions begin; where nothing is to be done, one is enough to see that. */
function noMoreThan(most: number): (number: number) => void {
	return (number) => {
		if (number > most) throw new Error("stopped");
	};
}

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

async function stopAfter(source: Database, target: Database, most: number): Promise<void> {
	await expect(copy(source, watched(target, { begun: noMoreThan(most) }))).rejects.toThrow("stopped");
}

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

describe("nothing is copied into", () => {
	test.each([
		["users", "insert into users (id, zone) values (1, 'UTC')"],
		[
			"accounts",
			"insert into accounts (user, id, username, role, zone_set, created_at) values (1, 'a', 'a', 'a', 0, 0)",
		],
	])("a ledger that has %s", async (_, sql) => {
		const { source, target } = await twoLedgers(10);
		await target.run(sql);
		const before = await contentsOf(target);
		await expectAppError("usage", () => copy(source, target), "the new one", "already", "the old one");
		expect(await contentsOf(target)).toEqual(before);
	});

	test("a copy that was used since", async () => {
		const { source, target } = await twoLedgers(10);
		await copy(source, target);
		await target.run("update accounts set disabled_at = 5");
		await expectAppError("usage", () => copy(source, target), "Nothing was changed");
	});

	test("itself", async () => {
		const { source } = await twoLedgers(10);
		await expectAppError("usage", () => copy(source, source), "are the same ledger");
		const empty = await emptyLedger();
		await expectAppError("usage", () => copy(empty, empty), "are the same ledger");
	});

	test("a ledger of an older program, which keeps its schema", async () => {
		const { source } = await twoLedgers(10);
		const target = await oldLedger();
		await expectAppError("usage", () => copy(source, target), "made by an older promptpulse");
		expect(await target.all<object>("select version from migrations")).toEqual([{ version: 1 }]);
		await target.close();
	});
});

describe("nothing is copied from", () => {
	test("a ledger of an older program, which keeps its schema", async () => {
		const source = await oldLedger();
		const target = await emptyLedger();
		await expectAppError("usage", () => copy(source, target), "made by an older promptpulse");
		expect(await source.all<object>("select version from migrations")).toEqual([{ version: 1 }]);
		await source.close();
	});

	test("a ledger of a newer one", async () => {
		const { db: source } = await openTestLedger();
		await source.run("insert into migrations values (99, '0099_later.sql', 'x', 0)");
		await expectAppError("schema_newer", async () => copy(source, await emptyLedger()), "99");
	});

	test("what is no ledger", async () => {
		const source = openSqlite(":memory:");
		await source.run("create table notes (text)");
		await expectAppError("usage", async () => copy(source, await emptyLedger()), "no ledger");
		await source.close();
	});
});

/** A ledger with the first step of the schema alone, and one person. */
async function oldLedger(): Promise<Database> {
	const db = openSqlite(":memory:");
	await migrate(db, NOW, migrations.slice(0, 1));
	await db.run("insert into users (id, zone) values (1, 'UTC')");
	return db;
}
