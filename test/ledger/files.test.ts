import { beforeEach, describe, expect, test } from "bun:test";
import type { Database } from "../../src/ledger/database.ts";
import { deleteCursors, type FileCursor, listCursors, saveCursors } from "../../src/ledger/files.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { NOW } from "../support/ledger.ts";

let db: Database;

beforeEach(async () => {
	db = await openLedger(":memory:", NOW);
});

function cursorOf(path: string, part: Partial<FileCursor> = {}): FileCursor {
	return {
		path,
		device: "2049",
		inode: "18446744073709551615",
		size: 2 ** 40,
		modified: "1772445600123456789",
		changed: "1772445600123456790",
		readTo: 2 ** 40 - 1,
		headHash: "head",
		tailHash: "tail",
		...part,
	};
}

describe("how far files were read", () => {
	test("is kept by path, to the last digit", async () => {
		const cursors = [cursorOf("/a.jsonl"), cursorOf("/b 😀\n.jsonl", { inode: "1" })];
		await saveCursors(db, cursors);
		expect(await listCursors(db)).toEqual(new Map(cursors.map((cursor) => [cursor.path, cursor])));
	});

	test("is replaced as a whole", async () => {
		await saveCursors(db, [cursorOf("/a.jsonl"), cursorOf("/b.jsonl")]);
		const next = cursorOf("/a.jsonl", { inode: "7", size: 0, readTo: 0, headHash: "", tailHash: "" });
		await saveCursors(db, [next]);
		expect((await listCursors(db)).get("/a.jsonl")).toEqual(next);
		expect((await listCursors(db)).size).toBe(2);
	});

	test("is forgotten for files that are gone, and for no others", async () => {
		await saveCursors(db, [cursorOf("/a.jsonl"), cursorOf("/b.jsonl")]);
		await deleteCursors(db, ["/a.jsonl", "/never-seen.jsonl"]);
		expect([...(await listCursors(db)).keys()]).toEqual(["/b.jsonl"]);
	});

	test("is nothing before the first file, and nothing is written for none", async () => {
		await saveCursors(db, []);
		await deleteCursors(db, []);
		expect(await listCursors(db)).toEqual(new Map());
	});

	test("is undone with the transaction that it stands in", async () => {
		await saveCursors(db, [cursorOf("/a.jsonl")]);
		const work = db.transaction(async (tx) => {
			await saveCursors(tx, [cursorOf("/a.jsonl", { readTo: 5 }), cursorOf("/b.jsonl")]);
			await deleteCursors(tx, ["/a.jsonl"]);
			throw new Error("trouble");
		});
		await expect(work).rejects.toThrow("trouble");
		expect(await listCursors(db)).toEqual(new Map([["/a.jsonl", cursorOf("/a.jsonl")]]));
	});
});
