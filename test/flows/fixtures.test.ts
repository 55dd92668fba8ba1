import { expect, test } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { listBlocks } from "../../src/reports/blocks.ts";
import { listBranches } from "../../src/reports/branches.ts";
import { listDays } from "../../src/reports/days.ts";
import { listModels } from "../../src/reports/models.ts";
import { listProjects } from "../../src/reports/projects.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import { findTotals } from "../../src/reports/totals.ts";
import { dumpLedger } from "../support/ledger.ts";
import { copyInPieces } from "../support/pieces.ts";
import { Random } from "../support/random.ts";
import { collectFrom, emptyLedger, inFolder } from "../support/scan.ts";

// Made-up transcripts with one of each: streaming, a resumed copy, a sub-agent's file, progress lines that repeat it
// and one that is alone, an error line, long context, fast, us, batch, searches, an advisor, a gateway without request
// ids, NUL bytes, two records on one line, a corrupt and a torn line. The figures are worked out by hand.
const FIXTURES = join(import.meta.dir, "../fixtures/claude");
const UTC = { zone: "UTC", mode: "calculate" } as const;

async function collected() {
	const db = await emptyLedger();
	const { scan } = await collectFrom(db, FIXTURES);
	const user = await findUser(db, LOCAL_USER);
	if (!user) throw new Error("nothing was collected");
	return { db, user, scan };
}

test("the fixtures come to what was worked out by hand", async () => {
	const { db, user, scan } = await collected();
	expect(scan).toMatchObject({
		files: 4,
		sightings: 14,
		stored: 9,
		skipped: { bad_counter: 1 },
		unreadable: [],
	});
	expect(await findTotals(db, user, UTC)).toMatchObject({
		responses: 9,
		unpriced: 1,
		input: 201_273,
		output: 616,
		cacheWrite5m: 110,
		cacheWrite1h: 201,
		cacheRead: 1_080,
		webSearches: 3,
		costNanoUsd: 1_263_784_900,
	});
});

test("each way of grouping the fixtures has its sums by hand", async () => {
	const { db, user } = await collected();
	const costs = <Row extends { costNanoUsd: number | bigint; responses: number | bigint }>(
		rows: Row[],
		name: (row: Row) => string,
	) => Object.fromEntries(rows.map((row) => [name(row), [row.responses, row.costNanoUsd]]));
	expect(costs(await listDays(db, user, UTC), ({ day }) => day)).toEqual({
		"2026-03-02": [4, 1_212_005_800],
		"2026-03-03": [5, 51_779_100],
	});
	expect(costs(await listSessions(db, user, UTC), ({ session }) => session.slice(0, 1))).toEqual({
		a: [4, 1_212_005_800],
		b: [2, 51_600_000],
		c: [3, 179_100],
	});
	expect(costs(await listProjects(db, user, UTC), ({ project }) => project)).toEqual({
		"/home/ann/shop": [6, 1_263_605_800],
		"/home/ann/my/app": [3, 179_100],
	});
	expect(costs(await listBranches(db, user, UTC), ({ branch }) => branch)).toEqual({
		main: [4, 1_212_005_800],
		feature: [2, 51_600_000],
		"": [3, 179_100],
	});
	expect(costs(await listModels(db, user, UTC), ({ model }) => model)).toEqual({
		"claude-fable-5-1": [0, 300_000],
		"claude-haiku-4-5-20251001": [2, 193_800],
		"claude-opus-4-6": [3, 10_675_000 + 49_800_000 + 1_500_000],
		"claude-sonnet-4-5-20250929": [3, 1_201_137_000 + 45_450 + 133_650],
		"gateway/model-x": [1, 0],
	});
	expect(costs(await listBlocks(db, user, UTC, 0), ({ start }) => new Date(start).toISOString())).toEqual({
		"2026-03-02T10:00:00.000Z": [3, 10_868_800],
		"2026-03-02T23:00:00.000Z": [1, 1_201_137_000],
		"2026-03-03T08:00:00.000Z": [3, 51_600_000],
		"2026-03-03T13:00:00.000Z": [2, 179_100],
	});
});

test.each([1, 2, 3, 4, 5])(
	"the fixtures in pieces and in any order come to the same ledger (%i)",
	async (seed) => {
		const { db } = await collected();
		await inFolder(async (folder) => {
			const pieced = await emptyLedger();
			await copyInPieces(FIXTURES, folder, new Random(seed), async () => {
				await collectFrom(pieced, folder);
			});
			expect(await dumpLedger(pieced)).toEqual(await dumpLedger(db));
		});
	},
);

test("the same transcripts of two directories and of two machines count once", async () => {
	const { db } = await collected();
	const kept = await findTotals(db, { id: LOCAL_USER, zone: "UTC" }, UTC);
	await inFolder(async (folder) => {
		cpSync(FIXTURES, folder, { recursive: true });
		const machine = { uuid: "00000000-0000-4000-8000-000000000002", label: "desktop" };
		const { scan } = await collectFrom(db, folder, { machine });
		expect(scan).toMatchObject({ stored: 0, raised: 0 });
	});
	expect(await findTotals(db, { id: LOCAL_USER, zone: "UTC" }, UTC)).toEqual(kept);
});
