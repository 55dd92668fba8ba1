import { afterAll, expect, test } from "bun:test";
import {
	connectDriver,
	failOf,
	hushDriver,
	RawClient,
	readRows,
} from "../../support/sqlite-cloud/clients.ts";
import { countNone, type Faults } from "../../support/sqlite-cloud/faults.ts";
import { type CloudOptions, CloudServer } from "../../support/sqlite-cloud/server.ts";
import { until } from "../../support/until.ts";

afterAll(hushDriver());

const isInsert = (sql: string) => sql.startsWith("insert");

test("what a transaction writes is seen by its own connection alone until it commits", async () => {
	await using cloud = await startWithTable();
	const [one, other] = await Promise.all([connectDriver(cloud), connectDriver(cloud)]);
	await one.sql("begin immediate; insert into t values (1)");
	expect(await readRows(one, "select v from t")).toEqual([[1]]);
	expect(await readRows(other, "select v from t")).toEqual([]);
	const waiting = other.sql("insert into t values (2)");
	await one.sql("commit");
	await waiting;
	expect(await readRows(one, "select v from t order by v")).toEqual([[1], [2]]);
});

test("whoever waits too long for a lock is told that it is busy, and an old snapshot is told at once", async () => {
	await using cloud = await startWithTable({ busyMs: 30 });
	const [one, other] = await Promise.all([connectDriver(cloud), connectDriver(cloud)]);
	await one.sql("begin immediate");
	expect(await failOf(other.sql("begin immediate"))).toMatchObject({
		errorCode: "5",
		externalErrorCode: "5",
	});
	await other.sql("begin; select * from t");
	await one.sql("insert into t values (1); commit");
	expect(await failOf(other.sql("insert into t values (2)"))).toMatchObject({ externalErrorCode: "517" });
});

test("the transaction of a connection that ends is rolled back at once, whoever ends it", async () => {
	await using cloud = await startWithTable({ busyMs: 0 });
	const dropped = await connectDriver(cloud);
	await dropped.sql("begin immediate; insert into t values (1)");
	cloud.dropAll();
	expect(cloud.connections).toBe(0);
	const closing = await connectDriver(cloud);
	await closing.sql("begin immediate; insert into t values (2)");
	closing.close();
	await until("the connection is closed", () => cloud.connections === 0);
	expect(await readRows(await connectDriver(cloud), "select v from t")).toEqual([]);
	expect([cloud.connections, cloud.connectionsOpened]).toEqual([1, 4]);
	expect(await failOf(dropped.sql("select 1"))).toMatchObject({
		errorCode: "ERR_CONNECTION_NOT_ESTABLISHED",
	});
});

test("a request that does not wait for its turn is refused and noted", async () => {
	await using cloud = await CloudServer.start();
	const client = new RawClient(cloud);
	client.command("AUTH APIKEY key-of-the-tests;USE DATABASE promptpulse.sqlite");
	await client.take(5);
	client.send("+7 SLEEP 9+4 PING+4 PING");
	await until("three replies", () => client.received.toString().match(/-\d+ 10005/g)?.length === 2);
	expect(await client.take(5)).toStartWith("+2 OK-");
	expect(cloud.violations).toHaveLength(2);
	client.command("PING");
	expect(await client.take(7)).toBe("+4 PONG");
	expect(cloud.violations).toHaveLength(2);
	client.destroy();
});

test.each(["*3 abc", "+1x abc", "=9 2 !1 \0:x ", "=5 1 :1 ", "not a protocol at all, by any means"])(
	"%j is noted as no request",
	async (bytes) => {
		await using cloud = await CloudServer.start();
		const client = new RawClient(cloud);
		client.send(bytes);
		await client.closing();
		expect(cloud.violations).toHaveLength(1);
	},
);

/** What an insert comes to under a fault, and whether it is stored. */
const troubles: [string, Faults, string, number][] = [
	["dropBefore", { dropBefore: isInsert }, "ERR_CONNECTION_ENDED", 0],
	["dropAfterRunning", { dropAfterRunning: isInsert }, "ERR_CONNECTION_ENDED", 1],
	["dropMidReply", { dropMidReply: isInsert }, "ERR_CONNECTION_ENDED", 1],
	[
		"errorFor",
		{ errorFor: (sql) => (isInsert(sql) ? { code: 10_006, message: "no leader" } : undefined) },
		"10006",
		0,
	],
];

