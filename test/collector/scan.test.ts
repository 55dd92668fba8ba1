import { describe, expect, test } from "bun:test";
import {
	appendFileSync,
	cpSync,
	mkdirSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Database } from "../../src/ledger/database.ts";
import { countByReports } from "../support/reports.ts";
import { collectFrom, emptyLedger, inFolder } from "../support/scan.ts";
import { assistantLine, SESSION, writeTranscripts } from "../support/transcript.ts";

const MAIN = `-home-dev-app/${SESSION}.jsonl`;

/** One answer, told apart by its number: 10 + n input tokens, and whatever else is given. */
function answer(n: number, over: Parameters<typeof assistantLine>[0] = {}): string {
	return assistantLine({
		id: `msg_${n}`,
		requestId: `req_${n}`,
		uuid: `uuid-${n}`,
		usage: { input_tokens: 10 + n },
		...over,
	});
}

/** A Claude directory with transcripts, an empty ledger, and what the reports say after each collect. */
async function withTranscripts(
	files: Record<string, readonly string[]>,
	use: (home: { claude: string; path: string; db: Database; collect: Collect }) => Promise<void>,
): Promise<void> {
	await inFolder(async (claude) => {
		writeTranscripts(join(claude, "projects"), files);
		const db = await emptyLedger();
		const collect: Collect = async (options) => {
			const { scan } = await collectFrom(db, claude, options);
			return { ...scan, total: (await countByReports(db, scan.sightings)).total };
		};
		await use({ claude, path: join(claude, "projects", MAIN), db, collect });
	});
}

type Collect = (
	options?: Parameters<typeof collectFrom>[2],
) => Promise<
	Awaited<ReturnType<typeof collectFrom>>["scan"] & {
		total: { responses: number; input: number; output: number };
	}
>;

describe("what is new", () => {
	test("a second collect opens nothing and writes nothing", async () => {
		await withTranscripts({ [MAIN]: [answer(1), answer(2)] }, async ({ collect, db }) => {
			expect(await collect()).toMatchObject({ filesRead: 1, stored: 2 });
			const before = await db.get("select total_changes() as changes");
			expect(await collect()).toMatchObject({ files: 1, filesRead: 0, bytesRead: 0, stored: 0, raised: 0 });
			expect(await db.get("select total_changes() as changes")).toEqual(before);
		});
	});

	test("of a file that grew only the new bytes are read", async () => {
		await withTranscripts({ [MAIN]: [answer(1), answer(2)] }, async ({ collect, path }) => {
			await collect();
			const more = `${answer(3)}\n`;
			appendFileSync(path, more);
			expect(await collect()).toMatchObject({
				filesRead: 1,
				bytesRead: more.length,
				stored: 1,
				duplicates: 0,
			});
		});
	});

	test("--full reads everything again and changes nothing", async () => {
		await withTranscripts({ [MAIN]: [answer(1), answer(2)] }, async ({ collect }) => {
			const { total } = await collect();
			expect(await collect({ full: true })).toMatchObject({
				filesRead: 1,
				duplicates: 2,
				stored: 0,
				raised: 0,
				total,
			});
		});
	});

	test("a file that was only touched is read again and changes nothing", async () => {
		await withTranscripts({ [MAIN]: [answer(1)] }, async ({ collect, path }) => {
			await collect();
			utimesSync(path, 1, 1);
			expect(await collect()).toMatchObject({ filesRead: 1, duplicates: 1, stored: 0 });
			expect(await collect()).toMatchObject({ filesRead: 0 });
		});
	});
});

