import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	appendFileSync,
	chmodSync,
	closeSync,
	mkdirSync,
	openSync,
	renameSync,
	symlinkSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { AS_ORDINARY_USER, type CliHome, inHome } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const OTHER = "-home-dev-web/22222222-2222-4222-8222-222222222222.jsonl";

/** How many responses the ledger has after a collect that has to end well. */
async function countAll({ report }: CliHome): Promise<unknown> {
	return (await report("daily")).totals.responses;
}

if (AS_ORDINARY_USER) {
	const through = AS_ORDINARY_USER;

	describe("what may not be read", () => {
		test.each([
			["a directory that may not be listed", 0o300, "-home-dev-web"],
			["a directory that may not be entered", 0o600, OTHER],
			["a directory that may be neither", 0, "-home-dev-web"],
		])("is named: %s; the rest counts, and all of it once it can be read", async (_what, mode, named) => {
			await inHome({ [MAIN]: [answer(1)], [OTHER]: [answer(2), answer(3)] }, async (home) => {
				const dir = join(home.projects, "-home-dev-web");
				chmodSync(dir, mode);
				for (const words of [
					["collect", "--json", "--no-push"],
					["report", "--json"],
				]) {
					const { code, err } = await home.cli(words, { through });
					expect(code).toBe(6);
					expect(err).toBe(
						`${join(home.projects, named)} could not be read (EACCES): its usage is missing until it can be.\n`,
					);
				}
				expect((await home.report("daily", "--no-collect")).totals.responses).toBe(1);
				chmodSync(dir, 0o700);
				expect(await countAll(home)).toBe(3);
			});
		});

		test("takes nothing away that was counted before, and is not read again for it", async () => {
			await inHome({ [MAIN]: [answer(1)], [OTHER]: [answer(2)] }, async (home) => {
				await home.cli(["collect"]);
				chmodSync(join(home.projects, "-home-dev-web"), 0);
				expect((await home.cli(["collect"], { through })).code).toBe(6);
				expect((await home.report("daily", "--no-collect")).totals.responses).toBe(2);
				chmodSync(join(home.projects, "-home-dev-web"), 0o700);
				const { out } = await home.cli(["collect", "--json"]);
				expect(JSON.parse(out)).toMatchObject({ files: 2, filesRead: 0 });
			});
		});

		test("may be Claude Code's own directory, which is then not taken for one that is not there", async () => {
			await inHome({ [MAIN]: [answer(1)] }, async (home) => {
				const claude = join(home.home, ".claude");
				chmodSync(claude, 0);
				const { code, err } = await home.cli(["collect", "--no-push"], { through });
				expect({ code, err }).toEqual({
					code: 6,
					err: `${home.projects} could not be read (EACCES): its usage is missing until it can be.\n`,
				});
				chmodSync(claude, 0o700);
				expect(await countAll(home)).toBe(1);
			});
		});

		test("may be all there is: that is trouble too", async () => {
			await inHome({ [MAIN]: [answer(1)] }, async (home) => {
				chmodSync(home.projects, 0);
				const { code, err } = await home.cli(["collect", "--no-push"], { through });
				expect({ code, err }).toEqual({
					code: 6,
					err: `${home.projects} could not be read (EACCES): its usage is missing until it can be.\n`,
				});
				chmodSync(home.projects, 0o700);
				expect(await countAll(home)).toBe(1);
			});
		});
	});
}

