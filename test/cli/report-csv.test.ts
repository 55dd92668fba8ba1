import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GROUPING_NAMES } from "../../src/cli/report/grouping-names.ts";
import { GROUPINGS } from "../../src/cli/report/groupings.ts";
import { answer, MAIN } from "../support/answers.ts";
import { csvRows, parseCsv } from "../support/csv.ts";
import { type CliHome, homeIn, inHome } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

setDefaultTimeout(60_000);

const minutesAgo = (n: number) => new Date(Date.now() - n * 60_000).toISOString();

const ANSWERS = [
	answer(1),
	answer(2, { model: "claude-opus-4-5", branch: "dev" }),
	answer(3, { model: "gpt-99", timestamp: "2026-03-04T10:00:00Z", cwd: '/home/dev/a "b", c' }),
	answer(4, { timestamp: minutesAgo(30) }),
	answer(5, { timestamp: minutesAgo(20), model: "claude-opus-4-5" }),
];

let it: CliHome;

beforeAll(async () => {
	it = homeIn(realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-csv-"))));
	writeTranscripts(it.projects, { [MAIN]: ANSWERS });
	expect((await it.cli(["collect", "--no-push"])).code).toBe(0);
});

afterAll(() => rmSync(it.home, { recursive: true, force: true }));

async function csvOf(...words: string[]): Promise<string> {
	const { code, out, err } = await it.cli(["report", ...words, "--csv", "--no-collect"]);
	expect({ code, err }).toEqual({ code: 0, err: "" });
	return out;
}

/** A value of JSON as a cell says it. */
function asCell(value: unknown): string {
	if (value === null || value === undefined || value === false) return "";
	return value === true ? "1" : String(value);
}

describe.each(GROUPING_NAMES)("the report by %s as CSV", (name) => {
	test("has the fields of its JSON, row by row", async () => {
		const rows = csvRows(await csvOf(name));
		const json = (await it.report(name, "--no-collect"))[GROUPINGS[name].list] ?? [];
		expect(rows).toHaveLength(json.length);
		expect(rows.length).toBeGreaterThan(0);
		for (const [i, fields] of json.entries()) {
			const row = rows[i] ?? {};
			for (const [field, value] of Object.entries(fields)) {
				if (Array.isArray(value)) expect(row[field]?.split("; ").filter(Boolean)).toHaveLength(value.length);
				else if (typeof value === "object" && value !== null) {
					for (const [inner, part] of Object.entries(value))
						expect(row[`${field}_${inner}`]).toBe(asCell(part));
				} else if (`${field}` in row) expect(row[field]).toBe(asCell(value));
				// What is nothing here is an object elsewhere, whose fields have columns.
				else expect(value).toBeNull();
			}
		}
	});

	test("has one head, whatever was used, even nothing", async () => {
		const [head] = parseCsv(await csvOf(name));
		expect(parseCsv(await csvOf(name, "--since", "9999-01-01"))).toEqual([head ?? []]);
		expect(head?.slice(0, GROUPINGS[name].fields.length)).toEqual([...GROUPINGS[name].fields]);
		expect(new Set(head).size).toBe(head?.length ?? 0);
	});

	test("with a breakdown has below each row one for each of its models, which add up to it", async () => {
		const rows = csvRows(await csvOf(name, "--breakdown"));
		if (name === "model") return expect(rows).toEqual(csvRows(await csvOf(name)));
		const sums = rows.filter(({ model }) => model === "");
		expect(sums.map(({ totalTokens }) => totalTokens)).toEqual(
			csvRows(await csvOf(name)).map(({ totalTokens }) => totalTokens),
		);
		for (const sum of sums) {
			const at = rows.indexOf(sum);
			const until = rows.findIndex((row, i) => i > at && row.model === "");
			const parts = rows.slice(at + 1, until < 0 ? undefined : until);
			for (const field of GROUPINGS[name].fields) {
				for (const part of parts) expect(part[field]).toBe(sum[field]);
			}
			for (const field of ["totalTokens", "responses", "unpricedResponses"]) {
				expect(parts.reduce((all, part) => all + Number(part[field]), 0)).toBe(Number(sum[field]));
			}
			const models = (sum.modelsUsed ?? sum.models)?.split("; ").filter(Boolean) ?? [];
			expect(parts.map(({ model }) => model).sort()).toEqual(models.sort());
		}
	});
});

test("the running block tells its rate and what it comes to, the others leave these cells empty", async () => {
	const rows = csvRows(await csvOf("blocks"));
	const running = rows.at(-1);
	expect(running?.isActive).toBe("1");
	expect(Number(running?.burnRate_tokensPerMinute)).toBeGreaterThan(0);
	expect(Number(running?.projection_totalTokens)).toBeGreaterThan(0);
	expect(rows[0]).toMatchObject({ isActive: "", burnRate_tokensPerMinute: "", projection_totalCost: "" });
	const alone = csvRows(await csvOf("blocks", "--active"));
	expect(alone).toMatchObject([{ id: running?.id ?? "", totalTokens: running?.totalTokens ?? "" }]);
});

test("lines end as RFC 4180 has them, and nothing follows the last", async () => {
	const text = await csvOf("daily");
	expect(text).toEndWith("\r\n");
	expect(text.split("\r\n")).toHaveLength(5);
	expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
});

test("a cell that a spreadsheet would take for a formula is none", async () => {
	const names = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "＝1"];
	const lines = names.map((name, n) => answer(n, { cwd: name, model: name, branch: name }));
	await inHome({ [MAIN]: lines }, async ({ cli }) => {
		const found: string[] = [];
		for (const words of [["project"], ["branch"], ["model"], ["daily", "--breakdown"], ["session"]]) {
			const { code, out } = await cli(["report", ...words, "--csv"]);
			expect(code).toBe(0);
			found.push(...parseCsv(out).flat());
		}
		for (const cell of found) expect(cell).not.toMatch(/^[=+@\t\r＝＋－＠]|^-(?!\d+(?:\.\d+)?$)/);
		for (const name of names) expect(found).toContain(`'${name}`);
	});
});

test("--json and --csv cannot both be printed, and nothing is", async () => {
	expect(await it.cli(["report", "--json", "--csv"])).toEqual({
		code: 2,
		out: "",
		err: "--json and --csv cannot both be printed.\nLeave one of them out.\n",
	});
});
