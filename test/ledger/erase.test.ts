import { describe, expect, test } from "bun:test";
import { saveAccount } from "../../src/ledger/accounts.ts";
import { saveAudit } from "../../src/ledger/audit-log.ts";
import type { Database } from "../../src/ledger/database.ts";
import { type Erasure, eraseAccount, finishErasure, listErasures } from "../../src/ledger/erase.ts";
import { ACCOUNT_TABLES, OWN_WAY, USAGE_TABLES, WITHOUT_PERSONS } from "../../src/ledger/person-tables.ts";
import { rebuildRollups } from "../../src/ledger/rebuild.ts";
import { listUsers } from "../../src/ledger/users.ts";
import { contentsOf, schemaColumns } from "../support/full-ledger.ts";
import { NOW } from "../support/ledger.ts";
import { openTestDatabase } from "../support/test-database.ts";
import { addWholePerson, OWNER_COLUMNS, placesOf } from "../support/whole-person.ts";

/** A number that nothing else is. */
const NUMBER = 987_654_321;
const OTHER = 123_456_789;

const ERASED = { action: "account.erased", user: null, address: null };

async function erase(db: Database, account: Awaited<ReturnType<typeof addWholePerson>>): Promise<Erasure> {
	const done = await db.transaction((tx) => eraseAccount(tx, account, { by: "self" }, NOW));
	expect(done).toBe("erased");
	return { user: account.user, account: account.id, begunAt: NOW };
}

describe("the list of tables", () => {
	const listed = [...ACCOUNT_TABLES, ...USAGE_TABLES];

	test("has every table of the schema once: with persons, or with why there are none in it", async () => {
		const names = [
			...listed.map(({ name }) => name),
			...Object.keys(OWN_WAY),
			...Object.keys(WITHOUT_PERSONS),
		];
		expect(new Set(names).size).toBe(names.length);
		// The marks of transactions are only where a transaction may get lost; the list of steps is everywhere.
		const expected = names.filter((name) => !["commits", "migrations"].includes(name));
		const schema = new Set((await schemaColumns()).map(({ table }) => table));
		expect([...schema].sort()).toEqual(expected.sort());
	});

	test("says of every table that has a column for somebody that it has persons", async () => {
		const owned = (await schemaColumns()).filter(({ name }) => OWNER_COLUMNS.includes(name));
		const without = owned.filter(({ table }) => table in WITHOUT_PERSONS);
		expect(without).toEqual([]);
		for (const { table, name } of owned) {
			const known = listed.find((one) => one.name === table);
			if (known) expect(`${table}: ${known.condition}`).toContain(`${name} = ?`);
			else expect(Object.keys(OWN_WAY)).toContain(table);
		}
	});

	test("has each table's whole primary key", async () => {
		const keys = Map.groupBy(
			(await schemaColumns()).filter(({ place }) => place > 0),
			({ table }) => table,
		);
		for (const { name, key } of listed) {
			const columns = (keys.get(name) ?? []).toSorted((a, b) => a.place - b.place);
			expect([name, ...key]).toEqual([name, ...columns.map((column) => column.name)]);
		}
	});
});