describe("what is no file", () => {
	test("is passed by: directories, pipes, sockets and links with a transcript's name", async () => {
		await inHome({ [MAIN]: [answer(1)], "x.jsonl/inner.jsonl": [answer(2)] }, async (home) => {
			const dir = join(home.projects, "-home-dev-app");
			mkdirSync(join(dir, "empty.jsonl"));
			expect(Bun.spawnSync(["mkfifo", join(dir, "pipe.jsonl")]).success).toBe(true);
			const socket = Bun.listen({ unix: join(dir, "socket.jsonl"), socket: { data() {} } });
			symlinkSync("loop.jsonl", join(dir, "loop.jsonl"));
			symlinkSync("gone", join(dir, "dangling.jsonl"));
			symlinkSync(MAIN.split("/")[1] ?? "", join(dir, "inside.jsonl"));
			const { code, out, err } = await home.cli(["collect", "--json"]);
			socket.stop();
			expect(code).toBe(0);
			expect(JSON.parse(out)).toMatchObject({ files: 2, stored: 2, unreadable: [] });
			expect(err).not.toContain("inside.jsonl");
			expect(await countAll(home)).toBe(2);
		});
	});

	test("leads out of the transcripts: it is not followed, and named", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async (home) => {
			const outside = join(home.home, "elsewhere");
			writeTranscripts(outside, { "projects/-x/a.jsonl": [answer(2)] });
			symlinkSync(join(outside, "projects"), join(home.projects, "linked"));
			const { code, err } = await home.cli(["collect"]);
			expect(code).toBe(0);
			expect(err).toContain(
				`${join(home.projects, "linked")} links out of the transcripts and was not followed.`,
			);
			expect(await countAll(home)).toBe(1);
			const claude = `${join(home.home, ".claude")},${outside}`;
			expect(JSON.parse((await home.cli(["report", "--json"], { claude })).out).totals.responses).toBe(2);
		});
	});
});

describe("lines that are not as they should be", () => {
	test("may be of many MB; where they are too long for any answer they are passed over, and it is told", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async (home) => {
			const fd = openSync(join(home.projects, MAIN), "a");
			const megabyte = "x".repeat(1_000_000);
			const append = (before: string, megabytes: number, after: string) => {
				writeSync(fd, before);
				for (let n = 0; n < megabytes; n++) writeSync(fd, megabyte);
				writeSync(fd, `${after}\n`);
			};
			const [head = "", tail = ""] = answer(2).split("Done.");
			append('{"type":"user","message":{"content":"', 50, '"},"toolUseResult":{"text":1}}');
			append(head, 12, tail);
			append(answer(4).split("Done.")[0] ?? "", 50, tail);
			append(answer(3), 0, "");
			closeSync(fd);
			const { code, out, err } = await home.cli(["collect", "--json", "--no-push"]);
			const told = "1 line could not be counted: longer than 16 MB.\n";
			expect({ code, err }).toEqual({ code: 0, err: told });
			expect(JSON.parse(out)).toMatchObject({ stored: 3, skipped: { too_long: 1 } });
			const totals = { responses: 3, inputTokens: 36, outputTokens: 60 };
			expect((await home.report("daily")).totals).toMatchObject(totals);
		});
	});

	test("cost only themselves, and are told by their reasons", async () => {
		const bad = [
			answer(10, { timestamp: "yesterday" }),
			answer(11, { timestamp: "2026-02-30T10:00:00.000Z" }),
			answer(12, { timestamp: undefined }),
			answer(13, { timestamp: 1_772_445_600 }),
			answer(14, { timestamp: "1969-12-31T23:59:59.999Z" }),
			answer(15, { usage: { output_tokens: -1 } }),
			answer(16, { usage: { input_tokens: 1e300 } }),
			answer(17, { usage: { cache_read_input_tokens: 0.5 } }),
			answer(18, { session: "../../etc/passwd" }),
			answer(19, { session: "x".repeat(200) }),
			answer(20).replace("}", ""),
			`${answer(21).slice(0, 300)} "usage"`,
			`\u0000\u0001"usage"\ufffd`,
			'"usage"',
			'[{"usage":1}]',
			"",
		];
		await inHome({ [MAIN]: [answer(1), ...bad, answer(2)] }, async (home) => {
			const { code, out, err } = await home.cli(["collect", "--json", "--no-push"]);
			expect(code).toBe(0);
			const told = JSON.parse(out);
			expect(told).toMatchObject({
				stored: 2,
				skipped: { bad_time: 5, bad_counter: 3, bad_id: 2, bad_json: 3 },
			});
			expect(err.trimEnd().split("\n").sort()).toEqual([
				"2 lines could not be counted: a session or agent id is not one.",
				"3 lines could not be counted: a number of tokens is not a sound one.",
				"3 lines could not be counted: not whole JSON.",
				"5 lines could not be counted: the time is missing or wrong.",
			]);
			expect(await countAll(home)).toBe(2);
			appendFileSync(join(home.projects, MAIN), `${answer(10)}\n`);
			expect(await countAll(home)).toBe(3);
		});
	});

	test("may be of a wrong clock: they are counted on their day, and the clock is doubted", async () => {
		const lines = [
			answer(1),
			answer(2, { timestamp: "9999-12-31T23:59:59.999Z" }),
			answer(3, { timestamp: "1970-01-01T00:00:00.000Z" }),
		];
		await inHome({ [MAIN]: lines }, async (home) => {
			const { code, err } = await home.cli(["collect"]);
			expect(code).toBe(0);
			expect(err).toContain("1 line is dated more than a day ahead of this machine's clock");
			const zones = ["UTC", "Asia/Tokyo", "America/New_York"];
			for (const grouping of ["daily", "monthly", "session", "blocks", "branch"]) {
				const answers = await Promise.all(
					zones.map((zone) => home.report(grouping, "--no-collect", "--timezone", zone)),
				);
				for (const { [LISTS[grouping] ?? grouping]: rows = [] } of answers) {
					expect(rows.filter(({ isGap }) => !isGap)).toHaveLength(ROWS[grouping] ?? 3);
					expect(rows.reduce((sum, { responses }) => sum + Number(responses), 0)).toBe(3);
				}
			}
			expect(await home.cli(["--no-collect"])).toMatchObject({ code: 0, err: "" });
		});
	});

	test("may have names that a terminal would obey: they are shown without that", async () => {
		const evil = "\x1b[2J\x1b]0;gone\x07\u202e\u2066\u200bx\r\n\x9b31m";
		const lines = [
			answer(1, { cwd: `/home/dev/${evil}`, branch: `b${evil}`, model: `m${evil}`, version: evil }),
		];
		await inHome({ [MAIN]: lines }, async (home) => {
			renameSync(join(home.projects, "-home-dev-app"), join(home.projects, `-home-dev-${"\x1b[31m"}`));
			writeFileSync(join(home.projects, "-home-dev-\x1b[31m", "\x1b[2J.jsonl"), answer(2).slice(0, 300));
			for (const words of [["collect"], ["report"], ["report", "branch"], ["report", "session"], []]) {
				const { code, out, err } = await home.cli(words, { env: { MACHINE_ID: `laptop${evil}` } });
				expect(code).toBe(0);
				expect(out + err).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u);
			}
		});
	});
});

