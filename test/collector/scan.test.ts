import { describe, expect, test } from "bun:test";
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planScan } from "../../src/collector/plan.ts";
import { scan } from "../../src/collector/scan.ts";
import { saveLocalUser } from "../../src/ledger/users.ts";
import { answer, MAIN, withTranscripts } from "../support/answers.ts";
import { dumpLedger } from "../support/ledger.ts";
import { countByReports } from "../support/reports.ts";
import { collectFrom, emptyLedger, NOW, PRICES } from "../support/scan.ts";
import { SESSION, writeTranscripts } from "../support/transcript.ts";

describe("copies", () => {
	test("a copied directory beside the first one counts once", async () => {
		await withTranscripts({ [MAIN]: [answer(1), answer(2)] }, async ({ claude, db, collect }) => {
			const { total } = await collect();
			cpSync(join(claude, "projects"), join(claude, "copy/projects"), { recursive: true });
			await collectFrom(db, `${claude},${join(claude, "copy")}`);
			expect((await countByReports(db, 0)).total).toEqual(total);
		});
	});

	test("a fork with a new session id belongs to the session that was first, in whatever order both are read", async () => {
		const fork = {
			session: "22222222-2222-4222-8222-222222222222",
			line: { forkedFrom: { sessionId: SESSION } },
		};
		const original = { [MAIN]: [answer(1), answer(2)] };
		const copy = {
			[`-home-dev-app/${fork.session}.jsonl`]: [
				answer(1, fork),
				answer(2, fork),
				answer(3, { session: fork.session }),
			],
		};
		const counts: Awaited<ReturnType<typeof countByReports>>[] = [];
		for (const [first, second] of [
			[original, copy],
			[copy, original],
		] as const) {
			await withTranscripts(first, async ({ claude, db, collect }) => {
				await collect();
				writeTranscripts(join(claude, "projects"), second);
				await collect();
				counts.push(await countByReports(db, 0));
			});
		}
		expect(counts[0]).toEqual(counts[1]);
		expect(counts[0]?.sessions).toMatchObject({
			[SESSION]: { responses: 2 },
			[fork.session]: { responses: 1 },
		});
	});

	test("a response told on several lines over several collects ends at its largest count, on its first day", async () => {
		const lines = [
			answer(1, { timestamp: "2026-03-02T23:59:59.000Z", usage: { output_tokens: 1 } }),
			answer(1, { timestamp: "2026-03-03T00:00:01.000Z", usage: { output_tokens: 700 } }),
		];
		await withTranscripts({ [MAIN]: [lines[0] ?? ""] }, async ({ collect, path, db }) => {
			expect(await collect()).toMatchObject({ stored: 1, total: { output: 1 } });
			appendFileSync(path, `${lines[1]}\n`);
			expect(await collect()).toMatchObject({ raised: 1, total: { responses: 1, output: 700 } });
			expect(Object.keys((await countByReports(db, 0)).days)).toEqual(["2026-03-02"]);
		});
	});
});

describe("the project", () => {
	test("of every session in a folder is settled by the first line that names it, also for what was counted before", async () => {
		const other = "33333333-3333-4333-8333-333333333333";
		const lost = { [MAIN]: [answer(1, { cwd: "/home/dev/app/sub" })] };
		await withTranscripts(lost, async ({ claude, db, collect }) => {
			await collect();
			expect(Object.keys((await countByReports(db, 0)).projects)).toEqual(["/home/dev/app/sub"]);
			const before = await db.get<{ change: number }>("select change from events");
			writeTranscripts(join(claude, "projects"), {
				[`-home-dev-app/${other}.jsonl`]: [answer(2, { session: other, cwd: "/home/dev/app" })],
			});
			await collect();
			expect((await countByReports(db, 0)).projects).toMatchObject({ "/home/dev/app": { responses: 2 } });
			const moved = await db.get<{ change: number }>("select change from events where input = 11");
			expect(moved?.change).toBeGreaterThan(before?.change ?? 0);
		});
	});

	test("is the folder's name where no line names a directory", async () => {
		await withTranscripts({ [MAIN]: [answer(1, { cwd: undefined })] }, async ({ collect, db }) => {
			await collect();
			expect(Object.keys((await countByReports(db, 0)).projects)).toEqual(["-home-dev-app"]);
		});
	});
});

