import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type ZipFile, zip } from "../../src/web/api/export/zip.ts";
import { NOW } from "../support/ledger.ts";
import { isFull, PATIENCE, runs } from "../support/runs.ts";
import { unzipped } from "../support/unzipped.ts";

let folder = "";

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "promptpulse-zip-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

async function write(files: Iterable<ZipFile>, at = NOW): Promise<string> {
	const path = join(folder, `${Bun.randomUUIDv7()}.zip`);
	const writer = Bun.file(path).writer();
	for await (const piece of zip(files, at)) {
		writer.write(piece);
		await writer.flush();
	}
	await writer.end();
	return path;
}

/** What another program makes of it: for each file its name, size, sum and date. */
async function readElsewhere(path: string): Promise<[string, number, number, number[]][]> {
	const program = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    bad = archive.testzip()
    assert bad is None, bad
    print(json.dumps([[i.filename, i.file_size, i.CRC, list(i.date_time)] for i in archive.infolist()]))`;
	return JSON.parse(await run(["python3", "-c", program, path]));
}

async function run(command: string[]): Promise<string> {
	const process = Bun.spawn(command, { stdout: "pipe", stderr: "pipe" });
	const [out, err, code] = await Promise.all([
		new Response(process.stdout).text(),
		new Response(process.stderr).text(),
		process.exited,
	]);
	expect({ code, err }).toEqual({ code: 0, err: "" });
	return out;
}

const crc = (text: string) => Bun.hash.crc32(text);

describe("an archive is whole for other programs", () => {
	test("with files of all sizes, also empty ones, and with none at all", async () => {
		const large = "a line of something\n".repeat(60_000);
		const texts = { "empty.txt": "", "small.txt": "small", "folder/large.txt": large };
		const files = Object.entries(texts).map(([name, text]) => ({ name, content: [bytes(text)] }));
		const path = await write(files);
		expect(await readElsewhere(path)).toEqual(
			Object.entries(texts).map(([name, text]) => [name, text.length, crc(text), [2026, 11, 24, 0, 0, 0]]),
		);
		if (Bun.which("unzip")) expect(await run(["unzip", "-t", path])).toContain("No errors detected");
		expect(Bun.file(path).size).toBeLessThan(large.length / 10);
		expect(await readElsewhere(await write([]))).toEqual([]);
	});

	test("with more files than 16 bits can count", async () => {
		const files = Array.from({ length: 65_540 }, (_, i) => ({ name: `${i}`, content: [] }));
		const path = await write(files);
		const read = await readElsewhere(path);
		expect([read.length, read[0]?.[0], read.at(-1)?.[0]]).toEqual([65_540, "0", "65539"]);
	}, 60_000);

	test(
		"with a large file, in thorough runs one larger than 32 bits can say, and files behind it",
		async () => {
			const blocks = isFull ? 65 : 2;
			const block = new Uint8Array(64 * 1_024 * 1_024).fill(97);
			const noise = crypto.getRandomValues(new Uint8Array(65_536));
			const content = (function* () {
				for (let i = 0; i < blocks; i++) yield block;
				yield noise;
			})();
			const path = await write([
				{ name: "large", content },
				{ name: "behind", content: [bytes("behind")] },
			]);
			const read = await readElsewhere(path);
			expect(read.map(([name, size]) => [name, size])).toEqual([
				["large", blocks * block.length + noise.length],
				["behind", 6],
			]);
			if (Bun.which("unzip")) expect(await run(["unzip", "-t", path])).toContain("No errors detected");
		},
		PATIENCE,
	);

	test("whenever it was made", async () => {
		const dates: [number, number[]][] = [
			[Date.UTC(2026, 10, 24, 13, 14, 15), [2026, 11, 24, 13, 14, 14]],
			[0, [1980, 1, 1, 0, 0, 0]],
			[Date.UTC(9999, 0), [2107, 12, 31, 0, 0, 0]],
		];
		for (const [at, date] of dates) {
			const [read] = await readElsewhere(await write([{ name: "a", content: [] }], at));
			expect(read?.[3]).toEqual(date);
		}
	});
});

test("nothing is made that nobody takes, and what is not taken is given up", async () => {
	let made = 0;
	let isGivenUp = false;
	const content = (async function* () {
		try {
			for (;;) {
				made++;
				yield crypto.getRandomValues(new Uint8Array(65_536));
			}
		} finally {
			isGivenUp = true;
		}
	})();
	const archive = zip([{ name: "endless", content }], NOW);
	await archive.next();
	expect(made).toBe(0);
	await archive.next();
	expect(made).toBe(4);
	await archive.return();
	expect(isGivenUp).toBe(true);
});

test("what goes wrong in a file ends the archive", async () => {
	const content = (async function* () {
		yield bytes("begun");
		throw new Error("no more");
	})();
	const archive = zip([{ name: "a", content }], NOW);
	await expect(Array.fromAsync(archive)).rejects.toThrow("no more");
});

test(
	"any pieces come back as they were",
	async () => {
		const piece = fc.uint8Array({ maxLength: 400 });
		const file = fc.array(piece, { maxLength: 6 });
		await fc.assert(
			fc.asyncProperty(fc.array(file, { maxLength: 5 }), async (drawn) => {
				const files = drawn.map((content, i) => ({ name: `${i}.bin`, content }));
				const archive = Buffer.concat(await Array.fromAsync(zip(files, NOW)));
				const read = unzipped(archive);
				expect([...read.keys()]).toEqual(files.map(({ name }) => name));
				for (const { name, content } of files) expect(read.get(name)).toEqual(Buffer.concat(content));
			}),
			runs(60),
		);
	},
	PATIENCE,
);
