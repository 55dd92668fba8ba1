import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAside, writeOnce } from "../../src/collector/own-files.ts";

let folder: string;
let path: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "promptpulse-files-"));
	path = join(folder, "secret.json");
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a file that is made once stays as whoever came first has made it", () => {
	writeOnce(path, "first");
	writeOnce(path, "second");
	expect(readFileSync(path, "utf8")).toBe("first");
	writeAside(path, "changed");
	expect(readFileSync(path, "utf8")).toBe("changed");
});

test("nothing is left beside a file that was written, which is its owner's alone", () => {
	writeOnce(path, "first");
	writeOnce(path, "second");
	writeAside(path, "changed");
	expect(readdirSync(folder)).toEqual(["secret.json"]);
	if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});
