import { type Check, expectThat, type Looked, msText, stopwatch, Unmet } from "../checks/check.ts";
import { type CheckScene, isBusy } from "./check-scene.ts";
import type { Connection } from "./connection.ts";
import { refusalOf } from "./sql-checks.ts";

const HALF_DONE = "Do not use this database: changes could stay half done in it.";

/** That what belongs together happens together or not at all, and one after the other. */
export const TRANSACTION_CHECKS: readonly Check<CheckScene>[] = [
	{
		name: "transaction in one request",
		hint: "Do not use this database: every change is sent to it in this way.",
		look: transactAtOnce,
	},
	{ name: "transaction after an error", hint: HALF_DONE, look: failInside },
	{ name: "rollback of a lost connection", hint: HALF_DONE, look: dropInside },
	{
		name: "a change is seen at once",
		hint: "Pages may show an older state for a moment, and a key that was withdrawn may be good for as long: let the key of DATABASE_URL read from the leader only, or do not use this database.",
		look: readElsewhere,
	},
	{
		name: "one writer at a time",
		hint: "Do not use this database: what several servers write in it at once could get mixed.",
		look: writeBeside,
	},
];

async function transactAtOnce(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = await scene.pairs(connection, "once");
	await connection.send(`begin immediate; insert into ${table} (k, n) values (?, ?); commit`, ["a", 1]);
	expectThat((await countRows(connection, table)) === 1, "what was written in it is not there");
	const refusal = await refusalOf(connection, "rollback");
	expectThat(refusal !== undefined, "it was still open after its commit");
	return "";
}

async function failInside(scene: CheckScene): Promise<string> {
	const connection = await scene.open();
	const table = await scene.pairs(connection, "error");
	const insert = `insert into ${table} (k, n) values ('a', 1)`;
	const refusal = await refusalOf(connection, `begin immediate; ${insert}; ${insert}; commit`);
	expectThat(refusal !== undefined, "a second row of the same key was taken");
	const isClosed = (await refusalOf(connection, "rollback")) !== undefined;
	expectThat(!isClosed, "it was ended by the error");
	expectThat((await countRows(connection, table)) === 0, "what came before the error was kept");
	return "open, until it is rolled back";
}

async function dropInside(scene: CheckScene): Promise<string> {
	const other = await scene.connection();
	const table = await scene.pairs(other, "drop");
	const lost = await scene.open();
	await lost.send(`begin immediate; insert into ${table} (k, n) values ('a', 1)`);
	expectThat((await countRows(other, table)) === 0, "another connection saw what was not committed");
	lost.close();
	const time = stopwatch();
	try {
		await scene.patiently(other, "begin immediate");
	} catch (error) {
		if (!isBusy(error)) throw error;
		throw new Unmet(`its lock was still held after ${msText(time())}`);
	}
	const waited = time();
	const count = await countRows(other, table);
	await other.send("rollback");
	expectThat(count === 0, "what was not committed was kept");
	return `rolled back within ${msText(waited)}`;
}

const TIMES_READ = 20;

async function readElsewhere(scene: CheckScene): Promise<string> {
	const writer = await scene.connection();
	const reader = await scene.open();
	const table = await scene.pairs(writer, "seen");
	let missed = 0;
	for (let n = 0; n < TIMES_READ; n++) {
		await writer.send(`begin immediate; insert into ${table} (k, n) values (?, ?); commit`, [`k${n}`, n]);
		const { rows } = await reader.send(`select k from ${table} where n = ?`, [n]);
		if (rows.length !== 1) missed++;
	}
	expectThat(missed === 0, `not seen on another connection ${missed} of ${TIMES_READ} times`);
	return `on another connection, ${TIMES_READ} of ${TIMES_READ} times`;
}

/** A writer that is turned away sooner than this did not really wait, in ms. */
const LEAST_WAIT = 1_000;

async function writeBeside(scene: CheckScene): Promise<string | Looked> {
	const { holdMs } = scene.options;
	const first = await scene.open();
	const second = await scene.open();
	const table = await scene.pairs(first, "writers");
	await first.send(`begin immediate; insert into ${table} (k, n) values ('a', 1)`);
	const time = stopwatch();
	const answer = begin(second);
	const early = await within(holdMs, answer);
	expectThat(early !== "let in", "two writers were let in at once");
	if (early === "busy") return turnedAway(time());
	await first.send("commit");
	const released = stopwatch();
	if ((await answer) === "busy") return turnedAway(time());
	return `a second one waits, ${msText(holdMs)} here, and is let in ${msText(released())} after the first one's end`;
}

function turnedAway(ms: number): string | Looked {
	const detail = `a second one is turned away after ${msText(ms)}`;
	if (ms >= LEAST_WAIT) return detail;
	return {
		detail,
		advice:
			"A second writer does not wait for the first one: raise DB_RETRY_ATTEMPTS to 6, so that uploads are not put off.",
	};
}

async function begin(connection: Connection): Promise<"let in" | "busy"> {
	try {
		await connection.send("begin immediate");
		return "let in";
	} catch (error) {
		if (isBusy(error)) return "busy";
		throw error;
	}
}

/** What it comes to, or undefined where that takes longer. */
async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
	const { promise, resolve } = Promise.withResolvers<undefined>();
	const timer = setTimeout(resolve, ms, undefined);
	try {
		return await Promise.race([work, promise]);
	} finally {
		clearTimeout(timer);
	}
}

async function countRows(connection: Connection, table: string): Promise<number> {
	const { rows } = await connection.send(`select count(*) as count from ${table}`);
	return Number(rows[0]?.count);
}
