import { type Check, expectNewSqlite, expectSame, expectThat } from "../checks/check.ts";
import type { CheckScene } from "./check-scene.ts";
import { CloudError } from "./cloud-error.ts";
import type { Connection } from "./connection.ts";

const NO_SCHEMA = "Do not use this database: the ledger's tables cannot be made or used without it.";
const OTHER_ERRORS =
	"Do not use this database: what goes wrong in it would be taken for something else. Look for a newer version of PromptPulse.";

/** The SQL that is needed. */
export const SQL_CHECKS: readonly Check<CheckScene>[] = [
	{
		name: "SQLite version",
		hint: "Do not use this database: the ledger needs SQLite 3.38 or newer.",
		look: findSqliteVersion,
	},
	{ name: "STRICT and WITHOUT ROWID", hint: NO_SCHEMA, look: useStrictTable },
	{ name: "UPSERT", hint: NO_SCHEMA, look: upsert },
	{ name: "RETURNING", hint: NO_SCHEMA, look: useReturning },
	{ name: "window functions", hint: NO_SCHEMA, look: useWindow },
	{ name: "JSON operators", hint: NO_SCHEMA, look: useJsonOperators },
	{ name: "recursive queries", hint: NO_SCHEMA, look: recur },
	{
		name: "several statements in a request",
		hint: "Do not use this database: uploads send several statements in one request.",
		look: sendSeveral,
	},
	{ name: "error of a duplicate", hint: OTHER_ERRORS, look: insertTwice },
	{ name: "error of a bad statement", hint: OTHER_ERRORS, look: sendNonsense },
];

async function findSqliteVersion(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const { rows } = await connection.send("select sqlite_version() as version");
	return expectNewSqlite(rows[0]?.version);
}

async function useStrictTable(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = scene.table("strict");
	await connection.send(
		`create table ${table} (k text primary key, n integer not null) strict, without rowid`,
	);
	await connection.send(`insert into ${table} (k, n) values ('a', 1)`);
	const refusal = await refusalOf(connection, `insert into ${table} (k, n) values ('b', 'no number')`);
	expectThat(refusal?.code === CONSTRAINT, "a text was put into a column of numbers");
	const { rows } = await connection.send(`select k, n from ${table}`);
	expectSame(rows, [{ k: "a", n: 1 }], "what was put in");
	return "";
}

async function upsert(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = await scene.pairs(connection, "upsert");
	await connection.send(
		`insert into ${table} (k, n) values ('a', 1), ('b', 2), ('a', 10) on conflict (k) do update set n = n + excluded.n`,
	);
	const { rows } = await connection.send(`select k, n from ${table} order by k`);
	expectSame(
		rows,
		[
			{ k: "a", n: 11 },
			{ k: "b", n: 2 },
		],
		"what was put in",
	);
	return "";
}

async function useReturning(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = await scene.pairs(connection, "returning");
	const { rows } = await connection.send(
		`insert into ${table} (k, n) values ('a', 1), ('b', 2) returning k, n * 10 as tenfold`,
	);
	expectSame(
		rows,
		[
			{ k: "a", tenfold: 10 },
			{ k: "b", tenfold: 20 },
		],
		"what was put in",
	);
	return "";
}

async function useWindow(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const { rows } = await connection.send(
		`with v(n) as (values (3), (1), (2))
		select sum(n) over (order by n) as sum, row_number() over (order by n desc) as place from v order by n`,
	);
	expectSame(
		rows,
		[
			{ sum: 1, place: 3 },
			{ sum: 3, place: 2 },
			{ sum: 6, place: 1 },
		],
		"a sum over rows",
	);
	return "";
}

async function useJsonOperators(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const { rows } = await connection.send(
		"select ? ->> '$.a.b' as path, '[1, 2]' ->> 1 as item, '{\"c\": [true]}' -> '$.c' as part",
		['{"a": {"b": "ä"}}'],
	);
	expectSame(rows, [{ path: "ä", item: 2, part: "[true]" }], "what was asked of JSON");
	return "";
}

async function recur(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const { rows } = await connection.send(
		`with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
		select count(*) as count, sum(i) as sum from n`,
	);
	expectSame(rows, [{ count: 1_000, sum: 500_500 }], "a sum of 1,000 numbers");
	return "";
}

async function sendSeveral(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = await scene.pairs(connection, "several");
	const insert = `insert into ${table} (k, n) values (?, ?)`;
	const { rows } = await connection.send(
		`${insert}; ${insert}; select k, n, ? as last from ${table} order by k`,
		["a", 1, "b", 2, "end"],
	);
	expectSame(
		rows,
		[
			{ k: "a", n: 1, last: "end" },
			{ k: "b", n: 2, last: "end" },
		],
		"the answer of the last of three",
	);
	return "";
}

const CONSTRAINT = 19;
const UNIQUE = 2067;
const ERROR = 1;

async function insertTwice(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = await scene.pairs(connection, "twice");
	await connection.send(`insert into ${table} (k, n) values ('a', 1)`);
	const refusal = await refusalOf(connection, `insert into ${table} (k, n) values ('b', 1)`);
	expectThat(refusal !== undefined, "a second row of the same value was taken");
	const { code, extended = 0 } = refusal;
	expectThat(code === CONSTRAINT && extended === UNIQUE, `${code}:${extended}, not ${CONSTRAINT}:${UNIQUE}`);
	return `${code}:${extended}`;
}

async function sendNonsense(scene: CheckScene): Promise<string> {
	const refusal = await refusalOf(await scene.connection(), "select from where");
	expectThat(refusal !== undefined, "it was taken");
	expectThat(refusal.code === ERROR, `${refusal.code}, not ${ERROR}`);
	return `${refusal.code}`;
}

/** The error that a request was answered with, undefined where it was carried out. */
export async function refusalOf(connection: Connection, sql: string): Promise<CloudError | undefined> {
	try {
		await connection.send(sql);
		return undefined;
	} catch (error) {
		// Of a lost connection there is no code.
		if (error instanceof CloudError && error.code !== undefined) return error;
		throw error;
	}
}
