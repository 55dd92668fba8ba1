import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { ccusageFile } from "../support/importing.ts";
import { inHome } from "../support/run-cli.ts";

const DAILY = ccusageFile("v18-daily");

describe("promptpulse import", () => {
	test("says which days are here already under another name of the machine", async () => {
		await inHome({}, async (home) => {
			await home.cli(["import", "ccusage", DAILY, "--yes", "--machine", "old name"]);
			const again = await home.cli(["import", "ccusage", DAILY, "--dry-run", "--machine", "old name"]);
			expect(again.err).not.toContain("count twice");
			const { err } = await home.cli(["import", "ccusage", DAILY, "--dry-run", "--machine", "new name"]);
			expect(err).toMatch(/^\d of these days are here already as old name's, and would count twice\./m);
		});
	});

	test("says which days this machine's own transcripts tell of already", async () => {
		const told = { timestamp: "2026-03-02T21:00:00.000Z" };
		await inHome(
			{ [MAIN]: [answer(1, told), answer(2, { timestamp: "2026-03-05T21:00:00.000Z" })] },
			async (home) => {
				const { daily = [] } = await home.report("daily");
				const path = join(home.home, "same.json");
				// Of the second day more is told than is here.
				const rows = daily.map((row, n) => ({
					...row,
					inputTokens: Number(row.inputTokens) + n,
					totalTokens: Number(row.totalTokens) + n,
				}));
				writeFileSync(path, JSON.stringify({ daily: rows, totals: {} }));
				const other = await home.cli(["import", "ccusage", path, "--dry-run", "--machine", "other"]);
				expect(other.err).toMatch(/^1 of these days is here already as laptop's, and would count twice\./m);
				const own = await home.cli(["import", "ccusage", path, "--dry-run"]);
				expect(own.err).not.toContain("count twice");
			},
		);
	});

	test("says that days stay here where a project is ignored, and takes nothing by rules it cannot read", async () => {
		await inHome({}, async (home) => {
			const env = { PROMPTPULSE_SERVER: "https://usage.example.com" };
			await home.cli(["config", "project", "/home/ada/secret", "--ignore"]);
			const { err } = await home.cli(["import", "ccusage", DAILY, "--yes"], { env });
			expect(err).toContain("days and blocks do not tell their projects, so they stay here");
			await home.cli(["import", "remove", "ccusage", "--yes"]);
			writeFileSync(join(home.kept, "config.json"), '{"projects": {"secret": {"ignore": true}}}');
			const refused = await home.cli(["import", "ccusage", DAILY, "--yes"], { env });
			expect({ code: refused.code, err: refused.err }).toEqual({
				code: 7,
				err: expect.stringContaining("the rule for the project secret is not understood"),
			});
			const list = await home.cli(["import", "list", "--json"]);
			expect(JSON.parse(list.out)).toEqual({ imports: [] });
		});
	});
});
