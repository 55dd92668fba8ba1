import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandTable } from "../../src/cli/commands.ts";
import { openTerminal } from "../../src/cli/screen/terminal.ts";
import { readConfig } from "../../src/config.ts";
import { answer } from "../support/answers.ts";
import { codesIn, tablesBelow } from "../support/document-tables.ts";
import { GUIDES } from "../support/documents.ts";
import { ccusageFile, ccusageOutput } from "../support/importing.ts";
import { environmentOf } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

const text = GUIDES.find(({ path }) => path === "docs/migration.md")?.text ?? "";
const rowsBelow = (heading: string) => tablesBelow(text, heading).flatMap(({ rows }) => rows);

const home = mkdtempSync(join(tmpdir(), "promptpulse-migration-"));
const NOW = Date.parse("2026-11-24T12:00:00Z");

/** Runs a command in this process, in a home with a running block, and with what ccusage counted before. */
async function run(...words: string[]): Promise<{ code: number | undefined; out: string }> {
	const told: { code: number | undefined; out: string } = { code: undefined, out: "" };
	const environment = environmentOf({ home, claude: join(home, ".claude") });
	const config = readConfig({ ...environment, PROMPTPULSE_HOME: join(home, ".promptpulse") });
	const terminal = {
		...openTerminal(config),
		out(line: string) {
			told.out += `${line}\n`;
		},
		err: () => undefined,
	};
	const program = commandTable({ config, terminal, now: () => NOW }, words, (code) => {
		told.code = code;
	});
	await program.parseAsync(words, { from: "user" });
	return told;
}

beforeAll(async () => {
	writeTranscripts(join(home, ".claude/projects"), {
		"-home-ada-app/s1.jsonl": [
			answer(1, { timestamp: "2026-11-23T01:00:00.000Z" }),
			answer(2, { timestamp: "2026-11-24T11:30:00.000Z" }),
		],
	});
	for (const name of ["v18-daily", "v18-session"])
		expect((await run("import", "ccusage", ccusageFile(name), "--yes")).code).toBe(0);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("in place of ccusage's commands and flags", () => {
	/** How what stands there is tried. */
	const WAYS: Record<string, string[]> = {
		promptpulse: ["summary"],
		"promptpulse report blocks --since": ["report", "blocks", "--since", "2026-11-01"],
		...Object.fromEntries(["monthly", "session", "blocks"].map((name) => [name, ["report", name]])),
		"--project": ["report", "model", "--project", "app"],
		"'!name'": ["report", "blocks", "--project", "!app"],
		"--since": ["report", "--since", "2026-11-01"],
		"--until": ["report", "--until", "2026-11-01"],
		"2026-11-01": ["report", "--since", "2026-11-01"],
		"20261101": ["report", "--since", "20261101"],
		"--timezone": ["report", "--timezone", "Europe/Berlin"],
		"--mode": ["report", "--mode", "calculate"],
		...Object.fromEntries(["calculate", "auto", "display"].map((mode) => [mode, ["report", "--mode", mode]])),
		"--order": ["report", "--order", "desc"],
		"--breakdown": ["report", "--breakdown"],
		"--json": ["report", "--json"],
		"--csv": ["report", "--csv"],
	};
	/** What goes on until somebody ends it, is a page, or has tests of its own. */
	const ELSEWHERE = [
		"--live",
		"promptpulse dashboard",
		"promptpulse config project PATH --alias NAME",
		"NO_COLOR",
	];
	const offered = rowsBelow("### Commands and flags").flatMap(([, here]) => codesIn(here));

	test.each([...new Set(offered)].filter((code) => !ELSEWHERE.includes(code)))(
		"%s does what is said",
		async (code) => {
			const words = WAYS[code] ?? (code.startsWith("promptpulse ") ? code.split(" ").slice(1) : undefined);
			const { code: end, out } = await run(...(words ?? [code]));
			expect(end).toBe(0);
			expect(out).not.toBe("");
		},
	);

	test("the table is read", () => expect(offered.length).toBeGreaterThan(25));
});

/** Where a value has fields, each as `daily[].modelBreakdowns[].cost`. */
function pathsIn(value: unknown, path = ""): string[] {
	if (Array.isArray(value)) return [path, ...value.flatMap((item) => pathsIn(item, `${path}[]`))];
	if (typeof value !== "object" || value === null) return [path];
	const fields = Object.entries(value).flatMap(([name, field]) =>
		pathsIn(field, path === "" ? name : `${path}.${name}`),
	);
	return [path, ...fields];
}

describe("in place of ccusage's fields", () => {
	const BY_TIME = ["daily", "weekly", "monthly", "session"];
	const REPORTS = [...BY_TIME, "blocks", "project", "branch", "model", "machine"];
	const ofReports = new Map<string, string[]>();
	/** How it is of ccusage itself. */
	const theirs = new Set(
		["v18-daily", "v18-weekly", "v18-monthly", "v18-session", "v18-blocks"].flatMap((name) =>
			pathsIn(ccusageOutput(name)),
		),
	);
	const rows = rowsBelow("### JSON");

	beforeAll(async () => {
		for (const name of REPORTS)
			ofReports.set(name, pathsIn(JSON.parse((await run("report", name, "--json")).out)));
	});

	/** Names that stand after one with a list are of the same list. */
	function inFull(codes: readonly string[]): string[] {
		let list = "";
		return codes.map((code) => {
			list = /^.*\[\]\./.exec(code)?.[0] ?? list;
			return code.startsWith(list) ? code : list + code;
		});
	}

	/** Reports that have no such field, of those that have to. */
	function missing(field: string): string[] {
		const isIn = (paths: readonly string[]) =>
			paths.some((path) => path === field || path.replace(/^\w+\[\]\./, "") === field);
		if (/^(daily|weekly|monthly|sessions|blocks|projects|branches|models|machines)\[\]/.test(field))
			return [...ofReports.values()].some(isIn) ? [] : [field];
		return BY_TIME.filter((name) => !isIn(ofReports.get(name) ?? [])).map((name) => `${field} of ${name}`);
	}

	const same = rows.filter(([, here]) => here?.startsWith("the same"));

	test.each(same)("%s are %s", (there, here) => {
		const codes = inFull(codesIn(there));
		expect(codes.length).toBeGreaterThan(0);
		expect(codes.filter((code) => ![...theirs].some((path) => path.endsWith(code)))).toEqual([]);
		const more = codesIn(here).filter((code) => code !== "blocks");
		expect(inFull([...codesIn(there), ...more]).flatMap(missing)).toEqual([]);
	});

	test.each(rows.filter((row) => !same.includes(row)))("for %s there are %s", (_there, here) => {
		expect(codesIn(here).flatMap(missing)).toEqual([]);
	});

	test("all but blocks have totals", () => {
		const without = REPORTS.filter((name) => !ofReports.get(name)?.includes("totals"));
		expect(without).toEqual(["blocks"]);
	});

	test("the table is read", () => expect([same.length, rows.length]).toEqual([8, 11]));
});
