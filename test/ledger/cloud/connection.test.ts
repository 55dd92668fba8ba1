import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { asAppError, CloudError } from "../../../src/ledger/cloud/cloud-error.ts";
import { Connection, type ConnectionOptions } from "../../../src/ledger/cloud/connection.ts";
import { type CloudAddress, parseCloudUrl } from "../../../src/ledger/cloud/connection-string.ts";
import { SELF_SIGNED } from "../../support/self-signed.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";
import { until } from "../../support/until.ts";

const KEY = "S3cret+Key/of=tests";

let cloud: CloudServer;
let address: CloudAddress;

beforeAll(async () => {
	cloud = await CloudServer.start({ apiKey: KEY });
	address = parseCloudUrl(cloud.url());
});
afterEach(() => {
	for (const fault of Object.keys(cloud.faults)) delete cloud.faults[fault as keyof typeof cloud.faults];
});
afterAll(() => cloud.stop());

function open(options: Partial<ConnectionOptions> = {}, at = address): Promise<Connection> {
	return Connection.open(at, { connectMs: 10_000, queryMs: 10_000, note: () => {}, ...options });
}

/** Uses a connection of its own, which is closed then. */
async function connected<Result>(
	use: (connection: Connection) => Promise<Result>,
	options: Partial<ConnectionOptions> = {},
): Promise<Result> {
	const connection = await open(options);
	try {
		return await use(connection);
	} finally {
		connection.close();
	}
}

async function failureOf(work: Promise<unknown>): Promise<CloudError> {
	const outcome = await work.then(
		() => "no error",
		(error: unknown) => error,
	);
	if (outcome instanceof CloudError) return outcome;
	throw outcome;
}

describe("a request", () => {
	test("for rows gives plain objects and the names of the columns", () =>
		connected(async (connection) => {
			const { columns, rows, changes } = await connection.send(
				"select ? as a, 'ä😀' as b, null as c, 1.5 as d union all select 2, '', 'x', -0.25",
				[1],
			);
			expect({ columns, changes }).toEqual({ columns: ["a", "b", "c", "d"], changes: 0 });
			expect(rows).toEqual([
				{ a: 1, b: "ä😀", c: null, d: 1.5 },
				{ a: 2, b: "", c: "x", d: -0.25 },
			]);
			for (const row of rows) expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
			// The driver's own rows are an array of a kind of which this throws.
			expect(rows.concat(rows).flatMap(({ a }) => [a])).toEqual([1, 2, 1, 2]);
		}));

	test("for no rows still gives the columns", () =>
		connected(async (connection) => {
			const reply = await connection.send("select 1 as a, 2 as b where false");
			expect(reply).toEqual({ columns: ["a", "b"], rows: [], changes: 0 });
		}));

	test("for two columns of one name gives the last, and tells both names", () =>
		connected(async (connection) => {
			const reply = await connection.send("select 1 as a, 2 as a");
			expect(reply).toMatchObject({ columns: ["a", "a"], rows: [{ a: 2 }] });
		}));

	test("that changes rows gives their number, any other nothing", () =>
		connected(async (connection) => {
			const nothing = { columns: [], rows: [], changes: 0 };
			expect(await connection.send("create table changed (a integer)")).toEqual(nothing);
			const written = await connection.send("insert into changed values (?), (?), (?)", [1, 2, 3]);
			expect(written).toEqual({ ...nothing, changes: 3 });
			expect((await connection.send("update changed set a = 0 where a > 1")).changes).toBe(2);
			expect((await connection.send("delete from changed where a > 1")).changes).toBe(0);
			const returned = await connection.send("update changed set a = 5 where a = 1 returning a");
			expect(returned.rows).toEqual([{ a: 5 }]);
		}));

	test("of several statements gives the answer of the last", () =>
		connected(async (connection) => {
			const sql = "create table several (a); insert into several values (?); insert into several values (?)";
			await connection.send(`${sql}; select 1`, [1, 2]);
			const { rows } = await connection.send("begin immediate; select count(*) as n from several");
			expect(rows).toEqual([{ n: 2 }]);
			await connection.send("rollback");
		}));

	test("waits for the one before it: a second one is the caller's slip", () =>
		connected(async (connection) => {
			const first = connection.send("select 1 as a");
			await expect(connection.send("select 2 as b")).rejects.toThrow("before it had answered");
			expect((await first).rows).toEqual([{ a: 1 }]);
			expect((await connection.send("select 3 as c")).rows).toEqual([{ c: 3 }]);
		}));

	test.each([1, 2, 3, 5, 64])("is read right in pieces of %p bytes", (fragment) =>
		connected(async (connection) => {
			cloud.faults.fragment = fragment;
			await connection.send("create table if not exists pieces (a integer primary key, b text)");
			expect(
				(await connection.send("insert or replace into pieces values (1, 'ä😀'), (2, ' ')")).changes,
			).toBe(2);
			expect((await connection.send("select * from pieces")).rows).toEqual([
				{ a: 1, b: "ä😀" },
				{ a: 2, b: " " },
			]);
			expect((await failureOf(connection.send("insert into pieces values (1, 'x')"))).extended).toBe(1555);
			expect(connection.isOpen).toBe(true);
		}),
	);

	test("may be answered in many chunks, and the next one too", () =>
		connected(async (connection) => {
			const sql =
				"with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000) select i, hex(i) as h from n";
			for (let time = 0; time < 2; time++) {
				const { rows } = await connection.send(sql);
				expect(rows).toHaveLength(20_000);
				expect(rows.at(-1)).toEqual({ i: 20_000, h: "3230303030" });
			}
		}));
});

