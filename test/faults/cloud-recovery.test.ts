import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { AppError } from "../../src/errors.ts";
import { openCloud } from "../../src/ledger/cloud/cloud-database.ts";
import { makeTrouble, PATIENT, SHORT } from "../support/cloud-trouble.ts";
import { Random } from "../support/random.ts";
import { forSeeds, runs } from "../support/runs.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(3_600_000);

const DROPS = 1_000;
const CALLERS = 200;
const MOST = 10;

function countDropped({ injected }: CloudServer): number {
	const { dropBefore, dropAfterRunning, dropMidReply, dropAfter, refuse } = injected;
	return dropBefore + dropAfterRunning + dropMidReply + dropAfter + refuse;
}

/** How many files and sockets this process has open. */
function countDescriptors(): number {
	return readdirSync("/proc/self/fd").length;
}

test(`a pool of ${MOST} under ${CALLERS} callers recovers from ${DROPS} drops, and nothing is left over`, () =>
	forSeeds(runs(1, 10).numRuns, async (seed) => {
		await using cloud = await CloudServer.start();
		const random = new Random(seed);
		const patient = await openCloud(cloud.url(), PATIENT);
		await patient.run("create table things (name text) strict");
		await patient.close();
		const db = await openCloud(cloud.url(), { ...SHORT, maxConnections: MOST });
		await until("no connection is left", () => cloud.connections === 0);
		const before = countDescriptors();

		let most = 0;
		let answered = 0;
		const ask = async (number: number) => {
			if (number % 5 === 0) await db.run("insert into things values (?)", ["a"]);
			else await db.get("select ? as value", [number]);
			answered++;
		};
		const askInTrouble = async () => {
			await Bun.sleep(random.integer(0, 10));
			await ask(random.integer(0, 99)).catch((error) => {
				if (!(error instanceof AppError) || error.code !== "database_unreachable") throw error;
			});
			most = Math.max(most, db.figures.open + db.figures.opening);
		};
		const callers = Array.from({ length: CALLERS }, async () => {
			while (countDropped(cloud) < DROPS) await askInTrouble();
		});
		const calm = makeTrouble(cloud, random, 0.4);
		await Promise.all(callers).finally(calm);
		expect(answered).toBeGreaterThan(0);
		expect(most).toBeLessThanOrEqual(MOST);

		answered = 0;
		await until("all are answered", async () => {
			await Promise.all(Array.from({ length: CALLERS }, askInTrouble));
			return answered >= CALLERS;
		});
		const { open, idle, opening, waiting } = db.figures;
		expect({ used: open - idle, opening, waiting }).toEqual({ used: 0, opening: 0, waiting: 0 });
		await until("what lies unused is closed", () => cloud.connections === 0);
		expect(db.figures).toMatchObject({ open: 0, idle: 0 });
		await until("no descriptor is left over", () => countDescriptors() <= before);
		await db.close();
		expect(cloud.violations).toEqual([]);
	}));

test("a connection on which a transaction may still be open is closed, and lets others write", async () => {
	await using cloud = await CloudServer.start();
	const db = await openCloud(cloud.url(), PATIENT);
	await db.run("create table things (name text) strict");
	cloud.faults.errorFor = (sql) => (sql === "rollback" ? { code: 5, message: "not now" } : undefined);
	const trouble = new Error("taken back");
	const work = db.transaction(async (tx) => {
		await tx.run("insert into things values ('a')");
		throw trouble;
	});
	expect(await work.catch((error) => error)).toBe(trouble);
	await until("it is closed", () => cloud.connections === 0);
	expect(db.figures).toMatchObject({ open: 0, discarded: 1 });
	await db.run("insert into things values ('b')");
	expect(await db.all<object>("select name from things")).toEqual([{ name: "b" }]);
	await db.close();
});
