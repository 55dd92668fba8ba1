import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { holdLock } from "../../src/ledger/sqlite.ts";
import { answer, MAIN } from "../support/answers.ts";
import { csvRows } from "../support/csv.ts";
import { PROGRAM } from "../support/program.ts";
import { AS_ORDINARY_USER, type CliHome, inHome } from "../support/run-cli.ts";
import { linesAt, openScreen } from "../support/screen.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(60_000);

const minutesAgo = (n: number) => new Date(Date.now() - n * 60_000).toISOString();
const MUCH = { output_tokens: 1_000_000 };

/** Half an hour of usage, and some of long ago. */
const running = () => [
	answer(1, { timestamp: "2026-03-02T10:00:00Z" }),
	answer(2, { timestamp: minutesAgo(31), usage: MUCH }),
	answer(3, { timestamp: minutesAgo(1), usage: MUCH, model: "claude-opus-4-5" }),
];
const LONG_AGO = [answer(1, { timestamp: "2026-03-02T10:00:00Z" })];

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const LIVE = ["report", "blocks", "--live"];

describe("report blocks --active", () => {
	test("tells of the running block what was used, how fast, what it comes to and how long it goes on", async () => {
		await inHome({ [MAIN]: running() }, async ({ cli }) => {
			const { code, out, err } = await cli(["report", "blocks", "--active"]);
			expect({ code, err }).toEqual({ code: 0, err: "" });
			expect(out).toMatch(/^Running block {2}\d\d:00 to \d\d:00, \d h \d\d min left$/m);
			expect(out).toMatch(/^So far {9}\$40\.00, 2M tokens, 2 responses$/m);
			expect(out).toMatch(/^Rate {11}\$80\.00 an hour, 66\.7K tokens a minute$/m);
			expect(out).toMatch(/^By \d\d:00 +\$[\d,]+\.\d\d, [\d.]+M tokens at this rate$/m);
			expect(out).toMatch(/^Models {9}opus-4-5: \$25\.00, 1M tokens\n {15}sonnet-4-5: \$15\.00, 1M tokens$/m);
			expect(out).toContain("Estimate at list price, not a bill.");
		});
	});

	test("tells programs the same in a list of one block", async () => {
		await inHome({ [MAIN]: running() }, async ({ cli, report }) => {
			const { blocks } = await report("blocks", "--active");
			const all = (await report("blocks", "--no-collect")).blocks ?? [];
			const [block = {}] = blocks ?? [];
			const { projection, ...rest } = block;
			expect(blocks).toHaveLength(1);
			expect(all.at(-1)).toMatchObject(rest);
			expect(block).toMatchObject({
				isActive: true,
				costUSD: 40.000412,
				burnRate: { costPerHour: 80.000824 },
			});
			expect(projection).toMatchObject({
				totalTokens: expect.any(Number),
				remainingMinutes: expect.any(Number),
			});
			const [withParts] = (await report("blocks", "--active", "--breakdown")).blocks ?? [];
			expect(withParts?.modelBreakdowns).toMatchObject([
				{ modelName: "claude-opus-4-5", outputTokens: 1_000_000 },
				{ modelName: "claude-sonnet-4-5-20250929", outputTokens: 1_000_000 },
			]);
			const csv = csvRows((await cli(["report", "blocks", "--active", "--csv"])).out);
			expect(csv).toMatchObject([{ costUSD: "40.000412", burnRate_costPerHour: "80.000824" }]);
		});
	});

	test("says where none is running, and keeps to names", async () => {
		await inHome({ [MAIN]: LONG_AGO }, async ({ cli, report }) => {
			const { code, out, err } = await cli(["report", "blocks", "--active"]);
			expect({ code, err }).toEqual({ code: 0, err: "" });
			expect(out).toBe("No block is running. The next response begins one.\n");
			expect(await report("blocks", "--active")).toEqual({ blocks: [] } as never);
			expect(csvRows((await cli(["report", "blocks", "--active", "--csv"])).out)).toEqual([]);
		});
		await inHome({ [MAIN]: running() }, async ({ cli }) => {
			const words = ["report", "blocks", "--active", "--model"];
			expect((await cli([...words, "opus-4-5"])).code).toBe(2);
			expect((await cli([...words, "claude-opus-4-5"])).out).toMatch(
				/^So far +\$25\.00, 1M tokens, 1 response$/m,
			);
			expect((await cli([...words, "!claude-opus-4-5"])).out).toMatch(/^So far +\$15\.00, /m);
			const old = await cli(["report", "blocks", "--active", "--until", "2026-03-04"]);
			expect(old.out).toStartWith("No block is running.");
		});
	});

	test("says that a rate takes two responses", async () => {
		await inHome({ [MAIN]: [answer(1, { timestamp: minutesAgo(2) })] }, async ({ cli }) => {
			const { out } = await cli(["report", "blocks", "--active"]);
			expect(out).toMatch(/^Rate +Not known yet: it takes more than one response\.$/m);
			expect(out).not.toContain("at this rate");
		});
	});
});

