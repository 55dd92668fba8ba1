import { describe, expect, test } from "bun:test";
import { openLedger } from "../../src/ledger/open.ts";
import { clearSql, listCopiedTables, pageSql } from "../../src/ledger/transfer-tables.ts";
import { schemaColumns } from "../support/full-ledger.ts";
import { NOW } from "../support/ledger.ts";

const tables = await listCopiedTables();
const db = await openLedger(":memory:", NOW);

describe("what is copied", () => {
	test("is every table of the schema with every column, by its whole primary key", async () => {
		const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
		const schema = Map.groupBy(await schemaColumns(), ({ table }) => table);
		const expected = [...schema].map(([name, columns]) => ({
			name,
			columns: columns.map((column) => column.name),
			key: columns
				.filter(({ place }) => place > 0)
				.sort((a, b) => a.place - b.place)
				.map((column) => column.name),
			condition: name === "settings" ? "name <> 'ledger'" : "true",
		}));
		expect(tables.toSorted(byName)).toEqual(expected.sort(byName));
		expect(tables.length).toBeGreaterThan(30);
		expect(tables.every(({ key }) => key.length > 0)).toBe(true);
		expect(tables.map(({ name }) => name)).not.toContain("migrations");
	});

	test("are integers and texts, which come through as they are", async () => {
		const types = new Set((await schemaColumns()).map(({ type }) => type));
		expect([...types].sort()).toEqual(["INTEGER", "TEXT"]);
	});

	test("has keys in the order of their bytes, and no row without one", async () => {
		const keys = await db.all<{ table: string; collation: string }>(
			`select t.name as "table", x.coll as collation
			from sqlite_master as t, pragma_index_list(t.name) as i, pragma_index_xinfo(i.name) as x
			where t.type = 'table' and i.origin = 'pk' and x.key = 1 and x.coll <> 'BINARY'
			order by t.name`,
		);
		expect(keys).toEqual([]);
	});
});

describe("pages are found by the key", () => {
	test.each(tables.map((table) => [table.name, table] as const))("of %s", async (_, table) => {
		const after = await planOf(pageSql(table, false), table.key.length + 1);
		expect(after).toHaveLength(1);
		expect(after[0]).toMatch(new RegExp(`^SEARCH ${table.name} USING .*PRIMARY KEY \\(`));
		const first = await planOf(pageSql(table, true), 1);
		expect(first).toHaveLength(1);
		expect(first[0]).not.toContain("TEMP B-TREE");
	});

	test.each(tables.map((table) => [table.name, table] as const))("also to clear %s", async (_, table) => {
		const plan = await planOf(clearSql(table), 1);
		expect(plan[0]).toMatch(/PRIMARY KEY \(/);
		expect(plan.join("\n")).not.toContain("TEMP B-TREE");
	});
});

async function planOf(sql: string, parameters: number): Promise<string[]> {
	const steps = await db.all<{ detail: string }>(
		`explain query plan ${sql}`,
		Array.from({ length: parameters }, () => 1),
	);
	return steps.map(({ detail }) => detail);
}
