import { expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { openLedger } from "../../src/ledger/open.ts";
import { restoreLedger } from "../../src/ledger/restore.ts";
import { answer, MAIN } from "../support/answers.ts";
import { withDatabase } from "../support/database-files.ts";
import { killWhile } from "../support/dying-process.ts";
import { countNaively } from "../support/naive-count.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { runs } from "../support/runs.ts";
import { inFolder, NOW } from "../support/scan.ts";
import { ServeProcess, type Uploader } from "../support/serve-process.ts";

setDefaultTimeout(1_800_000);

/** Enough for a restore to take some time. */
const PEOPLE = 30_000;
/** Longer than it takes on a busy machine, in ms. */
const LONGEST = 150;

const ZONES = { old: "Europe/Berlin", new: "Asia/Tokyo" };

async function makeLedger(path: string, zone: string): Promise<void> {
	await withDatabase(
		() => openLedger(path, NOW),
		async (db) => {
			const rows = Array.from({ length: PEOPLE }, (_, i) => [i + 1, zone]);
			await db.batch([{ sql: "insert into users (id, zone) values (?, ?)", rows }]);
		},
	);
}

/** @returns in which zone everybody is */
function zoneOf(path: string): Promise<string> {
	return withDatabase(
		() => openLedger(path, NOW),
		async (db) => {
			expect(await db.all<object>("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
			const zones = await db.all<{ zone: string; people: number }>(
				"select zone, count(*) as people from users group by zone order by zone",
			);
			expect(zones.map(({ people }) => people)).toEqual([PEOPLE]);
			return zones[0]?.zone ?? "";
		},
	);
}

test("a restore that is killed anywhere leaves the old ledger or the new one, and can be done again", async () => {
	const random = new Random(8);
	await inFolder(async (folder) => {
		const kept = { old: join(folder, "old.db"), new: join(folder, "new.db") };
		for (const name of ["old", "new"] as const) await makeLedger(kept[name], ZONES[name]);
		const path = join(folder, "server/server.db");
		const tryOnce = async (moment: Parameters<typeof killWhile>[2]): Promise<boolean> => {
			rmSync(dirname(path), { recursive: true, force: true });
			mkdirSync(dirname(path));
			copyFileSync(kept.old, path);
			copyFileSync(kept.new, `${path}.copy`);
			const wasKilled = await killWhile("restore", path, moment);
			expect(existsSync(path)).toBe(true);
			expect([ZONES.old, ZONES.new]).toContain(await zoneOf(path));
			await restoreLedger(`${path}.copy`, path, NOW);
			expect(await zoneOf(path)).toBe(ZONES.new);
			const left = readdirSync(dirname(path)).filter((name) => name.includes("restored"));
			expect(left).toEqual([]);
			return wasKilled;
		};
		let statement = 1;
		while (await tryOnce({ statement })) statement++;
		expect(statement).toBeGreaterThan(1);
		for (let run = 0; run < runs(5, 300).numRuns; run++) await tryOnce({ ms: random.integer(0, LONGEST) });
	});
});

test("after a server was restored from a copy, machines send what it lacks, and no total is lost or doubled", async () => {
	await inFolder((folder) =>
		inHome({}, async (home) => {
			const { serve, uploaders } = await ServeProcess.startFor(folder, 1);
			const [ada] = uploaders;
			if (!ada) throw new Error("there is nobody");
			const copy = join(folder, "copy.db");
			await use(home, serve, ada, 0, 40);
			await operate(home, ["backup", copy, "--database", serve.database]);
			await use(home, serve, ada, 30, 60);
			expect(await serve.end("SIGTERM")).toBe(0);
			await operate(home, ["restore", copy, "--database", serve.database, "--force"]);
			expect(await responsesOf(serve, ada)).toBe(40);
			await serve.start();
			await use(home, serve, ada, 100, 101);
			expect(await serve.end("SIGTERM")).toBe(0);
			const counted = countNaively(home.projects);
			await withDatabase(
				() => openLedger(serve.database, NOW),
				async (db) => {
					expect(await countByReports(db, counted.lines, ada.user)).toEqual(counted);
					expect(await db.all<object>("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
				},
			);
			expect(await responsesOf(serve, ada)).toBe(61);
		}),
	);
});

/** Claude answers some times, and the machine collects and sends that; nothing waits then. */
async function use(
	{ projects, cli }: CliHome,
	{ address }: ServeProcess,
	{ key }: Uploader,
	from: number,
	to: number,
): Promise<void> {
	const path = join(projects, MAIN);
	mkdirSync(dirname(path), { recursive: true });
	for (let n = from; n < to; n++) appendFileSync(path, `${answer(n)}\n`);
	const env = { PROMPTPULSE_SERVER: address, PROMPTPULSE_API_KEY: key, PROJECT_PATH_PRIVACY: "full" };
	const { code, out } = await cli(["collect", "--json"], { env });
	expect({ code, unsent: JSON.parse(out).push.unsent }).toEqual({ code: 0, unsent: 0 });
}

async function operate({ cli }: CliHome, args: readonly string[]): Promise<void> {
	const { code, err } = await cli(args);
	if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${err}`);
}

function responsesOf({ database }: ServeProcess, { user }: Uploader): Promise<number | undefined> {
	return withDatabase(
		() => openLedger(database, NOW),
		async (db) => {
			const sql = "select count(*) as responses from events where user = ?";
			return (await db.get<{ responses: number }>(sql, [user]))?.responses;
		},
	);
}