/** What the system says that a process does: `T` is stopped. */
function stateOf(pid: number): string | undefined {
	return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0];
}

describe("report blocks --live", () => {
	const frame = /Running block.*Looks again every 1 s, until Ctrl-C\./s;

	test("draws what comes in its place, and leaves the last picture and the screen as it was", async () => {
		await inHome({ [MAIN]: running() }, async ({ home, projects }) => {
			const screen = openScreen([...LIVE, "--every", "1"], { home });
			const first = await screen.until("until Ctrl-C.");
			expect(first).toStartWith(`${ENTER}\x1b[H\x1b[2J`);
			expect(Bun.stripANSI(first)).toMatch(frame);
			expect(first).toContain("$40.00, 2M tokens, 2 responses");
			appendFileSync(join(projects, MAIN), `${answer(4, { timestamp: minutesAgo(0), usage: MUCH })}\n`);
			const second = await screen.until("3M tokens, 3 responses");
			expect(second.replace("\x1b[J", "")).toStartWith("\x1b[H\x1b[1mRunning block");
			expect(second).not.toContain("\x1b[2J");
			screen.signal("SIGINT");
			const { code, rest } = await screen.end();
			expect(code).toBe(0);
			const [drawn = "", left = ""] = rest.split(LEAVE);
			expect(drawn).not.toContain(ENTER);
			expect(left).toContain("$55.00, 3M tokens, 3 responses");
			expect(left).not.toContain("until Ctrl-C");
			expect(left).toEndWith("\r\n");
			expect(rest.split(LEAVE)).toHaveLength(2);
		});
	});

	test("writes nothing as long as nothing changes, and draws anew for another size", async () => {
		await inHome({ [MAIN]: LONG_AGO }, async ({ home }) => {
			const screen = openScreen([...LIVE, "--every", "1s"], { home }, { cols: 100, rows: 30 });
			await screen.until("until Ctrl-C.");
			await Bun.sleep(2_500);
			screen.resize(30, 4);
			const [before = "", drawn = "", ...others] = (await screen.until("The next")).split("\x1b[H");
			expect(before).toBeOneOf(["", "\x1b[J"]);
			expect(drawn).toStartWith("No block is running. The next");
			expect(others).toEqual([]);
			screen.signal("SIGTERM");
			const { code, rest } = await screen.end();
			expect(code).toBe(0);
			const lines = Bun.stripANSI((drawn + rest).split(LEAVE)[0] ?? "").split(/[\r\n]+/);
			expect(lines.length).toBeLessThanOrEqual(4);
			for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(30);
		});
	});

	if (existsSync("/proc/self/stat")) {
		test("gives the screen back while it is stopped, and goes on afterwards", async () => {
			await inHome({ [MAIN]: LONG_AGO }, async ({ home }) => {
				const screen = openScreen([...LIVE, "--every", "1s"], { home });
				await screen.until("until Ctrl-C.");
				screen.signal("SIGTSTP");
				await screen.until(LEAVE);
				await until("it is stopped", () => stateOf(screen.pid) === "T");
				screen.signal("SIGCONT");
				const again = await screen.until("until Ctrl-C.");
				expect(again).toContain(ENTER);
				screen.signal("SIGINT");
				expect((await screen.end()).code).toBe(0);
			});
		});
	}

	test("draws on while another process collects, and says so", async () => {
		await inHome({ [MAIN]: running() }, async ({ home, kept, cli }) => {
			expect((await cli(["collect", "--no-push"])).code).toBe(0);
			const release = holdLock(join(kept, "collect.lock"));
			const screen = openScreen([...LIVE, "--every", "1"], { home });
			expect(await screen.until("until Ctrl-C.")).toContain("Another collect is running");
			release?.();
			expect(await screen.until("until Ctrl-C.")).not.toContain("Another collect is running");
			screen.signal("SIGINT");
			expect((await screen.end()).code).toBe(0);
		});
	});

	test("says in the picture which names are hostile no more than others, and which model has no price", async () => {
		const name = `\u202egpt-\x1b[2J${"x".repeat(300)}`;
		const lines = [answer(1, { timestamp: minutesAgo(1), model: name })];
		await inHome({ [MAIN]: lines }, async ({ home }) => {
			const screen = openScreen(LIVE, { home }, { cols: 60, rows: 20 });
			const drawn = (await screen.until("until Ctrl-C.")).replace(`${ENTER}\x1b[H\x1b[2J`, "");
			expect(drawn).not.toContain("\x1b[2J");
			expect(drawn).not.toMatch(/\p{Cf}/u);
			for (const line of Bun.stripANSI(drawn).split("\r\r\n")) {
				expect(Bun.stringWidth(line)).toBeLessThanOrEqual(60);
			}
			expect(drawn).toContain("no known price");
			screen.signal("SIGINT");
			await screen.end();
		});
	});

	if (AS_ORDINARY_USER) {
		test("goes on where a file cannot be read, and names it", async () => {
			await inHome({ [MAIN]: running() }, async ({ home, projects }) => {
				const path = join(projects, MAIN.replace("app/", "app/no-"));
				writeFileSync(path, answer(9));
				chmodSync(path, 0o000);
				const program = [...(AS_ORDINARY_USER ?? []), ...PROGRAM];
				const screen = openScreen(LIVE, { home, program });
				const drawn = await screen.until("until Ctrl-C.");
				expect(drawn).toContain("could not be read (EACCES)");
				expect(drawn).toContain("2M tokens, 2 responses");
				screen.signal("SIGINT");
				expect((await screen.end()).code).toBe(0);
			});
		});
	}

	test("is for a terminal that can be drawn on, and says what else there is", async () => {
		const sentence =
			"--live draws on a terminal, and this output goes to none, or to one that cannot be drawn on.";
		await inHome({ [MAIN]: LONG_AGO }, async ({ home, cli }) => {
			const { code, out, err } = await cli(LIVE);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toBe(
				`${sentence}\nAsk for promptpulse report blocks --active, which prints the same once.\n`,
			);
			const dumb = await linesAt({}, LIVE, { home, env: { TERM: "dumb" } });
			expect(dumb.code).toBe(2);
			expect(dumb.raw).not.toContain("\x1b");
		});
	});
});

