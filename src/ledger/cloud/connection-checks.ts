import { type Check, expectThat, medianOf, msText, stopwatch, Unmet } from "../checks/check.ts";
import type { CheckScene } from "./check-scene.ts";
import { asAppError, CloudError } from "./cloud-error.ts";

/** What is done first, as nothing else can be looked at without it. */
export const FIRST_CHECKS: readonly Check<CheckScene>[] = [
	{
		name: "reached and logged in",
		hint: "See whether DATABASE_URL is right, and whether this machine can reach the database.",
		isNeeded: true,
		look: logIn,
	},
	{
		name: "tables made and dropped",
		hint: "In the console of SQLite Cloud, give the key or the user that DATABASE_URL names the right to read, to write and to make and drop tables in this database.",
		isNeeded: true,
		look: makeTable,
	},
	{
		name: "server version",
		hint: "Look for a newer version of PromptPulse.",
		look: findServerVersion,
	},
	{
		name: "round trip",
		hint: "Do not use this database: it gives wrong answers to the simplest question.",
		look: measureRoundTrip,
	},
];

/** @throws AppError `database_unreachable`, `database_refused` */
async function logIn(scene: CheckScene): Promise<string> {
	const time = stopwatch();
	try {
		await scene.connection();
	} catch (error) {
		throw error instanceof CloudError ? asAppError(error) : error;
	}
	return `in ${msText(time())}`;
}

async function makeTable(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const table = scene.table("made");
	await connection.send(`create table ${table} (k integer primary key, v text) strict`);
	await connection.send(`create index ${table}_index on ${table} (v)`);
	await connection.send(`alter table ${table} add column w integer`);
	await connection.send(`insert into ${table} (v, w) values ('a', 1)`);
	await connection.send(`drop table ${table}`);
	return "";
}

/** Not every server tells it, or everybody. */
async function findServerVersion(scene: CheckScene): Promise<string> {
	// What is no answer to SQL ends the connection.
	const connection = await scene.open();
	try {
		const { rows } = await connection.send("LIST INFO");
		const version = rows.find((row) => row.key === "sqlitecloud_version")?.value;
		return typeof version === "string" ? version : "not told";
	} catch (error) {
		if (error instanceof CloudError) return "not told";
		throw error;
	}
}

const ROUND_TRIPS = 20;

async function measureRoundTrip(scene: CheckScene): Promise<string> {
	const connection = await scene.connection();
	const times: number[] = [];
	for (let i = 0; i < ROUND_TRIPS; i++) {
		const time = stopwatch();
		const { rows } = await connection.send("select 1 as one");
		times.push(time());
		expectThat(rows[0]?.one === 1, "select 1 did not answer 1");
	}
	return `${msText(medianOf(times))}, the median of ${ROUND_TRIPS}`;
}

/** How many at once, and how long unused. */
export const CONNECTION_CHECKS: readonly Check<CheckScene>[] = [
	{
		name: "connections at once",
		hint: "Lower DB_MAX_CONNECTIONS.",
		isAboutLoss: true,
		look: openAllAtOnce,
	},
];

export const IDLE_CHECK: Check<CheckScene> = {
	name: "unused connection",
	hint: "Lower DB_IDLE_TIMEOUT, to 10000 say: connections have to be closed here before they are ended there.",
	isAboutLoss: true,
	look: leaveIdle,
};

async function openAllAtOnce(scene: CheckScene): Promise<string> {
	const { maxConnections } = scene.options;
	// It is one of them, and the server may take a while to notice that it was closed.
	const shared = await scene.connection();
	const opening = Array.from({ length: maxConnections - 1 }, () => scene.open());
	const opened = await Promise.allSettled([shared, ...opening]);
	const asked = await Promise.allSettled(
		opened.map(async (outcome) => {
			if (outcome.status === "rejected") throw outcome.reason;
			await outcome.value.send("select 1 as one");
		}),
	);
	const failures = asked.filter((outcome) => outcome.status === "rejected");
	const usable = asked.length - failures.length;
	const [failure] = failures;
	if (failure === undefined) return `${usable} of ${maxConnections}`;
	const why = failure.reason instanceof Error ? failure.reason.message : String(failure.reason);
	throw new Unmet(
		`${usable} of ${maxConnections}: ${why}`,
		usable > 0
			? `Set DB_MAX_CONNECTIONS to ${usable} or less, if a larger plan is not to be had: all servers together have to stay below what it allows.`
			: undefined,
	);
}

async function leaveIdle(scene: CheckScene): Promise<string> {
	const { idleMs = 0 } = scene.options;
	const connection = await scene.open();
	await connection.send("select 1 as one");
	await scene.sleep(idleMs);
	const time = stopwatch();
	try {
		await connection.send("select 1 as one");
	} catch (error) {
		if (!(error instanceof CloudError)) throw error;
		throw new Unmet(`not usable after ${idleMs / 1_000} s: ${error.message}`);
	}
	return `usable after ${idleMs / 1_000} s, in ${msText(time())}`;
}
