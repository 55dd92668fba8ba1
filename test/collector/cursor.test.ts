import { describe, expect, test } from "bun:test";
import {
	appendFileSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { lookOf } from "../../src/collector/cursor.ts";
import { summarizeSkipped } from "../../src/ledger/files.ts";
import { answer, MAIN, withTranscripts } from "../support/answers.ts";

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

	test("a file that says it was written centuries from now is read once", async () => {
		await withTranscripts({ [MAIN]: [answer(1)] }, async ({ collect, path }) => {
			utimesSync(path, new Date("2350-06-07T08:09:10Z"), new Date("2350-06-07T08:09:10Z"));
			expect(await collect()).toMatchObject({ filesRead: 1, stored: 1 });
			expect(await collect()).toMatchObject({ filesRead: 0 });
		});
	});

	test("of a time that is millions of years away a number is kept that the ledger can hold", () => {
		for (const mtimeMs of [9e18, -9e18]) {
			const { modifiedUs } = lookOf(Object.assign(statSync(import.meta.path), { mtimeMs }));
			expect(modifiedUs).toSatisfy(Number.isSafeInteger);
		}
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

	test("corrupt it is told at once, and noted once", async () => {
		await withTranscripts({ [MAIN]: [answer(1)] }, async ({ collect, path, db }) => {
			appendFileSync(path, answer(2, { usage: { output_tokens: -1 } }));
			expect(await collect()).toMatchObject({ skipped: { bad_counter: 1 } });
			appendFileSync(path, "\n");
			await collect();
			expect(await summarizeSkipped(db)).toEqual({ bad_counter: 1 });
			appendFileSync(path, `${answer(3)}\n`);
			await collect();
			expect(await summarizeSkipped(db)).toEqual({ bad_counter: 1 });
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
