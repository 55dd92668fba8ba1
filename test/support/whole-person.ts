import type { Account, Role } from "../../src/account/account.ts";
import { findAccountByName } from "../../src/ledger/accounts.ts";
import type { Database, Value } from "../../src/ledger/database.ts";
import { ACCOUNT_TABLES, USAGE_TABLES } from "../../src/ledger/person-tables.ts";
import { insertRows } from "../../src/ledger/row-batches.ts";
import { schemaColumns } from "./full-ledger.ts";
import { addUser, DAY, eventOf, HOUR, ingestAll, machineNamed, NOW } from "./ledger.ts";

/** How many responses a person has here unless told otherwise. */
const RESPONSES = 30;

/** Columns that say whose a row is. */
export const OWNER_COLUMNS = ["user", "created_by", "used_by"];

/** Makes somebody with rows in every table that has rows of persons. */
export async function addWholePerson(
	db: Database,
	number: number,
	{ role = "member", responses = RESPONSES }: { role?: Role; responses?: number } = {},
): Promise<Account> {
	const user = await addUser(db, { id: number });
	const username = `person-${number}`;
	await db.run(
		"insert into accounts (user, id, username, role, zone_set, created_at) values (?, ?, ?, ?, 0, ?)",
		[number, `account-of-${number}`, username, role, NOW],
	);
	const events = Array.from({ length: responses }, (_, i) =>
		eventOf({
			id: `msg_${i}`,
			at: NOW - 3 * DAY + i * 7_919,
			session: `s${i >> 3}`,
			agent: `a${i % 3}`,
			version: "2.0",
			folder: "-home-ada-app",
		}),
	);
	await ingestAll({ db, user }, events, { machine: machineNamed(`m-${number}`, number % 1_000_000) });
	const columns = Map.groupBy(await schemaColumns(), ({ table }) => table);
	for (const { name } of [...ACCOUNT_TABLES, ...USAGE_TABLES]) {
		const all = columns.get(name) ?? [];
		const owner = all.find((column) => OWNER_COLUMNS.includes(column.name));
		if (!owner || name === "accounts") continue;
		if (await db.get(`select 1 as found from ${name} where ${owner.name} = ? limit 1`, [number])) continue;
		const values = all.map(({ name: column, type }): Value => {
			if (OWNER_COLUMNS.includes(column)) return number;
			if (type === "INTEGER") return column === "id" ? number : NOW + HOUR;
			return `${column} of ${number}`;
		});
		await db.batch([
			insertRows(
				name,
				all.map((column) => column.name),
				[values],
			),
		]);
	}
	// These two say by another row whose they are.
	await db.run("insert into set_aside select id, ?, 'x', 1 from push_targets where user = ?", [
		`key of ${number}`,
		number,
	]);
	await db.run(
		"insert into folder_sessions (folder, session) select id, ? from folders where user = ? on conflict do nothing",
		[number, number],
	);
	const account = await findAccountByName(db, username);
	if (!account) throw new Error("the account was not made");
	return account;
}

/** Every place in a database at which a person is named, by number or by account; the high mark of numbers is nobody. */
export async function placesOf(db: Database, { user, id }: Pick<Account, "user" | "id">): Promise<string[]> {
	const places: string[] = [];
	for (const { table, name, type } of await schemaColumns()) {
		if (table === "counters") continue;
		const sql =
			type === "INTEGER"
				? `select count(*) as found from ${table} where ${name} = ?`
				: `select count(*) as found from ${table} where instr(${name}, ?) > 0`;
		const row = await db.get<{ found: number }>(sql, [type === "INTEGER" ? user : id]);
		if (row && row.found > 0) places.push(`${table}.${name}`);
	}
	return places;
}