test.each(troubles)("%s does to an insert what it says", async (name, faults, errorCode, stored) => {
	await using cloud = await startWithTable();
	const db = await connectDriver(cloud);
	cloud.resetCounts();
	Object.assign(cloud.faults, faults);
	expect(await failOf(db.sql("insert into t values (1)"))).toMatchObject({ errorCode });
	expect(cloud.injected).toEqual({ ...countNone(), [name]: 1 });
	expect(cloud.roundTrips).toBe(name === "errorFor" ? 1 : 0);
	expect(await readRows(await connectDriver(cloud), "select count(*) from t")).toEqual([[stored]]);
});

test.each([
	["silent", { silent: isInsert }, 0],
	["garbage", { garbage: isInsert }, 21],
] as [string, Faults, number][])("%s leaves the client waiting", async (name, faults, bytes) => {
	await using cloud = await startWithTable();
	const client = new RawClient(cloud);
	client.command("AUTH APIKEY key-of-the-tests;USE DATABASE promptpulse.sqlite");
	await client.take(5);
	Object.assign(cloud.faults, faults);
	client.command("insert into t values (1)");
	await until("the fault", () => cloud.injected[name as keyof Faults] === 1);
	await until("its bytes", () => client.received.length >= bytes);
	expect([client.isOpen, client.received.length > 0]).toEqual([true, bytes > 0]);
	expect(await readRows(await connectDriver(cloud), "select count(*) from t")).toEqual([[0]]);
	client.destroy();
});

test("a connection is dropped after so many replies", async () => {
	await using cloud = await CloudServer.start();
	cloud.faults.dropAfter = 2;
	const db = await connectDriver(cloud);
	expect(await readRows(db, "select 1")).toEqual([[1]]);
	expect(await readRows(db, "select 2")).toEqual([[2]]);
	await until("the drop", () => cloud.connections === 0);
	expect(await failOf(db.sql("select 3"))).toBeInstanceOf(Error);
	expect(cloud.injected.dropAfter).toBe(1);
});

test("a delay holds up the replies of one connection, not those of others", async () => {
	await using cloud = await CloudServer.start();
	const [slow, quick] = await Promise.all([connectDriver(cloud), connectDriver(cloud)]);
	cloud.faults.delayMs = (sql) => (sql.includes("slow") ? 100 : 0);
	await Promise.all([slow.sql("select 'slow'"), quick.sql("select 'quick'")]);
	expect(cloud.commands).toEqual(["select 'quick'", "select 'slow'"]);
	expect(cloud.injected.delayMs).toBe(1);
});

test("replies in pieces are whole in the end", async () => {
	await using cloud = await CloudServer.start({ maxChunkSize: 100 });
	const db = await connectDriver(cloud);
	cloud.faults.fragment = 32;
	const rows = await readRows(db, "select value, 'text ' || value from json_each('[1,2,3,4,5,6,7,8,9,10]')");
	expect(rows).toEqual(Array.from({ length: 10 }, (_, index) => [index + 1, `text ${index + 1}`]));
	expect(cloud.injected.fragment).toBe(1);
});

test("connections beyond the most are refused at their log-in, until one ends", async () => {
	await using cloud = await CloudServer.start({ mostConnections: 1 });
	const first = await connectDriver(cloud);
	expect(await failOf(connectDriver(cloud))).toMatchObject({ errorCode: "10005" });
	expect([cloud.connections, cloud.injected.mostConnections]).toEqual([1, 1]);
	first.close();
	await until("it is closed", () => cloud.connections === 0);
	expect(await readRows(await connectDriver(cloud), "select 1")).toEqual([[1]]);
});

test("connections are refused within the handshake or before the log-in", async () => {
	await using cloud = await CloudServer.start();
	cloud.faults.refuse = "login";
	expect(await failOf(connectDriver(cloud))).toBeInstanceOf(Error);
	cloud.faults.refuse = "handshake";
	const client = new RawClient(cloud);
	await client.closing();
	expect([client.failed, cloud.injected.refuse, cloud.connectionsOpened]).toEqual([true, 2, 0]);
	cloud.faults.refuse = undefined;
	expect(await readRows(await connectDriver(cloud), "select 1")).toEqual([[1]]);
});

async function startWithTable(options: CloudOptions = {}): Promise<CloudServer> {
	const cloud = await CloudServer.start(options);
	const db = await connectDriver(cloud);
	await db.sql("create table t (v)");
	db.close();
	await until("the table is made", () => cloud.connections === 0);
	return cloud;
}