describe("the last line", () => {
	test("half written it is left alone, and counted once when it is complete", async () => {
		await withTranscripts({ [MAIN]: [answer(1)] }, async ({ collect, path }) => {
			const line = `${answer(2)}\n`;
			for (const length of [1, 100, line.length - 2]) {
				await collect();
				truncateSync(path, answer(1).length + 1);
				appendFileSync(path, line.slice(0, length));
				expect(await collect()).toMatchObject({ skipped: {}, total: { responses: 1 } });
			}
			appendFileSync(path, line.slice(line.length - 2));
			expect(await collect()).toMatchObject({ stored: 1, total: { responses: 2, input: 11 + 12 } });
		});
	});

	test("whole but for its newline it is counted at once, and not again with it", async () => {
		await withTranscripts({ [MAIN]: [answer(1)] }, async ({ collect, path }) => {
			appendFileSync(path, answer(2));
			expect(await collect()).toMatchObject({ stored: 2 });
			appendFileSync(path, `\n${answer(3)}\n`);
			expect(await collect()).toMatchObject({ stored: 1, duplicates: 1, total: { responses: 3 } });
		});
	});

	test("an answer without any id is the same one before and after its newline", async () => {
		const nameless = answer(2, { id: undefined, requestId: undefined, uuid: undefined });
		await withTranscripts({ [MAIN]: [answer(1)] }, async ({ collect, path }) => {
			appendFileSync(path, nameless);
			await collect();
			appendFileSync(path, "\n");
			expect(await collect()).toMatchObject({ stored: 0, duplicates: 1, total: { responses: 2 } });
		});
	});
});

describe("a file that changed otherwise", () => {
	test("shortened, it is read from its beginning, and nothing that was counted goes", async () => {
		await withTranscripts({ [MAIN]: [answer(1), answer(2)] }, async ({ collect, path }) => {
			const { total } = await collect();
			truncateSync(path, answer(1).length + 1);
			expect(await collect()).toMatchObject({ filesRead: 1, duplicates: 1, total });
		});
	});

	test("emptied or deleted, it takes nothing away", async () => {
		await withTranscripts({ [MAIN]: [answer(1), answer(2)] }, async ({ collect, path, db }) => {
			const { total } = await collect();
			truncateSync(path, 0);
			expect((await collect()).total).toEqual(total);
			rmSync(path);
			expect(await collect()).toMatchObject({ files: 0, total });
			expect(await db.all("select * from files")).toEqual([]);
		});
	});

	test("rewritten in place with the same size and time, it is read as a whole", async () => {
		await withTranscripts({ [MAIN]: [answer(1), answer(2)] }, async ({ collect, path }) => {
			await collect();
			const { atime, mtime } = statSync(path);
			writeFileSync(path, `${answer(3)}\n${answer(4)}\n`);
			utimesSync(path, atime, mtime);
			expect(await collect()).toMatchObject({ stored: 2, total: { responses: 4 } });
		});
	});

	test("replaced by a longer one under its name, it is read as a whole", async () => {
		await withTranscripts({ [MAIN]: [answer(1)] }, async ({ collect, path }) => {
			await collect();
			writeFileSync(`${path}.new`, `${answer(3)}\n${answer(4)}\n`);
			renameSync(`${path}.new`, path);
			expect(await collect()).toMatchObject({ stored: 2, total: { responses: 3 } });
		});
	});

	test("grown after its beginning was changed, it is read as a whole", async () => {
		await withTranscripts({ [MAIN]: [answer(1), answer(2)] }, async ({ collect, path }) => {
			await collect();
			writeFileSync(path, `${answer(5)}\n${answer(2)}\n${answer(3)}\n`);
			expect(await collect()).toMatchObject({ stored: 2, duplicates: 1, total: { responses: 4 } });
		});
	});

	test("grown after its end was changed, it is read as a whole", async () => {
		const long = Array.from({ length: 20 }, (_, i) => answer(100 + i));
		await withTranscripts({ [MAIN]: [...long, answer(1)] }, async ({ collect, path }) => {
			await collect();
			writeFileSync(path, [...long, answer(6), answer(2), ""].join("\n"));
			expect(await collect()).toMatchObject({ stored: 2, duplicates: 20, total: { responses: 23 } });
		});
	});
});

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
		const counts = [];
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

	test("several batches in one run come to the same as one", async () => {
		const lines = Array.from({ length: 25_000 }, (_, i) => answer(i));
		await withTranscripts({ [MAIN]: lines }, async ({ collect }) => {
			expect(await collect()).toMatchObject({ stored: 25_000, total: { responses: 25_000 } });
		});
	});
});
