import { type Check, expectSame, msText, stopwatch, whole } from "../checks/check.ts";
import type { Value } from "../database.ts";
import type { CheckScene } from "./check-scene.ts";
import type { Connection } from "./connection.ts";

const OTHER_VALUES =
	"Do not use this database: what is kept in it does not come back as it was. Look for a newer version of PromptPulse.";

/** That values come back as they were, and many of them at once. */
export const VALUE_CHECKS: readonly Check<CheckScene>[] = [
	{ name: "integers", hint: OTHER_VALUES, look: (scene) => keepValues(scene, "integer", INTEGERS) },
	{
		name: "fractions",
		hint: "It can be used, for PromptPulse keeps no fractions; shares and averages may be off in their last digits.",
		look: (scene) => keepValues(scene, "real", FRACTIONS),
	},
	{ name: "texts", hint: OTHER_VALUES, look: (scene) => keepValues(scene, "text", TEXTS) },
	{
		name: "a request of 512 KB",
		hint: "Large uploads fail in this database. See whether its plan, or a proxy between, limits the size of a request.",
		isAboutLoss: true,
		look: writeList,
	},
	{
		name: "10,000 rows",
		hint: "Long lists fail with this database. See whether its plan limits the size of an answer (MAXROWS, MAXROWSET).",
		isAboutLoss: true,
		look: readRows,
	},
	{
		name: "10,000 rows as one value",
		hint: "Long lists fail with this database. See whether its plan limits the size of an answer (MAXDATA).",
		isAboutLoss: true,
		look: readOneValue,
	},
];

const INTEGERS = [0, -1, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const FRACTIONS = [0.1, 1 / 3, -123_456_789.123_456_79, 4_503_599_627_370_495.5, 2.5e-300];
const TEXTS = ["", "a\0b", "👩‍👩‍👧 ä", 'it\'s; "two" -- lines\r\n', "\ufeff\u202e\ud7ff"];

async function keepValues(scene: CheckScene, type: string, values: readonly Value[]): Promise<string> {
	const connection = await scene.connection();
	const table = scene.table(type);
	await connection.send(`create table ${table} (id integer primary key, v ${type} not null) strict`);
	await connection.send(`insert into ${table} (v) values ${values.map(() => "(?)").join(", ")}`, values);
	const { rows } = await connection.send(`select v from ${table} order by id`);
	for (const [index, value] of values.entries()) expectSame(rows[index]?.v, value, "a value");
	return `${rows.length} of ${values.length} came back as they were`;
}

const LIST_ROWS = 2_500;
const LIST_BYTES = 512 * 1024;

/** As uploads write: one statement, and all rows of it as one parameter. */
async function writeList(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = scene.table("list");
	await connection.send(`create table ${table} (k text primary key, n integer not null, t text) strict`);
	const filling = "x".repeat(Math.ceil(LIST_BYTES / LIST_ROWS));
	const list = JSON.stringify(Array.from({ length: LIST_ROWS }, (_, n) => [`k${n}`, n, filling]));
	const time = stopwatch();
	const { changes } = await connection.send(
		`insert into ${table} (k, n, t)
		select e.value ->> 0, e.value ->> 1, e.value ->> 2 from json_each(?) as e where true
		on conflict (k) do update set n = excluded.n`,
		[list],
	);
	const took = time();
	expectSame(changes, LIST_ROWS, "the number of rows written");
	const { rows } = await connection.send(
		`select count(*) as count, sum(n) as sum, sum(length(t)) as length from ${table}`,
	);
	const sum = (LIST_ROWS * (LIST_ROWS - 1)) / 2;
	expectSame(rows, [{ count: LIST_ROWS, sum, length: LIST_ROWS * filling.length }], "what was written");
	return `${whole(LIST_ROWS)} rows, ${whole(Math.round(list.length / 1024))} KB, in ${msText(took)}`;
}

const MANY = 10_000;
const SUM = (MANY * (MANY + 1)) / 2;

async function readRows(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = await makeMany(scene, connection, "rows");
	const time = stopwatch();
	const { rows } = await connection.send(`select id, a, b, c, d, e, f from ${table} order by id`);
	const took = time();
	const sum = rows.reduce((total, { id }) => total + Number(id), 0);
	expectSame(
		{ count: rows.length, sum, last: rows.at(-1)?.f },
		{ count: MANY, sum: SUM, last: FILLING },
		"all",
	);
	return `in ${msText(took)}`;
}

async function readOneValue(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = await makeMany(scene, connection, "value");
	const time = stopwatch();
	const { rows } = await connection.send(
		`select json_group_array(json_array(id, a, b, c, d, e, f)) as list from ${table}`,
	);
	const list = JSON.parse(String(rows[0]?.list)) as [number, ...unknown[]][];
	const took = time();
	const sum = list.reduce((total, [id]) => total + id, 0);
	expectSame({ count: list.length, sum }, { count: MANY, sum: SUM }, "all");
	return `in ${msText(took)}`;
}

const FILLING = "a text as long as a name";

/** Rows of seven columns, as events have them about. */
async function makeMany(scene: CheckScene, connection: Connection, word: string): Promise<string> {
	const table = scene.table(word);
	await connection.send(
		`create table ${table}
		(id integer primary key, a integer, b integer, c integer, d integer, e text, f text) strict`,
	);
	await connection.send(
		`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MANY})
		insert into ${table} select i, i * 2, i * 3, i * 5, i * 7, 'model-' || (i % 7), '${FILLING}' from n`,
	);
	return table;
}