/** Of the three responses of a wrong clock: what lists are called, and how long they are. */
const LISTS: Record<string, string> = { session: "sessions", branch: "branches" };
const ROWS: Record<string, number> = { session: 1, branch: 1 };

describe("settings that lead nowhere", () => {
	test("a zone that there is not is as none", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async (home) => {
			for (const TZ of ["Mars/Olympus", ":/etc/localtime", "", "Etc/Unknown", "UTC+99", "../../etc/passwd"]) {
				const { code, out } = await home.cli(["report", "--json"], { env: { TZ } });
				expect(code).toBe(0);
				expect(JSON.parse(out).totals.responses).toBe(1);
			}
		});
	});

	test("a config directory that is missing is named; the others count", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async (home) => {
			const missing = join(home.home, "missing");
			const none = await home.cli(["report"], { claude: missing });
			expect(none.code).toBe(0);
			expect(none.out).toContain(join(missing, "projects"));
			const file = await home.cli(["report"], { claude: join(home.projects, MAIN) });
			expect({ code: file.code, err: file.err }).toEqual({ code: 0, err: "" });
			const both = await home.cli(["report", "--json"], {
				claude: `${missing},${join(home.home, ".claude")}`,
			});
			expect(both).toMatchObject({ code: 0, err: "" });
			expect(JSON.parse(both.out).totals.responses).toBe(1);
			expect(await countAll(home)).toBe(1);
		});
	});
});
