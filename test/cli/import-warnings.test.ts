import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
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
