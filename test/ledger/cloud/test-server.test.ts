import { afterAll, expect, test } from "bun:test";
import { decompressBuffer } from "@sqlitecloud/drivers/lib/drivers/protocol";
import { Random } from "../../support/random.ts";
import {
	connectDriver,
	failOf,
	hushDriver,
	RawClient,
	readRows,
} from "../../support/sqlite-cloud/clients.ts";
import { compressBlock } from "../../support/sqlite-cloud/lz4.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";

const BLOB = Buffer.from([0, 1, 2, 128, 254, 255]);
const LOG_IN = "AUTH APIKEY key-of-the-tests;USE DATABASE promptpulse.sqlite";

afterAll(hushDriver());

test("values keep their types both ways", async () => {
	await using cloud = await CloudServer.start();
	const db = await connectDriver(cloud, cloud.url(), "safe_integer_mode=mixed");
	const parameters = [
		...[0, -1, 2 ** 53 - 2, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n],
		...[0.1, -1e-300, 3.5, null],
		...["", "a\0b", "🙂 ünïcödé", 'it\'s; -- "quoted"', BLOB, Buffer.alloc(0)],
	];
	const sql = `select ${parameters.map((_, index) => `? as c${index}`).join(", ")}`;
	expect(await readRows(db, sql, parameters)).toEqual([parameters]);
	const kinds = `select ${parameters.map((_, index) => `typeof(?) as c${index}`).join(", ")}`;
	expect((await readRows(db, kinds, parameters))[0]?.join(" ")).toBe(
		`${"integer ".repeat(6)}${"real ".repeat(3)}null ${"text ".repeat(4)}blob blob`,
	);
});

test("what is written is told as rowid and counts, and what is defined as OK", async () => {
	await using cloud = await CloudServer.start();
	const db = await connectDriver(cloud);
	expect(await db.sql("create table t (id integer primary key, v)")).toBe("OK");
	expect(await db.sql("insert into t (v) values (?), (?)", 1, 2)).toMatchObject({
		lastID: 2,
		changes: 2,
		totalChanges: 2,
	});
	expect(await db.sql("update t set v = 3")).toMatchObject({ changes: 2, totalChanges: 4 });
	expect(await db.sql("with one as (select 9) insert into t (v) select * from one")).toMatchObject({
		lastID: 3,
	});
	expect(await readRows(db, "delete from t where id > ? returning id, v", [1])).toEqual([
		[2, 3],
		[3, 9],
	]);
});

test("a parameter may be large, and so may the SQL and what comes back", async () => {
	await using cloud = await CloudServer.start();
	const db = await connectDriver(cloud);
	const text = "0123456789äbcdef".repeat(200_000);
	const blob = Buffer.alloc(2_000_000, BLOB);
	expect(await readRows(db, `select ? as t, ? as b, '${text}' as l`, [text, blob])).toEqual([
		[text, blob, text],
	]);
});

test("an empty result has its columns' names", async () => {
	await using cloud = await CloudServer.start();
	const db = await connectDriver(cloud);
	const rows = await db.sql("select 1 as a, 2 as b where 0");
	expect([rows.length, rows.columnsNames]).toEqual([0, ["a", "b"]]);
});

test.each([
	["plain", 1],
	["plain", 2],
	["compressed", 1],
	["compressed", 2],
] as const)("fifty thousand rows come in chunks, %s, in version %d", async (form, protocolVersion) => {
	await using cloud = await CloudServer.start({ protocolVersion });
	const db = await connectDriver(cloud, cloud.url(), `compression=${form === "plain" ? 0 : 1}`);
	const many = "with recursive n(i) as (select 1 union all select i + 1 from n limit 50000)";
	const rows = await db.sql(`${many} select i, 'row ' || i || ' ' || hex(i * i) as t from n`);
	expect([rows.length, rows.version]).toEqual([50_000, protocolVersion]);
	const wrong = rows.filter((row: { i: number; t: string }, index: number) => {
		const square = Buffer.from(String((index + 1) ** 2)).toString("hex");
		return row.i !== index + 1 || row.t !== `row ${index + 1} ${square}`;
	});
	expect(wrong).toHaveLength(0);
});

