import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readImportFile, readImportInput } from "../../../src/collector/imports/import-file.ts";
import { asCcusage, ccusageOutput, inShort, refusalOf } from "../../support/importing.ts";
import { inFolder } from "../../support/scan.ts";

const TEXT = JSON.stringify(ccusageOutput("v18-daily"));
const EXPECTED = inShort(asCcusage(TEXT));
const ORIGIN = { file: "old.json", now: 0 };

describe("a file to import may be written", () => {
	test.each([
		["with a byte order mark", new TextEncoder().encode(`\ufeff${TEXT}`)],
		["with line ends of Windows", JSON.stringify(JSON.parse(TEXT), null, 2).replaceAll("\n", "\r\n")],
		["by PowerShell", new Uint8Array(Buffer.from(`\ufeff${TEXT}`, "utf16le"))],
		["with blanks around it", `\n\n ${TEXT}\n\n`],
	])("%s", (_, written) => {
		expect(inShort(asCcusage(written))).toEqual(EXPECTED);
	});
});

describe("a file to import is refused where", () => {
	test.each([
		["it is empty", "", "it is empty."],
		["there are only blanks", " \n", "it is empty."],
		["it is cut off", TEXT.slice(0, -9), "it is not whole JSON."],
		["it is a table for people", "┌────────┬\n│ Date   │", "it is not whole JSON."],
		[
			"it has a value on each line",
			`${TEXT}\n${TEXT}\n`,
			"it holds several values, one a line, and not a single one.",
		],
		["it is no text", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22]), "it is not text in UTF-8."],
		["its text is cut in a character", new Uint8Array([0x22, 0xc3]), "it is not text in UTF-8."],
		["it is nested deeply", "[".repeat(10_000) + "]".repeat(10_000), "it is nested more than 64 deep."],
		["a text of marks does not end", `"${'\\"'.repeat(4_000_000)}`, "it is not whole JSON."],
		["objects are nested deeply", '{"a":'.repeat(10_000), "it is nested more than 64 deep."],
		[
			"it is the log of uploads",
			'{"timestamp":"2025-07-01T00:00:00Z","machineId":"m","uploadType":"daily","recordCount":3}\n'.repeat(2),
			"it is the upload log, which tells that usage was sent and not what it was.",
		],
	])("%s", (_, written, why) => {
		expect(refusalOf(() => asCcusage(written))).toBe(why);
	});

	test("it is longer than any history, and it is read no further", async () => {
		let given = 0;
		async function* endless() {
			for (;;) {
				given++;
				yield new Uint8Array(1024 * 1024);
			}
		}
		await expect(readImportInput(endless(), ORIGIN)).rejects.toThrow("it is longer than 64 MB");
		expect(given).toBeLessThan(70);
	});

	test.if(existsSync("/dev/zero"))("it never ends", () => {
		expect(() => readImportFile("/dev/zero", ORIGIN)).toThrow("it is longer than 64 MB");
	});

	test("there is none, or a folder in its place", async () => {
		await inFolder(async (folder) => {
			mkdirSync(join(folder, "old.json"));
			expect(() => readImportFile(join(folder, "other.json"), ORIGIN)).toThrow("There is no such file");
			expect(() => readImportFile(join(folder, "old.json"), ORIGIN)).toThrow("It could not be read (EISDIR)");
		});
	});
});

test("brackets in names are no nesting", () => {
	const odd = ccusageOutput("v18-daily");
	odd.daily[0].modelsUsed = ['[{"\\['.repeat(100)];
	expect(inShort(asCcusage(odd))).toEqual(EXPECTED);
});

test("a database is told from text", async () => {
	await inFolder(async (folder) => {
		const path = join(folder, "old.db");
		writeFileSync(path, "SQLite format 3\0 and so on");
		expect(readImportFile(path, ORIGIN)).toEqual({ kind: "database" });
	});
});
