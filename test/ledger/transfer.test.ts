import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { findLedgerUuid } from "../../src/ledger/settings.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { MOST_ROWS } from "../../src/ledger/table-pages.ts";
import { transferLedger } from "../../src/ledger/transfer.ts";
import { contentsOf, LARGE } from "../support/full-ledger.ts";
import { NOW } from "../support/ledger.ts";
import { copy, emptyLedger, expectEqual, noMoreThan, twoLedgers } from "../support/transfers.ts";
import { watched } from "../support/watched-database.ts";

/** In a database far away pages take their time. */
setDefaultTimeout(60_000);

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
		expect(pages).toBeLessThan(450);
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
