import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GROUPING_NAMES } from "../../src/cli/report/grouping-names.ts";
import { GROUPINGS } from "../../src/cli/report/groupings.ts";
import { answer, MAIN } from "../support/answers.ts";
import { parseCsv } from "../support/csv.ts";
import { type CliHome, homeIn, inHome } from "../support/run-cli.ts";
import { linesAt } from "../support/screen.ts";
import { writeTranscripts } from "../support/transcript.ts";

setDefaultTimeout(60_000);

const DAY = 86_400_000;
const daysAgo = (days: number, minutes = 0) =>
	new Date(Date.now() - days * DAY - minutes * 60_000).toISOString();

/** Names that would move the cursor, colour, turn around, break lines or push all else off the screen. */
const HOSTILE = [
	"\x1b[2J\x1b[31mred",
	"\u202eevil\u2066\u200f",
	"two\nlines\r\nand\u2028more",
	"x".repeat(1_000),
	"日本語のとても長い名前のプロジェクト",
	"🎉👨‍👩‍👧🇩🇪👍🏽 party",
	"\x9b2Jc1\x07\b",
];

const ANSWERS = HOSTILE.flatMap((name, n) =>
	[0, 1, 2].map((k) =>
		answer(n * 10 + k, {
			cwd: `/home/dev/${name}`,
			branch: name,
			model: k === 2 ? name : "claude-opus-4-5-20251101",
			session: `${n}0000000-1111-4111-8111-11111111111${k}`,
			timestamp: daysAgo(n * 2 + k, 60),
			usage: { input_tokens: 12_345_678, output_tokens: 1_234_567, cache_read_input_tokens: 987_654_321 },
		}),
	),
);

let it: CliHome;

beforeAll(async () => {
	it = homeIn(realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-screen-"))), {
		env: { MACHINE_ID: `${HOSTILE[1]}machine日本` },
	});
	writeTranscripts(it.projects, { [MAIN]: ANSWERS });
	expect((await it.cli(["collect", "--no-push"])).code).toBe(0);
});

afterAll(() => rmSync(it.home, { recursive: true, force: true }));

const at = (cols: number, words: readonly string[], env: Record<string, string> = {}) =>
	linesAt({ cols }, [...words, "--no-collect"], { home: it.home, env });

/** The lines of a table, from its head to its sum. */
function tableOf(lines: readonly string[]): string[] {
	return lines.slice(0, lines.findIndex((line) => line.startsWith("Total")) + 1);
}

