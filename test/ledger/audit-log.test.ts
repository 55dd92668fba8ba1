import { expect, test } from "bun:test";
import { join } from "node:path";
import { MOST_HOURLY, noteHourly, saveAudit } from "../../src/ledger/audit-log.ts";
import { listAudit, listOwnAudit } from "../../src/reports/audit.ts";
import { readSources } from "../support/imports.ts";
import { HOUR, NOW } from "../support/ledger.ts";
import { openTestDatabase } from "../support/test-database.ts";
import { addWholePerson } from "../support/whole-person.ts";

async function withTwo() {
	const db = await openTestDatabase(NOW);
	await addWholePerson(db, 5, { role: "owner", responses: 1 });
	await addWholePerson(db, 6, { responses: 1 });
	return db;
}

test("the audit log is only added to: but an erased person is taken out of it, nothing changes or removes an entry", async () => {
	const sources = await readSources(join(import.meta.dir, "../.."));
	const product = sources.filter(({ path }) => /^(?:src|views|migrations)\//.test(path));
	const changing =
		/\b(?:insert(?: or \w+)? into|replace into|update(?: or \w+)?|delete from|drop table)\s+(?:if exists\s+)?audit_log\b/gi;
	const found = product.flatMap(({ path, text }) =>
		[...text.matchAll(changing)].map(([statement]) => `${path}: ${statement.toLowerCase()}`),
	);
	expect(found).toEqual([
		"src/ledger/audit-log.ts: insert into audit_log",
		"src/ledger/erase.ts: update audit_log",
		"src/ledger/erase.ts: update audit_log",
	]);
});

test("what happens again and again is noted once an hour, and by two at once too", async () => {
	const db = await withTwo();
	const entry = { user: 5, action: "admin.read", detail: { path: "/a" }, address: "192.0.2.1" } as const;
	const start = NOW - (NOW % HOUR);
	await Promise.all([1, 2, 3].map((ms) => noteHourly(db, entry, start + ms)));
	await noteHourly(db, entry, start + HOUR - 1);
	expect(await listAudit(db, { limit: 10 })).toHaveLength(1);
	await noteHourly(db, { ...entry, detail: { path: "/b" } }, start + 5);
	await noteHourly(db, { ...entry, address: "192.0.2.2" }, start + 5);
	await noteHourly(db, { ...entry, user: 6 }, start + 5);
	expect(await listAudit(db, { limit: 10 })).toHaveLength(4);
	await noteHourly(db, entry, start + HOUR);
	expect(await listAudit(db, { limit: 10 })).toHaveLength(5);
	await db.close();
});

test("what anybody can do from anywhere fills nothing, and takes nothing of the log from what else happens", async () => {
	const db = await withTwo();
	const failed = (i: number) => ({ action: "login.failed", address: `192.0.2.${i}` }) as const;
	for (let i = 0; i < 30; i++) await noteHourly(db, failed(i), NOW, 10);
	expect(await listAudit(db, { limit: 1_000 })).toHaveLength(10);
	await noteHourly(db, { user: 5, action: "login.failed", address: "192.0.2.1" }, NOW, 10);
	expect(await listAudit(db, { limit: 1_000 })).toHaveLength(11);
	expect(MOST_HOURLY).toBeLessThanOrEqual(1_000);
	await db.close();
});

test("nothing is noted about somebody who is gone", async () => {
	const db = await withTwo();
	await db.transaction((tx) => saveAudit(tx, { user: 77, action: "login" }, NOW));
	expect(await listAudit(db, { limit: 10 })).toEqual([]);
	await db.close();
});

test("it is read newest first, in pages that are found by their place", async () => {
	const db = await withTwo();
	for (let i = 0; i < 7; i++) {
		await db.transaction((tx) =>
			saveAudit(tx, { user: 5 + (i % 2), action: "login", detail: { n: i } }, NOW + (i >> 1)),
		);
	}
	const all = await listAudit(db, { limit: 100 });
	expect(all.map(({ detail }) => JSON.parse(detail).n)).toEqual([6, 5, 4, 3, 2, 1, 0]);
	expect(all.map(({ username }) => username)).toContain("person-6");
	expect(await listAudit(db, { before: all[3]?.id, limit: 2 })).toEqual(all.slice(4, 6));
	const own = await listOwnAudit(db, 5, { limit: 100 });
	expect(own.map(({ detail }) => JSON.parse(detail).n)).toEqual([6, 4, 2, 0]);
	const [, second] = own;
	expect(await listOwnAudit(db, 5, { before: second, limit: 1 })).toEqual(own.slice(2, 3));
	const plan = await db.all<{ detail: string }>(
		"explain query plan select 1 from audit_log where user = ? and (at, id) < (?, ?) order by at desc, id desc limit ?",
		[5, 1, 1, 1],
	);
	expect(plan.map(({ detail }) => detail).join()).toMatch(
		/^SEARCH audit_log USING COVERING INDEX audit_log_user/,
	);
	await db.close();
});
