import { beforeEach, describe, expect, test } from "bun:test";
import type { Database } from "../../src/ledger/database.ts";
import {
	deleteCursors,
	type FileCursor,
	findCursors,
	listLooks,
	saveCursors,
	summarizeSkipped,
} from "../../src/ledger/files.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { NOW } from "../support/ledger.ts";

let db: Database;

beforeEach(async () => {
	db = await openLedger(":memory:", NOW);
});

function cursorOf(path: string, part: Partial<FileCursor> = {}): FileCursor {
	return {
		path,
		identity: 2 ** 52 - 1,
		size: 2 ** 40,
		modifiedUs: 1_772_445_600_123_456,
		changedUs: 1_772_445_600_123_457,
		readTo: 2 ** 40 - 1,
		headHash: "head",
		tailHash: "tail",
		skipped: {},
		...part,
	};
}

describe("how far files were read", () => {
	test("is kept by path, to the last digit", async () => {
		const cursors = [cursorOf("/a.jsonl"), cursorOf("/b 😀\n.jsonl", { skipped: { bad_json: 2 } })];
		await saveCursors(db, cursors);
		const paths = [...cursors.map(({ path }) => path), "/never-seen.jsonl"];
		expect(await findCursors(db, paths)).toEqual(new Map(cursors.map((cursor) => [cursor.path, cursor])));
	});

	test("is found for the files that are asked for alone, while the looks of all are listed", async () => {
		await saveCursors(db, [cursorOf("/a.jsonl"), cursorOf("/b.jsonl", { identity: 7, size: 0 })]);
		expect([...(await findCursors(db, ["/b.jsonl"])).keys()]).toEqual(["/b.jsonl"]);
		expect([...(await listLooks(db))]).toMatchObject([
			["/a.jsonl", { identity: 2 ** 52 - 1, changedUs: 1_772_445_600_123_457 }],
			["/b.jsonl", { identity: 7, size: 0 }],
		]);
	});

	test("is replaced as a whole", async () => {
		await saveCursors(db, [cursorOf("/a.jsonl", { skipped: { bad_id: 1 } }), cursorOf("/b.jsonl")]);
		const next = cursorOf("/a.jsonl", { identity: 7, size: 0, readTo: 0, headHash: "", tailHash: "" });
		await saveCursors(db, [next]);
		expect((await findCursors(db, ["/a.jsonl"])).get("/a.jsonl")).toEqual(next);
		expect((await listLooks(db)).size).toBe(2);
	});

	test("is forgotten for files that are gone, and for no others", async () => {
		await saveCursors(db, [cursorOf("/a.jsonl"), cursorOf("/b.jsonl")]);
		await deleteCursors(db, ["/a.jsonl", "/never-seen.jsonl"]);
		expect([...(await listLooks(db)).keys()]).toEqual(["/b.jsonl"]);
	});

	test("is nothing before the first file, and nothing is written for none", async () => {
		await saveCursors(db, []);
		await deleteCursors(db, []);
		expect(await listLooks(db)).toEqual(new Map());
		expect(await findCursors(db, [])).toEqual(new Map());
	});

	test("is undone with the transaction that it stands in", async () => {
		await saveCursors(db, [cursorOf("/a.jsonl")]);
		const work = db.transaction(async (tx) => {
			await saveCursors(tx, [cursorOf("/a.jsonl", { readTo: 5 }), cursorOf("/b.jsonl")]);
			await deleteCursors(tx, ["/a.jsonl"]);
			throw new Error("trouble");
		});
		await expect(work).rejects.toThrow("trouble");
		const paths = ["/a.jsonl", "/b.jsonl"];
		expect(await findCursors(db, paths)).toEqual(new Map([["/a.jsonl", cursorOf("/a.jsonl")]]));
	});
});

describe("lines that could not be counted", () => {
	test("are summed by reason over the files that are there, the most frequent first", async () => {
		await saveCursors(db, [
			cursorOf("/a.jsonl", { skipped: { bad_json: 1, bad_id: 2 } }),
			cursorOf("/b.jsonl", { skipped: { bad_json: 4 } }),
			cursorOf("/c.jsonl"),
		]);
		expect(Object.entries(await summarizeSkipped(db))).toEqual([
			["bad_json", 5],
			["bad_id", 2],
		]);
		await deleteCursors(db, ["/b.jsonl"]);
		expect(await summarizeSkipped(db)).toEqual({ bad_id: 2, bad_json: 1 });
	});

	test("are none in an empty ledger", async () => {
		expect(await summarizeSkipped(db)).toEqual({});
	});
});
