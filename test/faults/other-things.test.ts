import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN, withTranscripts } from "../support/answers.ts";
import { AS_ORDINARY_USER, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const OTHER = "-home-dev-web/22222222-2222-4222-8222-222222222222.jsonl";

/** Puts something else where a transcript was. */
const OTHER_THINGS: [string, (path: string) => void][] = [
	["a directory", (path) => mkdirSync(path)],
	["a pipe", (path) => expect(Bun.spawnSync(["mkfifo", path]).success).toBe(true)],
	["a socket", (path) => Bun.listen({ unix: path, socket: { data() {} } }).unref()],
	["a link to nowhere", (path) => symlinkSync("gone", path)],
	["a link to itself", (path) => symlinkSync(path, path)],
	["a link to a device", (path) => symlinkSync("/dev/zero", path)],
	["a link to the directory above", (path) => symlinkSync("..", path)],
	["an empty file", (path) => writeFileSync(path, "")],
	["a file of blank lines", (path) => writeFileSync(path, "\n\r\n \n\0\0\n")],
	["a file of noise", (path) => writeFileSync(path, Buffer.alloc(100_000, 0xa5))],
	["nothing", () => {}],
];

describe("a transcript in whose place there is", () => {
	test.each(OTHER_THINGS)("%s keeps what it counted, and counts on when it is back", async (_what, put) => {
		const files = { [MAIN]: [answer(1), answer(2)], [OTHER]: [answer(3)] };
		await withTranscripts(files, async ({ path, collect }) => {
			expect((await collect()).total.responses).toBe(3);
			rmSync(path);
			put(path);
			const without = await collect();
			expect(without).toMatchObject({ unreadable: [], skipped: {}, stored: 0, total: { responses: 3 } });
			expect(await collect({ full: true })).toMatchObject({ unreadable: [], stored: 0 });
			rmSync(path, { recursive: true, force: true });
			writeFileSync(path, [1, 2, 4].map((n) => `${answer(n)}\n`).join(""));
			expect(await collect()).toMatchObject({ files: 2, stored: 1, total: { responses: 4 } });
		});
	});
});

if (AS_ORDINARY_USER) {
	const through = AS_ORDINARY_USER;

	test("a transcript that may not be read any more is named, keeps what it counted, and counts on when it may be", async () => {
		await inHome({ [MAIN]: [answer(1)], [OTHER]: [answer(2)] }, async (home) => {
			expect((await home.cli(["collect"])).code).toBe(0);
			const path = join(home.projects, OTHER);
			writeFileSync(path, `${answer(2)}\n${answer(3)}\n`);
			chmodSync(path, 0);
			const told = `${path} could not be read (EACCES): its usage is missing until it can be.\n`;
			for (const words of [
				["collect", "--quiet"],
				["collect", "--quiet", "--full"],
			]) {
				expect(await home.cli(words, { through })).toEqual({ code: 6, out: "", err: told });
			}
			expect((await home.report("daily", "--no-collect")).totals.responses).toBe(2);
			chmodSync(path, 0o600);
			expect((await home.report("daily")).totals.responses).toBe(3);
		});
	});
}

/** A file that says it is so long, and takes no room. */
function truncateTo(path: string, bytes: number): void {
	writeFileSync(path, "");
	truncateSync(path, bytes);
}

describe("a home's own file that is damaged", () => {
	const DAMAGE: [string, string | Buffer][] = [
		["empty", ""],
		["cut", '{"id":"0000'],
		["null", "null"],
		["a list", '["00000000-0000-4000-8000-000000000001"]'],
		["a number's", '{"id":5}'],
		["noise", Buffer.alloc(5_000, 0xa5)],
	];

	test.each(DAMAGE)(
		"machine.json, %s, is named and left alone, and nothing that was kept is lost",
		async (_, text) => {
			await inHome({ [MAIN]: [answer(1), answer(2)] }, async (home) => {
				await home.cli(["collect"]);
				const path = join(home.kept, "machine.json");
				writeFileSync(path, text);
				const { code, out, err } = await home.cli(["collect"]);
				expect({ code, out }).toEqual({ code: 7, out: "" });
				expect(err).toStartWith(path);
				expect(err.trimEnd()).toEndWith(".");
				expect(Buffer.from(await Bun.file(path).bytes())).toEqual(Buffer.from(text));
				expect((await home.report("daily", "--no-collect")).totals.responses).toBe(2);
				rmSync(path);
				expect((await home.report("daily")).totals.responses).toBe(2);
			});
		},
	);

	const HUGE = 17 * 1024 * 1024;

	test.each<[string, string, (path: string) => void]>([
		["prices.json", "a pipe", (path) => expect(Bun.spawnSync(["mkfifo", path]).success).toBe(true)],
		["prices.json", "a link to a device", (path) => symlinkSync("/dev/zero", path)],
		["prices.json", "huge", (path) => truncateTo(path, HUGE)],
		["machine.json", "a pipe", (path) => expect(Bun.spawnSync(["mkfifo", path]).success).toBe(true)],
		["machine.json", "huge", (path) => truncateTo(path, HUGE)],
		["config.json", "a pipe", (path) => expect(Bun.spawnSync(["mkfifo", path]).success).toBe(true)],
		["config.json", "huge", (path) => truncateTo(path, HUGE)],
	])("%s, %s, is neither waited for nor read to its end", async (name, _what, put) => {
		await inHome({ [MAIN]: [answer(1)] }, async (home) => {
			mkdirSync(home.kept, { mode: 0o700 });
			const path = join(home.kept, name);
			put(path);
			const { code, out, err } = await home.cli(["collect"]);
			expect({ code, out }).toEqual({ code: 7, out: "" });
			expect(err).toMatch(/^[^\n]+(?:is no ordinary file|it is larger than 16 MB)[^\n]+\n[^\n]+\.\n$/);
			expect(err).toStartWith(path);
			rmSync(path);
			expect((await home.report("daily")).totals.responses).toBe(1);
		});
	});

	test("the lock is named when it is noise, and is no loss", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async (home) => {
			await home.cli(["collect"]);
			const lock = join(home.kept, "collect.lock");
			writeFileSync(lock, Buffer.alloc(9_000, 0xa5));
			const { code, out, err } = await home.cli(["collect"]);
			expect({ code: code > 0, out }).toEqual({ code: true, out: "" });
			expect(err).toStartWith(lock);
			rmSync(lock);
			expect((await home.report("daily")).totals.responses).toBe(1);
		});
	});
});
