import type { Database, Reader, Value } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { insertRows } from "../../src/ledger/row-batches.ts";
import { addUser, eventOf, ingestAll, MINUTE, machineNamed, NOW } from "./ledger.ts";

/** So many responses has each person unless told otherwise: some pages of a copy. */
const RESPONSES = 700;

/** An integer that a number cannot hold. */
export const LARGE = 2n ** 60n + 1n;
/** What is hard to carry through JSON, quotation marks and pages of other encodings. */
const HARD = `'"\\; -- \u001f \u2028 é 你 👩‍👩‍👧 \ud7ff\uffff`;

type Column = { table: string; name: string; type: string; place: number };

/** Ingests usage of several people, and puts rows into every table that is empty still. */
export async function fillLedger(db: Database, responses = RESPONSES): Promise<void> {
	for (const id of [1, 2, 7]) {
		const user = await addUser(db, { id, zone: id === 2 ? "Asia/Kolkata" : "UTC" });
		const model = (i: number) => ["cheap", "dear", "none"][i % 3] ?? "";
		const events = Array.from({ length: responses }, (_, i) =>
			eventOf({
				id: `msg_${id}_${i}`,
				at: NOW - i * 17 * MINUTE,
				session: `s${i >> 4}`,
				project: `/home/${id}/p${i % 5}`,
				branch: `b${i % 3}`,
				model: model(i >> 3),
				sidechain: i % 11 === 0,
				reportedNanoUsd: i % 5 === 0 ? i : undefined,
				extra:
					i % 97 === 0
						? [{ model: "dear", input: 1, output: 2, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 3 }]
						: undefined,
			}),
		);
		for (const number of [1, 2]) {
			const half = events.filter((_, i) => i % 2 === number % 2);
			await ingestAll({ db, user }, half, { machine: machineNamed(`m${number}`, id * 10 + number) });
		}
	}
	await db.run("update events set cost = ?, geo = ? where change % 13 = 0", [LARGE, HARD]);
	await db.run("insert into settings (name, value) values ('motto', ?)", [HARD]);
	const columns = await schemaColumns();
	for (const [table, all] of Map.groupBy(columns, (column) => column.table)) {
		if (await db.get(`select 1 as found from ${table} limit 1`)) continue;
		// More than a first page where the key is a number beyond what a number in JavaScript holds.
		const rows = Array.from({ length: 300 }, (_, i) => all.map((column) => madeUp(column, i)));
		const names = all.map(({ name }) => name);
		await db.batch([insertRows(table, names, rows)]);
	}
	// In one row alone: where it is far away, a list that has a NUL goes row by row.
	await db.run("update audit_log set detail = ? where id = ?", ["before \u0000 after", LARGE + 17n]);
}

function madeUp({ type, name, place }: Column, i: number): Value {
	if (type === "INTEGER") return place > 0 ? LARGE + BigInt(i) : i % 2 ? LARGE - BigInt(i) : i;
	return `${name} ${i} ${HARD}`;
}

/** Columns of the schema without the list of its steps, `place` from 1 on in the primary key. */
export async function schemaColumns(): Promise<Column[]> {
	const db = await openLedger(":memory:", 0);
	return db.all<Column>(
		`select t.name as "table", c.name, c.type, c.pk as place
		from sqlite_master as t, pragma_table_info(t.name) as c
		where t.type = 'table' and t.name <> 'migrations' order by t.name, c.cid`,
	);
}

/** All rows of all tables, each table in an order of its own making; the ledger's UUID is left out. */
export async function contentsOf(db: Reader): Promise<Record<string, Record<string, Value>[]>> {
	const contents: Record<string, Record<string, Value>[]> = {};
	for (const [table, columns] of Map.groupBy(await schemaColumns(), (column) => column.table)) {
		const order = columns.map(({ name }) => name).join(", ");
		const rows = await db.all<Record<string, Value>>(`select ${order} from ${table} order by ${order}`);
		contents[table] = rows.filter((row) => table !== "settings" || row.name !== "ledger");
	}
	return contents;
}
