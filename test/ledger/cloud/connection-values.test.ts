import { afterAll, beforeAll, expect, test } from "bun:test";
import { Connection } from "../../../src/ledger/cloud/connection.ts";
import { parseCloudUrl } from "../../../src/ledger/cloud/connection-string.ts";
import type { Value } from "../../../src/ledger/database.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";

let cloud: CloudServer;
let connection: Connection;

beforeAll(async () => {
	cloud = await CloudServer.start();
	const options = { connectMs: 10_000, queryMs: 10_000, note: () => {} };
	connection = await Connection.open(parseCloudUrl(cloud.url()), options);
});
afterAll(async () => {
	connection.close();
	await cloud.stop();
});

test.each<[string, Value]>([
	["the empty text", ""],
	["text of all kinds", "ä😀\0'\"; --\n/6 0 0 0 "],
	["an integer", -42],
	["zero", 0],
	["the largest safe integer", Number.MAX_SAFE_INTEGER],
	["the smallest safe integer", Number.MIN_SAFE_INTEGER],
	["an integer beyond", 2n ** 53n],
	["a negative integer beyond", -(2n ** 53n) - 1n],
	["the largest integer", 2n ** 63n - 1n],
	["the smallest integer", -(2n ** 63n)],
	["a fraction", 0.1],
	["a small fraction", -1.5e-9],
	["nothing", null],
])("a value arrives and comes back as it is: %s", async (_, value) => {
	expect((await connection.send("select ? as v", [value])).rows).toEqual([{ v: value }]);
});

test("values arrive as the kinds that they are", async () => {
	const values = ["1", 1, 5.0, 1.5, 1n, null, -0];
	const sql = `select ${values.map((_, i) => `typeof(?${i + 1}) as t${i}`).join(", ")}, ?7 || '' as zero`;
	const { rows } = await connection.send(sql, values);
	expect(Object.values(rows[0] ?? {})).toEqual([
		...["text", "integer", "integer", "real", "integer", "null", "integer"],
		"0",
	]);
});

test("integers come as numbers wherever these are exact", async () => {
	const { rows } = await connection.send("select 1 as a, ? as b", [BigInt(Number.MAX_SAFE_INTEGER)]);
	expect(rows).toEqual([{ a: 1, b: Number.MAX_SAFE_INTEGER }]);
});

test.each<[string, unknown]>([
	["undefined", undefined],
	["a truth value", true],
	["a date", new Date(0)],
	["bytes", new Uint8Array(2)],
	["a buffer", Buffer.from("x")],
	["a list", [1]],
	["an object", { a: 1 }],
	["an object without a class", Object.create(null)],
	["a symbol", Symbol("x")],
	["no number", Number.NaN],
	["no end", Number.POSITIVE_INFINITY],
	["an integer that is not exact", 2 ** 53],
	["a large number", 1e21],
	["more than 64 bits", 2n ** 63n],
	["less than 64 bits", -(2n ** 63n) - 1n],
])("what is not kept is refused before anything is sent: %s", async (_, value) => {
	cloud.resetCounts();
	await expect(connection.send("select ?, ?", [1, value as Value])).rejects.toBeInstanceOf(TypeError);
	expect(cloud.roundTrips).toBe(0);
	expect((await connection.send("select 1 as a")).rows).toEqual([{ a: 1 }]);
});

test("a blob is refused, and the connection goes on", async () => {
	await expect(connection.send("select x'00' as b")).rejects.toThrow("a blob");
	expect((await connection.send("select 1 as a")).rows).toEqual([{ a: 1 }]);
});