describe("trouble", () => {
	test("a bad line costs only itself and is counted by its reason", async () => {
		const bad = [
			answer(2, { usage: { input_tokens: -1 } }),
			answer(3, { timestamp: "yesterday" }),
			`{"type":"assistant","message":{"usage":{`,
			answer(4, { session: "no id" }),
		];
		await withTranscripts({ [MAIN]: [answer(1), ...bad, answer(5)] }, async ({ collect }) => {
			expect(await collect()).toMatchObject({
				skipped: { bad_counter: 1, bad_time: 1, bad_json: 1, bad_id: 1 },
				total: { responses: 2 },
			});
		});
	});

	test("a line from the future is counted on its day and told", async () => {
		await withTranscripts(
			{ [MAIN]: [answer(1, { timestamp: "2030-01-01T00:00:00.000Z" })] },
			async ({ collect }) => {
				expect(await collect()).toMatchObject({ inFuture: 1, total: { responses: 1 } });
			},
		);
	});

	test("fast mode on a model that has no fast price is told", async () => {
		await withTranscripts({ [MAIN]: [answer(1, { usage: { speed: "fast" } })] }, async ({ collect }) => {
			expect((await collect()).withoutFastRate).toEqual(["claude-sonnet-4-5-20250929"]);
		});
	});

	test("a directory that is called like a transcript is walked, not read", async () => {
		await withTranscripts({ [MAIN]: [answer(1)] }, async ({ claude, collect }) => {
			mkdirSync(join(claude, "projects/-home-dev-app/x.jsonl"));
			expect(await collect()).toMatchObject({ files: 1, unreadable: [], total: { responses: 1 } });
		});
	});

	// Other systems refuse such names.
	test.if(process.platform === "linux")(
		"a transcript whose name is no UTF-8 cannot be read, and is told",
		async () => {
			await withTranscripts({ [MAIN]: [answer(1)] }, async ({ claude, collect }) => {
				const name = Buffer.concat([
					Buffer.from(`${join(claude, "projects")}/-p-`),
					Buffer.from([0xff]),
					Buffer.from(".jsonl"),
				]);
				writeFileSync(name, `${answer(2)}\n`);
				const { unreadable, stored } = await collect();
				expect(stored).toBe(1);
				expect(unreadable).toMatchObject([{ reason: "ENOENT" }]);
			});
		},
	);

	test("so many lines that they are written bit by bit come to the same as few", async () => {
		const lines = Array.from({ length: 25_000 }, (_, i) => answer(i));
		await withTranscripts({ [MAIN]: lines }, async ({ collect }) => {
			expect(await collect()).toMatchObject({ stored: 25_000, total: { responses: 25_000 } });
		});
	});

	test.each([
		["a response", { responses: 1, bytes: Number.POSITIVE_INFINITY }],
		["a byte", { responses: Number.POSITIVE_INFINITY, bytes: 1 }],
	])("a run in transactions that have enough with %s comes to the same as in one", async (_what, enough) => {
		// A held line is written with the next 2,048, so that some have to be read before one is.
		const lines = Array.from({ length: 2_100 }, (_, i) => answer(i));
		const files = { [MAIN]: lines, "-home-dev-app/b.jsonl": lines.slice(50), "-q/c.jsonl": [answer(9_999)] };
		await withTranscripts(files, async ({ claude, db, collect }) => {
			const found = await collect();
			const other = await emptyLedger();
			const roots = [join(claude, "projects")];
			const plan = await planScan(other, roots, false);
			const user = await other.transaction((tx) => saveLocalUser(tx, "UTC"));
			const machine = { uuid: "00000000-0000-4000-8000-000000000001", label: "laptop" };
			const result = await scan(plan, {
				db: other,
				context: { user, machine, prices: PRICES, now: NOW },
				enough,
			});
			expect(result).toMatchObject({
				filesRead: 3,
				bytesRead: found.bytesRead,
				stored: 2_101,
				sightings: 4_151,
			});
			expect(await dumpLedger(other)).toEqual(await dumpLedger(db));
			expect((await planScan(other, roots, false)).changed).toEqual([]);
		});
	});
});