describe("a statement that fails", () => {
	test.each([
		["insert into failing values (1, 1)", 19, 1555, "UNIQUE constraint failed: failing.a"],
		["insert into failing values (2, null)", 19, 1299, "NOT NULL constraint failed: failing.b"],
		["select absent from failing", 1, 1, "no such column: absent"],
		["commit", 1, 1, "cannot commit - no transaction is active"],
	])("is told in SQLite's own words, and the connection goes on: %s", (sql, code, extended, message) =>
		connected(async (connection) => {
			await connection.send("create table if not exists failing (a integer primary key, b integer not null)");
			await connection.send("insert or replace into failing values (1, 1)");
			const error = await failureOf(connection.send(sql));
			expect(error).toMatchObject({ fate: "refused", isRetryable: false, code, extended, message });
			const told = asAppError(error);
			expect(told.constructor).toBe(Error);
			expect(told).toMatchObject({ message, cause: error });
			expect(connection.isOpen).toBe(true);
			expect((await connection.send("select 1 as a")).rows).toEqual([{ a: 1 }]);
		}),
	);

	test.each([
		[5, "The database is busy with other changes."],
		[6, "The database is busy with other changes."],
		[10_006, "The servers of the database have no leader at the moment."],
	])("for now, with code %p, may be tried again", (code, message) =>
		connected(async (connection) => {
			cloud.faults.errorFor = { code, message: "not now" };
			const error = await failureOf(connection.send("select 1"));
			expect(error).toMatchObject({ fate: "not executed", isRetryable: true, code, message });
			expect(asAppError(error)).toMatchObject({ code: "database_unreachable", message, cause: error });
			expect(connection.isOpen).toBe(true);
		}),
	);

	test("for want of a right is told to people", () =>
		connected(async (connection) => {
			cloud.faults.errorFor = { code: 10_004, message: `the key ${KEY} may not` };
			const error = await failureOf(connection.send("select 1"));
			expect(error).toMatchObject({ fate: "refused", isRetryable: false });
			expect(asAppError(error)).toMatchObject({
				code: "database_refused",
				message: "The database does not allow it: the key *** may not.",
			});
		}));
});

