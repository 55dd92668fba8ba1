import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

setDefaultTimeout(60_000);

/** The modules that a run loads, as paths. */
async function modulesOf({ home, cli }: CliHome, words: readonly string[]): Promise<string> {
	const file = join(home, "modules");
	const { code } = await cli(words, {
		program: fromSourcesAfter("module-list.ts"),
		env: { MODULE_LIST: file },
	});
	expect(code).toBe(0);
	return readFileSync(file, "utf8");
}

test("where nothing is new, a report loads nothing that reads transcripts, nor what draws or writes CSV", async () => {
	await inHome({ [MAIN]: [answer(1)] }, async (home) => {
		expect(await modulesOf(home, ["report"])).toContain("src/transcripts/usage-reader.ts");
		for (const words of [["report"], ["report", "session"], ["summary"]]) {
			const modules = await modulesOf(home, words);
			expect(modules).toContain("src/reports/grouped.ts");
			expect(modules).not.toMatch(/usage-reader|usage-walker|csv-stringify|live-block/);
		}
		expect(await modulesOf(home, ["report", "--csv"])).toContain("csv-stringify");
	});
});