describe("S73: an account that is erased", () => {
	test("leaves no row in any table, in none under its number and in none under its id, and nothing of others goes", async () => {
		const db = await openTestDatabase(NOW);
		const owner = await addWholePerson(db, OTHER, { role: "owner" });
		const before = await contentsOf(db);
		const gone = await addWholePerson(db, NUMBER, { responses: 12_000 });
		await db.transaction((tx) => saveAudit(tx, { user: NUMBER, action: "login", address: "192.0.2.1" }, NOW));
		expect((await placesOf(db, gone)).length).toBeGreaterThan(35);
		const erasure = await erase(db, gone);
		expect(await finishErasure(db, erasure)).toBe(true);
		expect(await placesOf(db, gone)).toEqual([]);
		const after = await contentsOf(db);
		const changed = Object.keys(before).filter((table) => !Bun.deepEquals(before[table], after[table]));
		expect(changed.sort()).toEqual(["audit_log", "counters"]);
		expect(after.audit_log).toMatchObject([
			{ action: "login", user: null, address: null, detail: '{"account":"erased"}' },
			{ ...ERASED, detail: '{"by":"self","role":"member"}' },
		]);
		expect((await placesOf(db, owner)).length).toBeGreaterThan(35);
		await db.close();
	});

	test("is gone at once in all that opens something, before the rest of it goes", async () => {
		const db = await openTestDatabase(NOW);
		await addWholePerson(db, OTHER, { role: "owner" });
		const gone = await addWholePerson(db, NUMBER);
		const erasure = await erase(db, gone);
		const places = await placesOf(db, gone);
		expect(
			places.filter((place) => /^(accounts|api_keys|web_sessions|login_links|mail|invites)/.test(place)),
		).toEqual([]);
		expect(places).toContain("events.user");
		expect(await listErasures(db)).toEqual([erasure]);
		await db.close();
	});

	test("goes on going where it was broken off, whoever goes on with it, and comes back by nothing meanwhile", async () => {
		const db = await openTestDatabase(NOW);
		await addWholePerson(db, OTHER, { role: "owner" });
		const gone = await addWholePerson(db, NUMBER, { responses: 12_000 });
		const erasure = await erase(db, gone);
		let steps = 0;
		expect(await finishErasure(db, erasure, () => ++steps > 2)).toBe(false);
		const left = await db.get<{ n: number }>("select count(*) as n from events where user = ?", [NUMBER]);
		expect(left?.n).toBeGreaterThan(0);
		expect(left?.n).toBeLessThan(12_000);
		const user = (await listUsers(db)).find(({ id }) => id === NUMBER);
		if (!user) throw new Error("the number is kept until all is gone");
		await db.transaction((tx) => rebuildRollups(tx, user));
		const both = await Promise.all([finishErasure(db, erasure), finishErasure(db, erasure)]);
		expect(both).toEqual([true, true]);
		expect(await placesOf(db, gone)).toEqual([]);
		expect(await finishErasure(db, erasure)).toBe(true);
		await db.close();
	});

	test("leaves its name to whoever comes next, but never its number or its id", async () => {
		const db = await openTestDatabase(NOW);
		await addWholePerson(db, OTHER, { role: "owner" });
		const gone = await addWholePerson(db, NUMBER);
		const again = async () => {
			const made = await db.transaction((tx) =>
				saveAccount(tx, { username: gone.username, role: "member" }, NOW),
			);
			if (typeof made === "string") throw new Error(`the ${made} is taken`);
			return made;
		};
		const erasure = await erase(db, gone);
		const next = await again();
		expect(next.user).toBeGreaterThan(NUMBER);
		expect(next.id).not.toBe(gone.id);
		await finishErasure(db, erasure);
		await erase(db, next).then((second) => finishErasure(db, second));
		expect((await again()).user).toBeGreaterThan(next.user);
		await db.close();
	});

	test("leaves what an admin did to others, but not who it was and from where", async () => {
		const db = await openTestDatabase(NOW);
		await addWholePerson(db, OTHER, { role: "owner" });
		const admin = await addWholePerson(db, NUMBER, { role: "admin" });
		await db.transaction(async (tx) => {
			const detail = { by: admin.id, before: "member", role: "admin" };
			await saveAudit(tx, { user: OTHER, action: "account.role", detail, address: "192.0.2.7" }, NOW);
			await saveAudit(tx, { user: OTHER, action: "login", address: "192.0.2.8" }, NOW);
		});
		await erase(db, admin).then((erasure) => finishErasure(db, erasure));
		const entries = await db.all("select user, action, detail, address from audit_log order by id");
		expect(entries).toEqual([
			{
				user: OTHER,
				action: "account.role",
				address: null,
				detail: '{"by":null,"before":"member","role":"admin"}',
			},
			{ user: OTHER, action: "login", address: "192.0.2.8", detail: "{}" },
			{ ...ERASED, detail: '{"by":"self","role":"admin"}' },
		]);
		await db.close();
	});

	test("is not the owner's while there are others, unless one of them owns the server then", async () => {
		const db = await openTestDatabase(NOW);
		const owner = await addWholePerson(db, OTHER, { role: "owner" });
		const heir = await addWholePerson(db, NUMBER);
		const before = await contentsOf(db);
		expect(await db.transaction((tx) => eraseAccount(tx, owner, { by: "self" }, NOW))).toBe("owner");
		expect(await contentsOf(db)).toEqual(before);
		expect(await db.transaction((tx) => eraseAccount(tx, owner, { by: "operator", heir }, NOW))).toBe(
			"erased",
		);
		expect(await db.all("select user, role from accounts")).toEqual([{ user: NUMBER, role: "owner" }]);
		await erase(db, { ...heir, role: "owner" });
		expect(await db.all("select user from accounts")).toEqual([]);
		await db.close();
	});
});