describe.each(GROUPING_NAMES)("the report by %s at a terminal", (name) => {
	test("of 40 columns wraps nothing, has key and cost in every row, and says what is missing", async () => {
		for (const flags of [[], ["--breakdown"]]) {
			const { code, lines } = await at(40, ["report", name, ...flags]);
			expect(code).toBe(0);
			const table = tableOf(lines);
			expect(table.length).toBeGreaterThan(2);
			for (const line of table) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(40);
			const [head = "", ...rows] = table;
			expect(head).toMatch(/Cost$/);
			for (const { text } of GROUPINGS[name].titles) expect(head).toContain(text);
			for (const row of rows) expect(row).toMatch(/^ {0,2}\S.*(?: (?:≥ )?\$[\d,.]+[KM]?| unpriced| silent)$/);
			const said = lines.slice(table.length).join(" ");
			expect(said).toMatch(/There was no room for .*Input, Output, Cache write, Cache read/);
			expect(said).toContain("A wider terminal shows them, and so do --json and --csv.");
		}
	});

	test("of 200 columns has all columns, none of them shortened, and nothing to say of room", async () => {
		const { code, lines, raw } = await at(200, ["report", name]);
		expect(code).toBe(0);
		const table = tableOf(lines);
		for (const line of table) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(200);
		const { titles } = GROUPINGS[name];
		// A model's own name says which it is.
		const models = name === "model" ? [] : ["Models"];
		const head = ["Input", "Output", "Cache write", "Cache read", "Tokens", "Cost"];
		const keys = titles.map(({ text }) => text);
		expect(table[0]?.split(/ {2,}/).slice(0, titles.length + models.length + 6)).toEqual([
			...keys,
			...models,
			...head,
		]);
		expect(table.at(-1)).toMatch(/ 259,259,238 .* 20,740,740,741 /);
		expect(lines.join("\n")).not.toContain("There was no room");
		expect(raw).toContain("\x1b[1m");
	});

	test("has nothing of hostile names in it that a terminal obeys, and its costs stand one below the other", async () => {
		for (const flags of [[], ["--breakdown"]]) {
			const { lines, raw } = await at(120, ["report", name, ...flags], { NO_COLOR: "1" });
			expect(raw.replaceAll("\r\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
			const [head = "", ...rows] = tableOf(lines);
			const edge = Bun.stringWidth(head.slice(0, head.indexOf("Cost") + "Cost".length));
			for (const row of rows.filter((row) => !row.endsWith("silent"))) {
				const [upToCost = ""] = /^.*(?:\$[\d,.]+[KM]?|unpriced)/.exec(row) ?? [];
				expect(Bun.stringWidth(upToCost)).toBe(edge);
			}
		}
	});

	test("says the same in CSV, in which a name is one cell", async () => {
		const { out } = await it.cli(["report", name, "--csv", "--breakdown", "--no-collect"]);
		const [head = [], ...rows] = parseCsv(out);
		expect(rows.length).toBeGreaterThan(0);
		for (const row of rows) expect(row).toHaveLength(head.length);
		expect(out).not.toContain("\x1b");
		const { raw } = await at(200, ["report", name, "--csv"]);
		expect(raw.replaceAll(/[\r\n]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
	});
});

describe("the days of a project, branch, model, machine or session", () => {
	const withDays = GROUPING_NAMES.filter((name) => "daysOf" in GROUPINGS[name]);

	test.each(withDays)("stand as bars beside %s where there is room, the latest last", async (name) => {
		await inHome(
			{
				[MAIN]: [
					answer(1, { timestamp: daysAgo(13) }),
					answer(2, { timestamp: daysAgo(1), usage: { output_tokens: 100 } }),
					answer(3, { timestamp: daysAgo(0), usage: { output_tokens: 10_000 } }),
				],
			},
			async ({ home }) => {
				const { lines } = await linesAt({ cols: 160 }, ["report", name], { home });
				expect(lines[0]).toEndWith("14 days");
				expect(lines[1]).toMatch(/▁ {11}▁▇$/);
				expect(lines[2]).not.toMatch(/[▁▂▃▅▇]/);
				const narrow = await linesAt({ cols: 99 }, ["report", name], { home });
				const plain = await linesAt({ cols: 160 }, ["report", name], { home, env: { TERM: "dumb" } });
				for (const { lines } of [narrow, plain]) expect(lines.join()).not.toMatch(/days|[▁▂▃▅▇]/);
				expect(plain.raw).not.toContain("\x1b");
				const week = await linesAt({ cols: 160 }, ["report", name, "--since", daysAgo(6).slice(0, 10)], {
					home,
				});
				expect(week.lines[0]).toEndWith("7 days");
			},
		);
	});

	test("are not in what programs read, nor in a file", async () => {
		for (const flags of [["--json"], ["--csv"], []]) {
			const { out } = await it.cli(["report", "model", ...flags, "--no-collect"]);
			expect(out).not.toMatch(/[▁▂▃▅▇]/);
		}
	});
});

describe("the summary at a terminal", () => {
	test("of 200 columns shows 30 days as bars, and in NO_COLOR and on a dumb terminal has no escapes", async () => {
		const { lines, raw } = await at(200, []);
		expect(lines.filter((line) => /[▁▂▃▅▇]/.test(line))).toEqual([
			expect.stringMatching(/^30 days .*[▁▂▃▅▇]$/),
		]);
		expect(raw).toContain("\x1b[1m");
		const uncoloured = await at(200, [], { NO_COLOR: "1" });
		expect(uncoloured.raw).not.toContain("\x1b");
		expect(uncoloured.lines).toEqual(lines);
		const dumb = await at(200, [], { TERM: "dumb" });
		expect(dumb.raw).not.toContain("\x1b");
		expect(dumb.raw).not.toMatch(/[▁▂▃▅▇]/);
	});

	test("of 40 columns wraps no table", async () => {
		const { lines } = await at(40, []);
		const figures = lines.filter(
			(line) => /\$\d|unpriced$| {2}Cost/.test(line) && !line.startsWith("Running"),
		);
		expect(figures.length).toBeGreaterThan(12);
		for (const line of figures) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(40);
	});
});