describe("a connection in doubt is not open any more, and what became of the request is unknown", () => {
	test.each([
		["dropBefore", "was lost before its answer came"],
		["dropAfterRunning", "was lost before its answer came"],
		["dropMidReply", "was lost before its answer came"],
		["garbage", "cannot be understood"],
		["silent", "did not answer within 0.05 s"],
	] as const)("%s", async (fault, message) => {
		const notes: string[] = [];
		const note: ConnectionOptions["note"] = (level, event) => notes.push(`${level}: ${event}`);
		await connected(
			async (connection) => {
				cloud.faults[fault] = true;
				const error = await failureOf(connection.send("select 1"));
				expect(error).toMatchObject({ fate: "unknown", isRetryable: false, code: undefined });
				expect(error.message).toContain(message);
				expect(asAppError(error)).toMatchObject({ code: "database_unreachable", hint: error.hint });
				expect(connection.isOpen).toBe(false);
				const next = await failureOf(connection.send("select 2"));
				expect(next).toMatchObject({ fate: "not executed", isRetryable: true });
			},
			{ note, ...(fault === "silent" ? { queryMs: 50 } : {}) },
		);
		expect(notes).toEqual(["debug: database connected", "warn: database connection given up"]);
	});

	test.each([
		["an array that is no count of changes", "=2 0 "],
		["an array of another kind", "=21 6 :11 :0 :1 :1 :1 :1 "],
		["changes that are none", "=20 6 :10 :0 :1 _ :1 :1 "],
		["a text", "+4 PONG"],
		["a number", ":1 "],
		["nothing", "_ "],
		["a rowset that lacks values", "*13 0:1 2 1 +1 a:1 "],
		["a rowset whose number is none", "*17 0:1 1 1 +1 a,abc "],
		["a rowset of no kind", "*15 0:1 1 1 +1 a?x "],
		["JSON that is none", "#3 {x}"],
		["two answers at once", ":1 :2 "],
		["two answers of length at once", "+2 OK+2 OK"],
		["an error without a code", "-8 oh: dear"],
		["another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n"],
	])("%s", (_, garbage) =>
		connected(async (connection) => {
			cloud.faults.garbage = garbage;
			const error = await failureOf(connection.send("select 1"));
			expect(error).toMatchObject({ fate: "unknown", isRetryable: false });
			expect(error.message).toStartWith("The database answered with what cannot be understood: ");
			expect(connection.isOpen).toBe(false);
		}),
	);

	test("a beginning of an answer that never ends", () =>
		connected(
			async (connection) => {
				cloud.faults.garbage = "+99999999 begin";
				const error = await failureOf(connection.send("select 1"));
				expect(error.message).toBe("The database did not answer within 0.05 s.");
				expect(connection.isOpen).toBe(false);
			},
			{ queryMs: 50 },
		));

	test("a late answer reaches nobody", () =>
		connected(
			async (connection) => {
				cloud.faults.delayMs = 60;
				expect((await failureOf(connection.send("select 1 as a"))).fate).toBe("unknown");
				await Bun.sleep(60);
				expect((await failureOf(connection.send("select 2 as a"))).fate).toBe("not executed");
			},
			{ queryMs: 20 },
		));

	test("an answer that nobody asked for is not taken for the next one", async () => {
		const server = createServer(SELF_SIGNED, (socket) => {
			socket.on("data", () => socket.write("+2 OK"));
			// A client that ends a connection may do so with an error.
			socket.on("error", () => {});
			unasked = () => socket.write(":1 ");
		});
		let unasked = () => false;
		await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
		const { port } = server.address() as AddressInfo;
		const connection = await open({}, { ...address, port });
		try {
			expect(await connection.send("begin")).toMatchObject({ changes: 0 });
			unasked();
			await until("the connection is given up", () => !connection.isOpen);
			expect(await failureOf(connection.send("commit"))).toMatchObject({ fate: "not executed" });
		} finally {
			connection.close();
			server.close();
		}
	});

	test("one that was closed here while it was asked", () =>
		connected(async (connection) => {
			cloud.faults.silent = true;
			const answer = failureOf(connection.send("select 1"));
			connection.close();
			expect(await answer).toMatchObject({ fate: "unknown" });
			expect(connection.isOpen).toBe(false);
			connection.close();
		}));
});

test("the server was never asked a second thing before it had answered the first", () => {
	expect(cloud.violations).toEqual([]);
});