test("replies have the protocol's bytes", async () => {
	await using cloud = await CloudServer.start({ maxChunkSize: 8 });
	const client = new RawClient(cloud);
	client.command(LOG_IN);
	const replies: [string, string][] = [
		["create table t (id integer primary key, u unique)", "+2 OK"],
		["insert into t (u) values ('x')", "=21 6 :10 :0 :1 :1 :1 :1 "],
		["insert into t (u) values ('x')", "-40 19:2067:-1 UNIQUE constraint failed: t.u"],
		["select 1 as a", "*15 0:1 1 1 +1 a:1 "],
		["select 1.0 as a, null as b, x'00ff' as c", "*32 0:1 1 3 +1 a+1 b+1 c,1.0 _ $2 \0\u00ff"],
		["values (1), (222222), (3)", "/21 1:1 1 1 +7 column1:1 /16 2:1 1 1 :222222 /11 3:1 1 1 :3 /6 0 0 0 "],
		["TEST INTEGER", ":123456 "],
	];
	expect(await client.take(5)).toBe("+2 OK");
	for (const [sql, reply] of replies) {
		client.command(sql);
		expect(await client.take(reply.length)).toBe(reply);
	}
	client.send("=57 6 !21 SELECT ?, ?, ?, ?, ?\0!6 world\0:123 ,3.14 _ $5 hello");
	const bound = `*57 0:1 1 5 ${"+1 ?".repeat(5)}+5 world:123 ,3.14 _ $5 hello`;
	expect(await client.take(bound.length)).toBe(bound);
	client.command("SET CLIENT KEY COMPRESSION TO 1");
	expect(await client.take(5)).toBe("+2 OK");
	client.command("select 'abcabcabcabcabcabcabcabcabcabcabcabc' as a");
	// Eleven bytes as they are, 28 that lay three before, five as they are.
	expect(await client.take(42)).toBe("%38 21 44 *0 0:1 1 1 \u00bf+1 a+36 abc\u0003\0\u0009\u0050bcabc");
	client.destroy();
	expect(cloud.violations).toEqual([]);
});

test("version 2 tells the columns' declared types", async () => {
	await using cloud = await CloudServer.start({ protocolVersion: 2 });
	const db = await connectDriver(cloud);
	await db.sql("create table t (id integer, name text)");
	const { metadata } = await db.sql("select id, name, 1 as one from t");
	expect(metadata.columns.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
		["id", "INTEGER"],
		["name", "TEXT"],
		["one", ""],
	]);
});

test("what is packed is unpacked by the driver, however much it repeats itself", () => {
	const random = new Random(20261124);
	for (let run = 0; run < 500; run++) {
		const alphabet = random.pick([1, 2, 20, 256]);
		const word = Buffer.from(
			Array.from({ length: random.integer(1, 600) }, () => random.integer(0, alphabet - 1)),
		);
		const words = Array.from({ length: random.integer(0, 6) }, () =>
			word.subarray(random.integer(0, word.length)),
		);
		const source = Buffer.concat(words);
		const packed = compressBlock(source);
		const head = Buffer.from(`${packed.length} ${source.length} *0 `);
		const whole = Buffer.concat([Buffer.from(`%${head.length + packed.length} `), head, packed]);
		// The driver takes nothing unpacked for an error, and the server never sends it.
		if (source.length > 0) expect(decompressBuffer(whole).buffer.subarray(3).equals(source)).toBe(true);
	}
});