test.each([
	[["daily", "--live"], "--live is about 5-hour blocks alone."],
	[["session", "--active"], "--active is about 5-hour blocks alone."],
	[["blocks", "--live", "--json"], "--live draws a picture, for people alone."],
	[["blocks", "--live", "--csv"], "--live draws a picture, for people alone."],
	[["blocks", "--every", "5s"], "--every says how often --live looks."],
])("report %p is refused with a sentence, and nothing is collected", async (words, sentence) => {
	await inHome({ [MAIN]: LONG_AGO }, async ({ cli, report }: CliHome) => {
		const { code, out, err } = await cli(["report", ...words]);
		expect({ code, out }).toEqual({ code: 2, out: "" });
		expect(err.split("\n")[0]).toBe(sentence);
		expect((await report("daily", "--no-collect")).totals.responses).toBe(0);
	});
});

test.each([
	["0", "--every 0 is too often."],
	["999ms", "--every 999ms is too often."],
	["soon", '--every "soon" is not a time.'],
	["2h", '--every "2h" is not a time.'],
])("--every %s is refused", async (text, sentence) => {
	await inHome({ [MAIN]: LONG_AGO }, async ({ home }) => {
		const { code, lines } = await linesAt({}, [...LIVE, "--every", text], { home });
		expect(code).toBe(2);
		expect(lines[0]).toBe(sentence);
	});
});
