import { describe, expect, test } from "bun:test";
import { encodeCwd } from "../../src/usage/project.ts";
import { type ProjectRule, ProjectRules } from "../../src/usage/project-rules.ts";
import { Random } from "../support/random.ts";
import { forSeeds, runs } from "../support/runs.ts";

const IGNORE = { ignore: true } as const;

function rulesOf(rules: Record<string, ProjectRule | string>): ProjectRules {
	return new ProjectRules(
		Object.entries(rules).map(([path, rule]) => [path, typeof rule === "string" ? { alias: rule } : rule]),
	);
}

describe("a rule", () => {
	test.each<[string, string, boolean]>([
		["/home/me/secret", "/home/me/secret", true],
		["/home/me/secret", "/home/me/secret/", true],
		["/home/me/secret/", "/home/me/secret/deep/down", true],
		["/home/me/secret", "/home/me/secret-tool", false],
		["/home/me/secret", "/home/me", false],
		["/home/me/secret", "/home/me/Secret", false],
		["/home/me/secret", "/srv/home/me/secret", false],
		["/home/me/secret", "/home/me/app/../secret/x", true],
		["/home/me/secret", "/home/me/secret/../app", false],
		["/", "/srv/shop", true],
		["/", "C:\\shop", false],
		["C:\\Users\\Me\\secret", "c:\\users\\me\\SECRET\\x", true],
		["C:/Users/Me/secret", "C:\\Users\\Me\\secret", true],
		["C:\\Users\\Me", "D:\\Users\\Me", false],
		["\\\\server\\share\\secret", "\\\\Server\\share\\secret\\x", true],
		["/home/me/back\\slash", "/home/me/back/slash", false],
	])("for %s and the project %s: %p", (path, project, holds) => {
		expect(rulesOf({ [path]: IGNORE }).isIgnored(project)).toBe(holds);
	});

	test.each<[string, string, boolean]>([
		["/home/me/secret", "/home/me/secret", true],
		["/home/me/secret", "/home/me/secret/deep.down", true],
		// Both have the same folder.
		["/home/me/secret", "/home/me/secret-tool", true],
		["/home/me/secret", "/home/me/secrets", false],
		["/home/me/my.secret", "/home/me/my-secret", true],
		["/", "/home", true],
		["C:\\Users\\Me", "c:\\users\\me\\x", true],
		["/home/me/secret.", "/home/me/secret/x", true],
	])("for %s where only the folder of %s is known: %p", (path, project, holds) => {
		expect(rulesOf({ [path]: IGNORE }).isIgnored(encodeCwd(project))).toBe(holds);
	});

	test("with the longest path holds, whatever the order", () => {
		const rules = { "/home/me": IGNORE, "/home/me/client-x": "client", "/home/me/client-x/old": IGNORE };
		for (const entries of [Object.entries(rules), Object.entries(rules).toReversed()]) {
			const found = rulesOf(Object.fromEntries(entries));
			expect(found.find("/home/me/app")).toEqual(IGNORE);
			expect(found.find("/home/me/client-x/site")).toEqual({ alias: "client" });
			expect(found.find("/home/me/client-x/old/site")).toEqual(IGNORE);
			expect(found.find("/srv")).toBeUndefined();
			expect(found.find(undefined)).toBeUndefined();
		}
	});

	test("to ignore goes before others where a folder's name may mean it", () => {
		const rules = rulesOf({
			"/home/me": IGNORE,
			"/home/me/client-x": "client",
			"/srv/a": "a",
			"/srv/a/b": "b",
		});
		expect(rules.find("-home-me-client-x")).toEqual(IGNORE);
		expect(rules.find("-srv-a-b-c")).toEqual({ alias: "b" });
	});
});

test("what is at or below an ignored path is ignored, by its path and by its folder alone", async () => {
	await forSeeds(runs(200).numRuns, async (seed) => {
		const random = new Random(seed);
		const segment = () => random.pick(["a", "b", "a-b", "a.b", "A", "x y", "é", "-"]);
		const path = () => `/${Array.from({ length: random.integer(1, 4) }, segment).join("/")}`;
		const above = path();
		const project = random.integer(0, 1) ? path() : [above, segment(), segment()].join("/");
		const rules = rulesOf({ [above]: IGNORE });
		const isBelow = project === above || project.startsWith(`${above}/`);
		expect(rules.isIgnored(project)).toBe(isBelow);
		if (isBelow) expect(rules.isIgnored(encodeCwd(project))).toBe(true);
	});
});