test("statements that are joined run in order with their shares of the parameters", async () => {
	await using cloud = await CloudServer.start();
	const db = await connectDriver(cloud);
	await db.sql(`create table t (v); -- a comment; and its semicolon
		create table log (v);
		create trigger tr after insert on t begin insert into log values (case new.v when 1 then 'one;' end); end;`);
	const joined =
		"begin immediate; insert into t values (?), (?); insert into t values (?); commit; select ? as last";
	expect(await readRows(db, joined, [1, 2, 3, "x"])).toEqual([["x"]]);
	expect(await readRows(db, "select v from t")).toEqual([[1], [2], [3]]);
	expect(await readRows(db, "select v from log")).toEqual([["one;"], [null], [null]]);
	expect(cloud.roundTrips).toBe(4);
	cloud.resetCounts();
	await db.sql("select 1");
	expect([cloud.roundTrips, cloud.commands]).toEqual([1, ["select 1"]]);
});

test("the first statement that fails is the last to run, and the transaction stays open", async () => {
	await using cloud = await CloudServer.start();
	const db = await connectDriver(cloud);
	await db.sql("create table t (v unique)");
	const joined =
		"begin; insert into t values (1); insert into t values (1); insert into t values (2); commit";
	expect(await failOf(db.sql(joined))).toMatchObject({ errorCode: "19", externalErrorCode: "2067" });
	expect(await readRows(db, "select v from t")).toEqual([[1]]);
	await db.sql("rollback");
	expect(await readRows(db, "select v from t")).toEqual([]);
	await db.sql("begin");
	expect(await failOf(db.sql("begin"))).toMatchObject({ errorCode: "1" });
	expect(cloud.violations).toEqual(["A transaction was begun inside a transaction."]);
});

test.each([
	["selec 1", [], "10002", /Unable to find command SELEC/],
	["select * frm t", [], "1", /near "frm": syntax error/],
	["select * from nowhere", [], "1", /no such table: nowhere/],
	["select ?, ?", [1], "25", /2 parameters are wanted, and 1 are there/],
	["select ?", [1, 2], "25", /1 parameters are wanted, and 2 are there/],
	["USE DATABASE ?", ["other"], "10001", /other does not exist/],
	["TEST ERROR", [], "66666", /devil/],
])("%s with %j fails with %s", async (query, parameters, errorCode, message) => {
	await using cloud = await CloudServer.start();
	const db = await connectDriver(cloud);
	expect(await failOf(db.sql({ query, parameters }))).toMatchObject({
		errorCode,
		message: expect.stringMatching(message),
	});
	expect(await readRows(db, "select 1")).toEqual([[1]]);
});

test("a log-in needs the right key and a database that is there", async () => {
	await using cloud = await CloudServer.start();
	expect(await failOf(connectDriver(cloud, cloud.url({ apiKey: "wrong" })))).toMatchObject({
		errorCode: "10004",
	});
	expect(await failOf(connectDriver(cloud, cloud.url({ database: "other" })))).toMatchObject({
		errorCode: "10001",
	});
	const created = await connectDriver(cloud, cloud.url({ database: "other" }), "create=1");
	expect(await created.sql("create table only_here (v)")).toBe("OK");
	const byToken = cloud.url().replace(/apikey=.*/, "token=token-of-the-tests");
	expect(await readRows(await connectDriver(cloud, byToken), "select name from sqlite_schema")).toEqual([]);
	const byPassword = cloud
		.url()
		.replace("//", "//admin:password-of-the-tests@")
		.replace(/apikey=.*/, "");
	expect(await readRows(await connectDriver(cloud, byPassword), "select 1")).toEqual([[1]]);
});

test("there is no SQL before the log-in, and none without a database", async () => {
	await using cloud = await CloudServer.start();
	const client = new RawClient(cloud);
	client.command("select 1");
	expect(await client.take(1)).toMatch(/^-\d+ 10004:/);
	client.command("AUTH APIKEY key-of-the-tests;select 1");
	expect(await client.take(1)).toMatch(/^-\d+ 10001:/);
	expect(cloud.roundTrips).toBe(0);
	client.destroy();
});
