import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	chmodSync,
	closeSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	statfsSync,
	statSync,
	truncateSync,
	unlinkSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { answer, MAIN } from "../support/answers.ts";
import { AS_ORDINARY_USER, type CliHome, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** Enough of them that every table has a page or more. */
const MANY = Array.from({ length: 600 }, (_, n) => answer(n, { session: `session-${n % 40}` }));

function bytesOf(path: string): string {
	return Bun.hash(readFileSync(path)).toString(16);
}

/** All that lies below a folder, by path and content. */
function snapshot(dir: string): string[] {
	const paths = readdirSync(dir, { recursive: true, encoding: "utf8" }).sort();
	return paths.map((path) => {
		const isFile = statSync(join(dir, path)).isFile();
		return `${path} ${isFile ? bytesOf(join(dir, path)) : ""}`;
	});
}

async function totalOf(home: CliHome, ...flags: string[]): Promise<unknown> {
	return (await home.report("daily", ...flags)).totals.responses;
}

describe("a damaged ledger", () => {
	const overwrite = (from: number, length: number) => (path: string) => {
		const fd = openSync(path, "r+");
		writeSync(fd, Buffer.alloc(length, 0xa5), 0, length, from);
		closeSync(fd);
	};
	const overwriteLast = (path: string) => {
		const { size } = statSync(path);
		overwrite(Math.floor(size * 0.3), Math.ceil(size * 0.7))(path);
	};

	test.each<[string, (path: string) => void]>([
		["has lost its beginning", overwrite(0, 100)],
		["has lost its schema", overwrite(100, 3_996)],
		["has lost most of its pages", overwriteLast],
		["was cut off", (path) => truncateSync(path, 20_000)],
		["is another file", (path) => writeFileSync(path, "Dear diary,\n".repeat(1_000))],
	])(
		"that %s is told in a sentence and stays as it is; moved aside, all is counted anew",
		async (_what, damage) => {
			await inHome({ [MAIN]: MANY }, async (home) => {
				await home.cli(["collect"]);
				const ledger = join(home.kept, "ledger.db");
				damage(ledger);
				const [damaged, transcripts] = [bytesOf(ledger), snapshot(home.projects)];
				for (const words of [
					["collect", "--full"],
					["report"],
					["report", "--no-collect"],
					["migrate", "--rebuild"],
				]) {
					const { code, out, err } = await home.cli(words);
					expect({ code, out: words[0] === "migrate" ? "" : out }).toEqual({ code: 1, out: "" });
					expect(err).toStartWith(`${ledger} is damaged or is not a ledger (`);
					expect(err).toEndWith(
						"Move it aside and run promptpulse collect: everything that is still in the transcripts is read again.\n",
					);
					expect(bytesOf(ledger)).toBe(damaged);
				}
				expect(snapshot(home.projects)).toEqual(transcripts);
				unlinkSync(ledger);
				expect(await totalOf(home)).toBe(MANY.length);
			});
		},
	);

	test("that is empty is a new one", async () => {
		await inHome({ [MAIN]: MANY }, async (home) => {
			mkdirSync(home.kept);
			writeFileSync(join(home.kept, "ledger.db"), "");
			expect(await totalOf(home)).toBe(MANY.length);
		});
	});
});

test("a ledger of an unreleased program is told apart from a damaged one, and left alone", async () => {
	await inHome({ [MAIN]: MANY }, async (home) => {
		await home.cli(["collect"]);
		const ledger = join(home.kept, "ledger.db");
		const db = openSqlite(ledger);
		await db.run("update migrations set checksum = 'another'");
		await db.close();
		const before = bytesOf(ledger);
		for (const words of [["collect"], ["report"]]) {
			const { code, err } = await home.cli(words);
			expect(code).toBe(1);
			expect(err).toContain("The ledger was made by an unreleased version.");
		}
		expect(bytesOf(ledger)).toBe(before);
	});
});

test("a file where the home should be is left alone; a report answers from the transcripts", async () => {
	await inHome({ [MAIN]: MANY }, async (home) => {
		writeFileSync(home.kept, "mine");
		const { code, out, err } = await home.cli(["collect"]);
		expect({ code, out }).toEqual({ code: 7, out: "" });
		expect(err).toContain(`${home.kept} cannot be written (EEXIST`);
		const report = await home.cli(["report", "--json"]);
		expect(report.code).toBe(0);
		expect(report.err).toContain("These are the figures of the transcripts alone; nothing was kept.");
		expect(JSON.parse(report.out).totals.responses).toBe(MANY.length);
		expect(readFileSync(home.kept, "utf8")).toBe("mine");
		unlinkSync(home.kept);
		expect(await totalOf(home)).toBe(MANY.length);
	});
});

test("a broken machine.json hinders until it is moved away; nothing counts twice under the new id", async () => {
	await inHome({ [MAIN]: MANY }, async (home) => {
		await home.cli(["collect"]);
		const machine = join(home.kept, "machine.json");
		writeFileSync(machine, '{"id": "not one"}');
		const files = readdirSync(home.kept).sort();
		expect((await home.cli(["collect"])).code).toBe(7);
		expect(readdirSync(home.kept).sort()).toEqual(files);
		expect(readFileSync(machine, "utf8")).toBe('{"id": "not one"}');
		unlinkSync(machine);
		expect((await home.cli(["collect", "--full"])).code).toBe(0);
		expect((await home.report("machine")).machines).toHaveLength(1);
		expect(await totalOf(home)).toBe(MANY.length);
	});
});

if (AS_ORDINARY_USER) {
	const through = AS_ORDINARY_USER;

	describe("a home that cannot be written", () => {
		/** Takes the right to write from a home, and gives it back. */
		async function readOnly(home: CliHome, use: () => Promise<void>): Promise<void> {
			const files = readdirSync(home.kept).map((name) => join(home.kept, name));
			for (const file of files) chmodSync(file, 0o400);
			chmodSync(home.kept, 0o500);
			const before = snapshot(home.kept);
			await use();
			expect(snapshot(home.kept)).toEqual(before);
			chmodSync(home.kept, 0o700);
			for (const file of files) chmodSync(file, 0o600);
		}

		test("but has a ledger: a report tells what is in it, with a note; collect and migrate end with 7", async () => {
			await inHome({ [MAIN]: MANY.slice(0, 500) }, async (home) => {
				await home.cli(["collect"]);
				writeFileSync(join(home.projects, MAIN), MANY.map((line) => `${line}\n`).join(""));
				await readOnly(home, async () => {
					for (const words of [["collect"], ["migrate"]]) {
						const { code, out, err } = await home.cli(words, { through });
						expect({ code, out }).toEqual({ code: 7, out: "" });
						expect(err).toContain("cannot be written");
					}
					for (const flag of ["--json", "--no-collect"]) {
						const { code, out, err } = await home.cli(["report", "--json", flag], { through });
						expect(code).toBe(0);
						expect(JSON.parse(out).totals.responses).toBe(500);
						expect(err).toContain("These are the figures up to the last collect.");
					}
				});
				expect(await totalOf(home)).toBe(MANY.length);
			});
		});

		test("and has no ledger: a report answers from the transcripts, if it may read them", async () => {
			await inHome({ [MAIN]: MANY }, async (home) => {
				mkdirSync(home.kept);
				await readOnly(home, async () => {
					expect((await home.cli(["collect"], { through })).code).toBe(7);
					const report = await home.cli(["report", "--json"], { through });
					expect(report.code).toBe(0);
					expect(JSON.parse(report.out).totals.responses).toBe(MANY.length);
					expect(report.err).toContain("the figures of the transcripts alone; nothing was kept.");
					expect((await home.cli([], { through })).out).toContain("\nEver ");
					const unread = await home.cli(["report", "--json", "--no-collect"], { through });
					expect(unread.code).toBe(0);
					expect(JSON.parse(unread.out).totals.responses).toBe(0);
				});
				expect(await totalOf(home)).toBe(MANY.length);
			});
		});
	});
}

/** Only root of a Linux machine may make a small disk. */
const canMount = process.platform === "linux" && process.getuid?.() === 0 && triesToMount();

function triesToMount(): boolean {
	const dir = mkdtempSync(join(tmpdir(), "promptpulse-disk-"));
	const { success } = Bun.spawnSync(["sh", "-c", 'mount -t tmpfs tmpfs "$0" && umount "$0"', dir]);
	rmdirSync(dir);
	return success;
}

if (canMount) {
	describe("a full disk", () => {
		/** Lets the home of promptpulse be a disk of its own, as large as that. */
		async function onDisk(home: CliHome, size: string, use: (resize: (to: string) => void) => Promise<void>) {
			const mount = (...args: string[]) => {
				const { success, stderr } = Bun.spawnSync(["mount", ...args]);
				if (!success) throw new Error(stderr.toString());
			};
			mkdirSync(home.kept);
			mount("-t", "tmpfs", "-o", `size=${size}`, "tmpfs", home.kept);
			try {
				await use((to) => mount("-o", `remount,size=${to}`, home.kept));
			} finally {
				Bun.spawnSync(["umount", home.kept]);
			}
		}

		test.each(["4k", "100k", "300k"])(
			"of %s is told, collect ends with 7, and with room all is counted",
			async (size) => {
				await inHome({ [MAIN]: MANY }, async (home) => {
					await onDisk(home, size, async (resize) => {
						const { code, out, err } = await home.cli(["collect"]);
						expect({ code, out }).toEqual({ code: 7, out: "" });
						expect(err).toContain("cannot be written (");
						expect(err).toContain("Check that the disk has room");
						resize("20m");
						expect(await totalOf(home)).toBe(MANY.length);
					});
				});
			},
		);

		test("takes nothing from what was collected before: a report tells it, and later the rest", async () => {
			await inHome({ [MAIN]: MANY.slice(0, 300) }, async (home) => {
				await onDisk(home, "20m", async (resize) => {
					await home.cli(["collect"]);
					writeFileSync(join(home.projects, MAIN), MANY.map((line) => `${line}\n`).join(""));
					// Room for a page or two beside what is there, and not for a transaction.
					const { blocks, bfree, bsize } = statfsSync(home.kept);
					resize(String((blocks - bfree) * bsize + 48 * 1024));
					expect((await home.cli(["collect"])).code).toBe(7);
					for (const words of [
						["report", "--json"],
						["report", "--json", "--no-collect"],
					]) {
						const { code, out, err } = await home.cli(words);
						expect(code).toBe(0);
						expect(JSON.parse(out).totals.responses).toBe(300);
						if (!words.includes("--no-collect"))
							expect(err).toContain("These are the figures up to the last collect.");
					}
					resize("20m");
					expect(await totalOf(home)).toBe(MANY.length);
				});
			});
		});
	});
}
